"""Django's name for this package."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "paydesk.people"
    label = "people"
