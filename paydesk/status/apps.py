"""Django's name for this package."""

from django.apps import AppConfig


class StatusConfig(AppConfig):
    name = "paydesk.status"
    label = "status"
