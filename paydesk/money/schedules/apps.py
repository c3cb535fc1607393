"""Django's name for this package."""

from django.apps import AppConfig


class SchedulesConfig(AppConfig):
    name = "paydesk.money.schedules"
    label = "schedules"
