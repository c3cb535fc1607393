"""Django's name for this package."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "paydesk.kit.events"
    label = "events"
