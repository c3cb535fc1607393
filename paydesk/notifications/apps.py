"""Django's name for this package."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "paydesk.notifications"
    label = "notifications"
