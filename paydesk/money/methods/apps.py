"""Django's name for this package."""

from django.apps import AppConfig


class MethodsConfig(AppConfig):
    name = "paydesk.money.methods"
    label = "methods"
