"""Django's name for this package, so that its ES modules are found."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "paydesk.entry.live"
    label = "live"
