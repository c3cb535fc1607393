"""Django's name for this package."""

from django.apps import AppConfig


class WebExchangeConfig(AppConfig):
    name = "paydesk.entry.web.exchange"
    label = "web_exchange"
