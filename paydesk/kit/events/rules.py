"""Cursors and the values around them: where a reader stands in the stream of events.

Pure values. Nothing here asks the database or knows who may read what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

LAST_ID = UUID(int=2**128 - 1)
"""Sorts after every id: a cursor with it has read all of its transaction."""

AUDIENCE_KINDS = frozenset({"customer", "visitor", "desk", "staff"})
PAYLOAD_LIMIT = 2000
"""Bytes of JSON that a payload may take: it carries ids and numbers, never text."""


class CursorError(ValueError):
    """The text is no cursor."""


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the stream: everything up to it has been read. Compares in stream order."""

    epoch: int
    xid: int
    id: UUID

    def __str__(self) -> str:
        return f"{self.epoch}.{self.xid}.{self.id}"


START = Cursor(0, 0, UUID(int=0))
"""Before the first event."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event as a reader gets it."""

    cursor: Cursor
    brand: str
    kind: str
    subject: str
    audience: tuple[str, ...]
    at: datetime
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Events in stream order, and the cursor to go on from.

    `complete`: there was nothing more to see at that moment, and `position` may lie beyond the
    last event, past transactions that wrote none. `held_back`: committed events lie beyond a
    transaction that is still open, so look again soon; no hint will come when it ends.
    """

    events: tuple[StoredEvent, ...]
    position: Cursor
    complete: bool
    held_back: bool = False


def parse_cursor(text: str) -> Cursor:
    """Read `<epoch>.<xid>.<uuid>`. Raises CursorError for anything else."""
    epoch, _, rest = text.partition(".")
    xid, _, uuid = rest.partition(".")
    if not (epoch.isascii() and epoch.isdigit() and xid.isascii() and xid.isdigit()):
        raise CursorError(text[:80])
    try:
        cursor = Cursor(int(epoch), int(xid), UUID(uuid))
    except ValueError as error:
        raise CursorError(text[:80]) from error
    if max(cursor.epoch, cursor.xid) >= 2**63:  # what the database could never have given
        raise CursorError(text[:80])
    return cursor


def check_audience(brand: str, audience: Sequence[str]) -> None:
    """Raise ValueError unless `audience` names who of `brand` may hear it, and no other brand."""
    if not brand:
        raise ValueError("an event belongs to a brand")
    if not audience:
        raise ValueError("an event needs an audience")
    for name in audience:
        kind, _, who = name.partition(":")
        if kind not in AUDIENCE_KINDS or not who:
            raise ValueError(f"no such audience: {name}")
        if kind == "desk" and who != brand:
            raise ValueError(f"{name} may not hear what happens in {brand}")
