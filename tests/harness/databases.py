"""Points Django at this process's own database, and away from it again after real commits."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connections

from config import env
from tests.harness.cluster import TestCluster


def point_at(cluster: TestCluster) -> None:
    """Make the app role's address the default database of this process."""
    address = cluster.server.app
    parts = env.database(address.url)
    parts.pop("OPTIONS")
    connections.settings["default"].update(parts)
    connections["default"].settings_dict.update(parts)
    settings.DATABASE_URL = address.url
    settings.DIRECT_URL = address.url


def let_go() -> None:
    """Close every connection of this process, the pool's too."""
    connections.close_all()
    for connection in connections.all(initialized_only=True):
        connection.close_pool()
    ContentType.objects.clear_cache()
