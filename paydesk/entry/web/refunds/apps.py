"""Django's name for this package."""

from django.apps import AppConfig


class WebRefundsConfig(AppConfig):
    name = "paydesk.entry.web.refunds"
    label = "web_refunds"
