"""How a customer's history is asked for: filters and the place to read on from. Pure values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

PAGE = 25


class CursorError(ValueError):
    """The text names no place in a history."""


@dataclass(frozen=True, slots=True)
class Place:
    """A payment in a history, newest first: the next page begins after it."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id}"


@dataclass(frozen=True, slots=True)
class Filter:
    """What is wanted; an empty field wants everything. `since` counts, `until` does not any more.

    `state` is "succeeded", "failed" or "open" (not finished). `text` is looked for in numbers,
    notes and masked means of payment, never in another's name.
    """

    text: str = ""
    kind: str = ""
    state: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.text or self.kind or self.state or self.since or self.until)


def parse_place(text: str) -> Place:
    """Read what `str(place)` wrote. Raises CursorError."""
    at, _, key = text.partition("~")
    try:
        place = Place(datetime.fromisoformat(at), UUID(key))
    except ValueError as error:
        raise CursorError(text[:80]) from error
    if place.at.tzinfo is None:
        raise CursorError(text[:80])
    return place
