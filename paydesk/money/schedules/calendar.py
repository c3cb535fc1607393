"""When a repeated payment falls due: the nth date of a rhythm, in the brand's zone. Pure.

A day that a month has not (the 31st) falls on its last; a time that a change of clocks skips
counts on from before the change.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

FARTHEST = 600
"""How many occurrences are looked through at most (fifty years of months)."""


class Rhythm(StrEnum):
    """How often."""

    ONCE = "once"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Plan:
    """A rhythm with its first day and local time. It ends with `until` (that day included) or
    after `times` occurrences; without either it goes on."""

    rhythm: Rhythm
    first: date
    at: time
    until: date | None = None
    times: int | None = None


def day_of(plan: Plan, n: int) -> date | None:
    """The local day of the nth occurrence (from 0), None where the plan has ended before."""
    if plan.times is not None and n >= plan.times:
        return None
    match plan.rhythm:
        case Rhythm.ONCE:
            day = plan.first if n == 0 else None
        case Rhythm.WEEKLY:
            day = plan.first + timedelta(weeks=n)
        case Rhythm.MONTHLY:
            day = _month_later(plan.first, n)
    if day is None or (plan.until is not None and day > plan.until):
        return None
    return day


def moment_of(plan: Plan, n: int, zone: ZoneInfo) -> datetime | None:
    """The moment, in UTC, of the nth occurrence; None where the plan has ended before."""
    day = day_of(plan, n)
    if day is None:
        return None
    return datetime.combine(day, plan.at, tzinfo=zone).astimezone(UTC)


def coming(plan: Plan, zone: ZoneInfo, since: int = 0) -> Iterator[tuple[int, datetime]]:
    """The occurrences from the number `since` on, with their moments."""
    for n in range(since, since + FARTHEST):
        at = moment_of(plan, n, zone)
        if at is None:
            return
        yield n, at


def _month_later(first: date, months: int) -> date:
    """The same day of a later month, or its last: always counted from the first, so that the
    31st of January comes back after February's 28th."""
    place = first.month - 1 + months
    year, month = first.year + place // 12, place % 12 + 1
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))
