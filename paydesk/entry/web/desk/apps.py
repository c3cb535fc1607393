"""Django's name for this package."""

from django.apps import AppConfig


class WebDeskConfig(AppConfig):
    name = "paydesk.entry.web.desk"
    label = "web_desk"
