"""Django's name for this package."""

from django.apps import AppConfig


class WebRecordsConfig(AppConfig):
    name = "paydesk.entry.web.records"
    label = "web_records"
