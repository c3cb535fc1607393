"""Our references as Chinese providers take them: 32 letters and digits, with their moment inside.

A reference is the attempt's UUIDv7, so an order's time needs no storing: it can be told again
when the order is asked about.
"""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

BEIJING = timezone(timedelta(hours=8))


def write(reference: UUID) -> str:
    """The reference as an order number: 32 hex digits, no dash."""
    return reference.hex


def read(text: str) -> UUID | None:
    """The reference in an order number, None if it is none of ours."""
    if len(text) != 32:
        return None
    try:
        return UUID(hex=text)
    except ValueError:
        return None


def made_at(reference: UUID) -> datetime:
    """When the reference was made, in UTC, to the millisecond."""
    return datetime.fromtimestamp((reference.int >> 80) / 1000, UTC)


def beijing(at: datetime) -> datetime:
    """The same moment on the clocks of Chinese providers."""
    return at.astimezone(BEIJING)
