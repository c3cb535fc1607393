"""Moments as PostgreSQL writes them, read by Python's own parser.

Django's loader takes each apart with a regular expression in Python: several times the price of
the rest of a row. Ours gives the same moments.
"""

from datetime import UTC, datetime
from typing import Any, ClassVar

from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader


class MomentLoader(TimestamptzLoader):
    """A timestamptz as an aware moment in UTC. Raises psycopg.DataError for what Python can't
    hold (infinity, before Christ), as psycopg's own."""

    timezone: ClassVar = UTC  # Django compares it with the connection's before each cursor

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode()).astimezone(UTC)
        except ValueError:
            return super().load(data).astimezone(UTC)


def read_quickly(connection: Any, **_: Any) -> None:
    """Receives Django's `connection_created`."""
    if connection.vendor == "postgresql" and connection.timezone is UTC:
        connection.connection.adapters.register_loader("timestamptz", MomentLoader)
