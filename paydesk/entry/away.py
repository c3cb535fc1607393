"""How it shows that the database is away: both the API and the pages then say to come back."""

from django.db import InterfaceError, OperationalError

AWAY = (OperationalError, InterfaceError)
"""What Django raises while the database is away, begins again, or gives up on a statement."""

RETRY_SECONDS = "5"
"""How long a database takes to begin again; the `Retry-After` of a 503."""
