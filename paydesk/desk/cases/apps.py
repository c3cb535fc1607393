"""Django's name for this package."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "paydesk.desk.cases"
    label = "cases"
