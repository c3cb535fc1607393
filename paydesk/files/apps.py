"""Django's name for this package."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "paydesk.files"
    label = "files"
