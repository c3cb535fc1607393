"""Django's name for this package."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "paydesk.money.payments"
    label = "payments"
