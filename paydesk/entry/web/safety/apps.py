"""Django's name for this package."""

from django.apps import AppConfig


class WebSafetyConfig(AppConfig):
    name = "paydesk.entry.web.safety"
    label = "web_safety"
