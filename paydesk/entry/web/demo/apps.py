"""Django's name for this package."""

from django.apps import AppConfig


class WebDemoConfig(AppConfig):
    name = "paydesk.entry.web.demo"
    label = "web_demo"
