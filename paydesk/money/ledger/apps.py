"""Django's name for this package."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "paydesk.money.ledger"
    label = "ledger"
