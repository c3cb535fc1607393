"""Django's name for this package."""

from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "paydesk.money.statements"
    label = "statements"
