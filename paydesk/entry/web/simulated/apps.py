"""Django's name for this package."""

from django.apps import AppConfig


class WebSimulatedConfig(AppConfig):
    name = "paydesk.entry.web.simulated"
    label = "web_simulated"
