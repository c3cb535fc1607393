"""When things happen in the demo's days: hours of the day, weekdays, pay days. Pure.

Moments are drawn with a given random generator, in a brand's own time zone.
"""

from collections.abc import Hashable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

# How lively each hour is: breakfast, lunch, and the evening's peak.
PAYING = (2, 1, 1, 1, 1, 2, 5, 12, 16, 12, 11, 18, 30, 20, 12, 11, 13, 22, 34, 38, 36, 28, 16, 6)
ASKING = (1, 1, 1, 1, 1, 1, 2, 4, 10, 16, 18, 15, 12, 12, 15, 16, 15, 14, 15, 18, 18, 12, 5, 2)
WEEKDAYS = (10, 10, 10, 10, 13, 16, 14)
PAY_DAYS = (10, 15, 25)

Kind = TypeVar("Kind", bound=Hashable)


def days(start: datetime, end: datetime, zone: ZoneInfo) -> list[date]:
    """The local dates between two moments, both ends included."""
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def moments(
    random: Random,
    number: int,
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
    hours: tuple[int, ...],
) -> list[datetime]:
    """About `number` moments between `start` and `end`, more of them at lively hours; sorted."""
    local = days(start, end, zone)
    weights = [WEEKDAYS[day.weekday()] for day in local]
    drawn: list[datetime] = []
    while len(drawn) < number:
        day = random.choices(local, weights)[0]
        hour = random.choices(range(24), hours)[0]
        moment = on_day(day, hour * 60 + random.random() * 60, zone)
        if start < moment < end:
            drawn.append(moment)
    return sorted(drawn)


def spread(
    random: Random,
    kinds: Sequence[tuple[Kind, int]],
    number: int,
    span: tuple[datetime, datetime],
    zone: ZoneInfo,
    hours: tuple[int, ...],
) -> list[tuple[datetime, Kind]]:
    """When which kind of thing happens: each kind once, then as often as its weight says.

    Nothing that happens only once is left to the last day, on which it might not come to its end.
    """
    once = [kind for kind, _ in kinds]
    random.shuffle(once)
    rest = random.choices(once, [dict(kinds)[kind] for kind in once], k=max(0, number - len(once)))
    start, end = span
    early = moments(random, len(once), start, end - timedelta(days=1), zone, hours)
    later = moments(random, len(rest), start, end, zone, hours)
    return [*zip(early, once, strict=True), *zip(later, rest, strict=True)]


def on_day(day: date, minute: float, zone: ZoneInfo) -> datetime:
    """The moment so many minutes after local midnight, in UTC."""
    midnight = datetime.combine(day, time(), tzinfo=zone)
    return (midnight + timedelta(minutes=minute)).astimezone(UTC)


def pay_days(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[date]:
    """The pay days between two moments."""
    return (day for day in days(start, end, zone) if day.day in PAY_DAYS)
