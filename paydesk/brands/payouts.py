"""When a brand's withdrawals go to the bank, and what it asks for first: `[payouts]` of a profile.

Pure; moments in and out are aware datetimes (answers are in UTC). A day without a cut-off, or one
among the closed ones, sends nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from paydesk.brands.reader import Table

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON = 60
"""How many days ahead a sending day is looked for."""

_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
_MOST_MINOR = 10**15


@dataclass(frozen=True)
class Payouts:
    """How withdrawals go out. Minutes are after local midnight, `minimum` in minor units.

    `identity_level` is the least that a customer must have; `cooling_off` how long a new bank
    account waits; `grace` how long a withdrawal can be taken back before it is sent.
    """

    cut_offs: Mapping[int, int] = field(default_factory=dict)  # weekday (0 = Monday) -> minute
    opens: int = 9 * 60
    closed: tuple[tuple[date, date], ...] = ()
    countries: tuple[str, ...] = ()
    identity_level: int = 0
    cooling_off: timedelta = timedelta()
    grace: timedelta = timedelta()
    arrival_days: int = 1
    minimum: Mapping[str, int] = field(default_factory=dict)


class NeverSent(ValueError):
    """No day within the horizon sends anything."""


@dataclass(frozen=True, slots=True)
class Departure:
    """When what is asked for now goes out; `cut_off` is the one that was missed, if one was."""

    at: datetime
    cut_off: datetime | None = None


def departure(payouts: Payouts, zone: ZoneInfo, asked: datetime) -> Departure:
    """When a withdrawal asked for at a moment is sent: after the grace, on a day that sends.

    Before the day's opening it waits for that; past the cut-off, or on a day that sends nothing,
    for the opening of the next that does. Raises NeverSent.
    """
    local = asked.astimezone(zone)
    today = _span(payouts, local.date())
    if today and asked < _moment(local.date(), today[1], zone):
        opens = _moment(local.date(), today[0], zone)
        return Departure(max(asked.astimezone(UTC) + payouts.grace, opens))
    missed = _moment(local.date(), today[1] if today else 0, zone)
    for ahead in range(1, HORIZON):
        day = local.date() + timedelta(days=ahead)
        if span := _span(payouts, day):
            return Departure(_moment(day, span[0], zone), missed)
    raise NeverSent("no day sends withdrawals")


def arrival(payouts: Payouts, zone: ZoneInfo, sent: datetime) -> date:
    """The local day by which money sent at a moment has arrived: sending days are counted."""
    day, left = sent.astimezone(zone).date(), payouts.arrival_days
    for _ in range(HORIZON):
        if left == 0:
            break
        day += timedelta(days=1)
        left -= 1 if _span(payouts, day) else 0
    return day


def _span(payouts: Payouts, day: date) -> tuple[int, int] | None:
    """Opening and cut-off of a day, in minutes; None where nothing is sent."""
    cut_off = payouts.cut_offs.get(day.weekday())
    if cut_off is None or any(first <= day <= last for first, last in payouts.closed):
        return None
    return min(payouts.opens, cut_off), cut_off


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    wall = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone)
    return wall.astimezone(UTC)


def read(table: Table, currencies: tuple[str, ...], levels: int) -> Payouts:
    """The profile's `[payouts]`; `levels` is how many identity levels the brand has."""
    table.allow(
        (
            "cut_off", "opens", "closed", "countries", "identity_level", "cooling_off_hours",
            "grace_seconds", "arrival_days", "minimum",
        )
    )  # fmt: skip
    cut_offs = table.table("cut_off")
    cut_offs.allow(WEEKDAYS)
    minimum = table.table("minimum")
    minimum.allow(currencies)
    return Payouts(
        cut_offs={
            WEEKDAYS.index(day): _minutes(cut_offs, day) for day in cut_offs.data if day in WEEKDAYS
        },
        opens=_minutes(table, "opens"),
        closed=tuple(_closed(one) for one in table.tables("closed")),
        countries=table.words("countries", pattern="[A-Z]{2}"),
        identity_level=table.number("identity_level", 0, max(levels - 1, 0)),
        cooling_off=timedelta(hours=table.number("cooling_off_hours", 0, 720)),
        grace=timedelta(seconds=table.number("grace_seconds", 0, 86_400)),
        arrival_days=table.number("arrival_days", 0, 10),
        minimum={code: minimum.number(code, 1, _MOST_MINOR) for code in currencies},
    )


def _minutes(table: Table, key: str) -> int:
    hour, _, minute = table.text(key, _CLOCK, "a time such as 17:00").partition(":")
    return int(hour or 0) * 60 + int(minute or 0)


def _closed(table: Table) -> tuple[date, date]:
    table.allow(("date", "until"))
    first = table.day("date")
    last = table.day("until", default=first)
    if last < first:
        table.complain("until", f"'until' is {last}; it must not be before {first}")
    return first, last
