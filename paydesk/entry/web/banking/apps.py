"""Django's name for this package."""

from django.apps import AppConfig


class WebBankingConfig(AppConfig):
    name = "paydesk.entry.web.banking"
    label = "web_banking"
