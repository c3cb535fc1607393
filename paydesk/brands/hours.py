"""Service hours: whether a channel is staffed, when next, and deadlines in staffed time.

Pure; every moment in and out is an aware datetime (answers are in UTC). A local
time that a change of clocks skips counts on from before the change; one that
happens twice opens at its first and closes at its second occurrence.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from paydesk.brands.profile import DAY_MINUTES, Brand, Span

_DAY = timedelta(days=1)
_ZERO = timedelta()
HORIZON = timedelta(days=800)
"""How far ahead openings are looked for."""

Opening = tuple[datetime, datetime]


class NeverStaffedError(ValueError):
    """The brand does not staff that channel, or not within the horizon."""


def is_open(brand: Brand, channel: str, at: datetime) -> bool:
    """Whether somebody is there at that moment. Raises NeverStaffedError: no such channel."""
    start, _ = next(_openings(brand, channel, at), (None, None))
    return start is not None and start <= at


def next_opening(brand: Brand, channel: str, at: datetime) -> datetime:
    """The first staffed moment at or after `at`. Raises NeverStaffedError."""
    for start, _ in _openings(brand, channel, at):
        return max(start, at.astimezone(UTC))
    raise NeverStaffedError(channel)


def closing(brand: Brand, channel: str, at: datetime) -> datetime | None:
    """When the opening that holds `at` ends; None when closed or staffed round the clock."""
    if _week_is_always(brand, channel):
        return None
    for start, end in _openings(brand, channel, at):
        return end if start <= at else None
    return None


def add_service_time(brand: Brand, channel: str, start: datetime, duration: timedelta) -> datetime:
    """The moment by which `duration` (not negative) of staffed time has passed since `start`.

    Raises NeverStaffedError when it does not pass within the horizon, ValueError when negative.
    """
    if duration < _ZERO:
        raise ValueError("a duration in service time is not negative")
    if _week_is_always(brand, channel):
        return start.astimezone(UTC) + duration
    left, reached = duration, start.astimezone(UTC)
    for opening, closed in _openings(brand, channel, reached):
        opened = max(opening, reached)
        if opened + left <= closed:
            return opened + left
        left -= closed - opened
    raise NeverStaffedError(channel)


def service_time_between(brand: Brand, channel: str, start: datetime, end: datetime) -> timedelta:
    """How much staffed time lies between two moments; zero when `end` is not after `start`."""
    total, since = _ZERO, start.astimezone(UTC)
    for opened, closed in _openings(brand, channel, since):
        if opened >= end:
            break
        total += max(min(closed, end) - max(opened, since), _ZERO)
    return total


def _week_is_always(brand: Brand, channel: str) -> bool:
    try:
        return brand.hours[channel].always
    except KeyError:
        raise NeverStaffedError(channel) from None


def _openings(brand: Brand, channel: str, since: datetime) -> Iterator[Opening]:
    """Openings in UTC that end after `since`, in order, adjoining ones joined."""
    since = since.astimezone(UTC)
    if _week_is_always(brand, channel):
        yield since, datetime.max.replace(tzinfo=UTC)
        return
    current: Opening | None = None
    first_day = since.astimezone(brand.zone).date() - _DAY
    for offset in range(HORIZON.days):
        for start, end in _day_openings(brand, channel, first_day + offset * _DAY):
            if current and start <= current[1]:
                current = (current[0], max(current[1], end))
                continue
            if current and current[1] > since:
                yield current
            current = (start, end)
    if current and current[1] > since:
        yield current


def _day_openings(brand: Brand, channel: str, day: date) -> list[Opening]:
    openings = (
        (
            _moment(day, span.start, brand.zone, last=False),
            _moment(day, span.end, brand.zone, last=True),
        )
        for span in _spans(brand, channel, day)
    )
    return sorted(opening for opening in openings if opening[0] < opening[1])


def _spans(brand: Brand, channel: str, day: date) -> tuple[Span, ...]:
    for holiday in brand.holidays:
        if holiday.first <= day <= holiday.last and channel in holiday.channels:
            return holiday.spans
    return brand.hours[channel].days[day.weekday()]


def _moment(day: date, minute: int, zone: ZoneInfo, *, last: bool) -> datetime:
    if minute == DAY_MINUTES:
        day, minute = day + _DAY, 0
    wall = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone)
    moment = wall.astimezone(UTC)
    exists = moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None)
    # fold=1 is the second occurrence only where there is one; in a skipped hour it goes back.
    return wall.replace(fold=1).astimezone(UTC) if last and exists else moment
