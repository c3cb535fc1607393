"""Django's name for this package."""

from django.apps import AppConfig


class BrandsConfig(AppConfig):
    name = "paydesk.brands"
    label = "brands"
