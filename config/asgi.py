"""The web process: Django's pages behind the overload gate, and the streams beside them."""

import gc
import os

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

pages = get_asgi_application()

# Only now are the models loaded that these stand on.
from paydesk.entry.api import swift  # noqa: E402 - stands on the loaded models
from paydesk.entry.gate import Gate  # noqa: E402
from paydesk.entry.live import app, doors  # noqa: E402

# Streams take some of the connections of Django's pool, to see who opens them; so do
# disbursements, which are gathered.
places = max(settings.POOL_SIZE - doors.THREADS - swift.THREADS, 1)
application = app.beside(swift.Swift(Gate(pages, places=places)))

# What is loaded now stays: it is not looked through again and again for garbage (a third of the
# time of a thousand payments), and what a request makes is gone before the next full look.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 100)
