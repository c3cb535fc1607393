"""Django's name for this package."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "paydesk.desk.channels"
    label = "channels"
