"""Django's name for this package."""

from django.apps import AppConfig


class DiagnosisConfig(AppConfig):
    name = "paydesk.desk.diagnosis"
    label = "diagnosis"
