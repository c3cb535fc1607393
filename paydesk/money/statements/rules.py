"""What a reader of history may ask for, and where a page goes on. Pure.

Days are whole days of the brand's zone; both ends count.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from paydesk.money.payments.states import PaymentKind, PaymentState

MAX_PAGE = 200


class BadCursor(ValueError):
    """The text is not where a page of history ended."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What history is narrowed down to; empty parts narrow nothing."""

    first_day: date | None = None
    last_day: date | None = None
    kinds: frozenset[PaymentKind] = frozenset()
    states: frozenset[PaymentState] = frozenset()
    currency: str = ""
    counterparty: str = ""
    least: int | None = None  # of the amount, minor units
    most: int | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is narrowed down."""
        return self == Filters()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the moment and id of its last payment."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.id}"


def parse_place(text: str) -> Place:
    """Read what `str(Place)` wrote. Raises BadCursor for anything else."""
    moment, _, key = text.partition("_")
    try:
        place = Place(datetime.fromisoformat(moment), UUID(key))
    except ValueError as error:
        raise BadCursor(text[:80]) from error
    if place.at.tzinfo is None:
        raise BadCursor(text[:80])
    return place


def month_of(at: datetime, zone: ZoneInfo) -> date:
    """The first day of the month in which a moment falls in a zone."""
    return at.astimezone(zone).date().replace(day=1)


def next_month(first: date) -> date:
    """The first day of the month after one that begins on `first`."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def starts(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day begins in a zone."""
    return datetime.combine(day, time.min, zone)


def ends(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day is over in a zone: the beginning of the next one."""
    return datetime.combine(day + timedelta(days=1), time.min, zone)
