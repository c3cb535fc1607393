"""Dates of rhythms: months' ends, leap years, ends, changes of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paydesk.money.payments.reasons import Reason
from paydesk.money.schedules.calendar import Plan, Rhythm, coming, day_of, moment_of
from paydesk.money.schedules.rules import Due, OnMissed, is_missed, key, retry_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")


def days(rhythm: Rhythm, first: date, count: int, **more: object) -> list[str]:
    plan = Plan(rhythm, first, time(9), **more)  # type: ignore[arg-type]  # named values
    return [f"{at.astimezone(SHANGHAI):%m-%d}" for _, at in islice(coming(plan, SHANGHAI), count)]


def test_the_thirty_first_falls_on_the_last_day_and_comes_back() -> None:
    assert days(Rhythm.MONTHLY, date(2026, 12, 31), 5) == [
        "12-31", "01-31", "02-28", "03-31", "04-30",
    ]  # fmt: skip
    assert days(Rhythm.MONTHLY, date(2028, 1, 30), 3) == ["01-30", "02-29", "03-30"]


def test_weeks_and_ends() -> None:
    assert days(Rhythm.WEEKLY, date(2026, 11, 23), 3) == ["11-23", "11-30", "12-07"]
    assert days(Rhythm.WEEKLY, date(2026, 11, 23), 9, times=2) == ["11-23", "11-30"]
    assert days(Rhythm.WEEKLY, date(2026, 11, 23), 9, until=date(2026, 11, 30)) == [
        "11-23",
        "11-30",
    ]
    assert days(Rhythm.ONCE, date(2026, 11, 23), 9) == ["11-23"]
    assert days(Rhythm.MONTHLY, date(2026, 11, 23), 9, until=date(2026, 11, 1)) == []


def test_nine_o_clock_stays_nine_where_the_clock_changes() -> None:
    plan = Plan(Rhythm.WEEKLY, date(2026, 10, 26), time(9))
    assert moment_of(plan, 0, NEW_YORK) == datetime(2026, 10, 26, 13, tzinfo=UTC)
    assert moment_of(plan, 1, NEW_YORK) == datetime(2026, 11, 2, 14, tzinfo=UTC)


def test_a_time_that_the_clock_skips() -> None:
    plan = Plan(Rhythm.ONCE, date(2026, 3, 8), time(2, 30))
    assert moment_of(plan, 0, NEW_YORK) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


@given(
    st.sampled_from(list(Rhythm)),
    st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    st.integers(1, 40),
)
def test_dates_rise_and_keep_to_the_day(rhythm: Rhythm, first: date, times: int) -> None:
    plan = Plan(rhythm, first, time(9), times=times)
    found = [day for n in range(60) if (day := day_of(plan, n))]
    assert found == sorted(set(found))
    assert len(found) == (1 if rhythm is Rhythm.ONCE else times)
    if rhythm is Rhythm.MONTHLY:
        for day in found:
            last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            assert day.day == min(first.day, last.day)


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("late", "next_in", "rule", "missed"),
    [
        (timedelta(hours=1), timedelta(days=7), OnMissed.SKIP, False),
        (timedelta(hours=7), timedelta(days=7), OnMissed.SKIP, True),
        (timedelta(hours=7), timedelta(days=7), OnMissed.RUN_LATE, False),
        (timedelta(days=8), timedelta(hours=-1), OnMissed.RUN_LATE, True),
        (timedelta(days=400), None, OnMissed.RUN_LATE, False),
    ],
)
def test_missed(late: timedelta, next_in: timedelta | None, rule: OnMissed, missed: bool) -> None:
    due = Due(3, NOW - late, NOW + next_in if next_in else None)
    assert is_missed(due, rule, NOW) is missed


def test_only_what_may_heal_is_tried_again_and_not_for_ever() -> None:
    assert retry_at(Reason.BALANCE_SHORT, 1, NOW) == NOW + timedelta(hours=4)
    assert retry_at(Reason.BALANCE_SHORT, 3, NOW) == NOW + timedelta(hours=24)
    assert retry_at(Reason.BALANCE_SHORT, 4, NOW) is None
    assert retry_at(Reason.RECIPIENT_CLOSED, 1, NOW) is None
    assert retry_at(None, 1, NOW) is None


def test_a_key_names_one_try_and_fits() -> None:
    keys = {key("f" * 32, n, tries) for n in (0, 11, 599) for tries in (1, 4)}
    assert len(keys) == 6
    assert all(8 <= len(one) <= 64 for one in keys)
