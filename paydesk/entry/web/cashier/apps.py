"""Django's name for this package."""

from django.apps import AppConfig


class WebCashierConfig(AppConfig):
    name = "paydesk.entry.web.cashier"
    label = "web_cashier"
