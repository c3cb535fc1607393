"""Django's name for this package."""

from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    name = "paydesk.money.payouts"
    label = "payouts"
