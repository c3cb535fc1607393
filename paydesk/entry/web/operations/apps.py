"""Django's name for this package."""

from django.apps import AppConfig


class WebOperationsConfig(AppConfig):
    name = "paydesk.entry.web.operations"
    label = "web_operations"
