"""Django's name for this package."""

from django.apps import AppConfig


class WebAccountsConfig(AppConfig):
    name = "paydesk.entry.web.accounts"
    label = "web_accounts"
