"""The web process: Django's pages behind the overload gate; streams are put beside them here."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from paydesk.entry.gate import Gate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = Gate(get_asgi_application(), places=settings.POOL_SIZE)
