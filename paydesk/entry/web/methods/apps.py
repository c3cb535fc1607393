"""Django's name for this package."""

from django.apps import AppConfig


class WebMethodsConfig(AppConfig):
    name = "paydesk.entry.web.methods"
    label = "web_methods"
