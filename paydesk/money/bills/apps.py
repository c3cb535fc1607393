"""Django's name for this package."""

from django.apps import AppConfig


class BillsConfig(AppConfig):
    name = "paydesk.money.bills"
    label = "bills"
