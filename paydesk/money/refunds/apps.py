"""Django's name for this package."""

from django.apps import AppConfig


class RefundsConfig(AppConfig):
    name = "paydesk.money.refunds"
    label = "refunds"
