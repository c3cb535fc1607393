"""Django's name for this package."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "paydesk.money.risk"
    label = "risk"
