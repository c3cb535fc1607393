"""Django's name for this package."""

from django.apps import AppConfig


class WebSupportConfig(AppConfig):
    name = "paydesk.entry.web.support"
    label = "web_support"
