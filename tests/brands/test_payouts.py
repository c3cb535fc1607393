"""When a withdrawal goes out: cut-offs, weekends, closed days, changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from paydesk.brands import profiles
from paydesk.brands.payouts import Departure, NeverSent, Payouts, arrival, departure
from paydesk.brands.profile import Brand

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
WEEK = Payouts(
    cut_offs=dict.fromkeys(range(5), 17 * 60),
    closed=((date(2026, 11, 26), date(2026, 11, 27)),),
    grace=timedelta(minutes=1),
)


def at(day: int, hour: int, minute: int = 0, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A local moment of November 2026: the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "goes_out", "missed"),
    [
        (at(23, 10), at(23, 10, 1), None),
        (at(23, 3), at(23, 9), None),  # before the bank opens
        (at(23, 16, 59), at(23, 17), None),
        (at(23, 17), at(24, 9), at(23, 17)),  # the cut-off itself is too late
        (at(25, 18), at(30, 9), at(25, 17)),  # two closed days and a weekend
        (at(28, 12), at(30, 9), at(28, 0)),  # a Saturday sends nothing
    ],
)
def test_departure(asked: datetime, goes_out: datetime, missed: datetime | None) -> None:
    assert departure(WEEK, SHANGHAI, asked) == Departure(goes_out, missed)


def test_departure_where_the_clock_changes() -> None:
    # On 1 November 2026 New York goes back an hour; Monday's opening is nine by the new clock.
    friday = datetime(2026, 10, 30, 18, tzinfo=NEW_YORK)
    assert departure(WEEK, NEW_YORK, friday).at == datetime(2026, 11, 2, 14, tzinfo=UTC)


def test_nothing_is_ever_sent() -> None:
    with pytest.raises(NeverSent):
        departure(Payouts(), SHANGHAI, at(23, 10))


def test_arrival_counts_days_that_send() -> None:
    assert arrival(WEEK, SHANGHAI, at(23, 10)) == date(2026, 11, 24)
    assert arrival(WEEK, SHANGHAI, at(25, 10)) == date(2026, 11, 30)


@pytest.mark.parametrize("brand", profiles.all(), ids=lambda one: one.code)
def test_every_brand_sends_within_a_fortnight(brand: Brand) -> None:
    asked = datetime(2026, 11, 20, 23, tzinfo=UTC)
    goes_out = departure(brand.payouts, brand.zone, asked).at
    assert asked < goes_out < asked + timedelta(days=14)
    assert set(brand.payouts.minimum) == set(brand.currencies)
