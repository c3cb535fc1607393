"""Django's name for this package."""

from django.apps import AppConfig


class QueueConfig(AppConfig):
    name = "paydesk.kit.queue"
    label = "queue"
