"""Django's name for this package."""

from django.apps import AppConfig


class WebWalletConfig(AppConfig):
    name = "paydesk.entry.web.wallet"
    label = "web_wallet"
