"""Django's name for this package; start-up installs the cross-domain reactions."""

from django.apps import AppConfig
from django.utils.module_loading import import_string


class EntryConfig(AppConfig):
    name = "paydesk.entry"
    label = "entry"

    def ready(self) -> None:
        # By name: wiring reaches models, which exist only once every app is loaded.
        import_string("paydesk.wiring.install")()
