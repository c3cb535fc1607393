"""Django's name for this package."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    name = "paydesk.money.reconciliation"
    label = "reconciliation"
