"""Django's name for this package."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "paydesk.entry.web"
    label = "web"
