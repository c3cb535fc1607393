"""Django's name for this package; has every connection read moments our way."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from paydesk.kit.database.moments import read_quickly


class DatabaseConfig(AppConfig):
    name = "paydesk.kit.database"
    label = "database"

    def ready(self) -> None:
        connection_created.connect(read_quickly)
