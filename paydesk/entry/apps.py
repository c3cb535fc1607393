"""Django's name for this package; start-up installs the cross-domain reactions."""

from django.apps import AppConfig

from paydesk import wiring


class EntryConfig(AppConfig):
    name = "paydesk.entry"
    label = "entry"

    def ready(self) -> None:
        wiring.install()
