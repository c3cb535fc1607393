"""Service hours against a slow reading of the clock on the wall, minute by minute."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from paydesk.brands import hours, profiles
from paydesk.brands.profile import DAY_MINUTES, Brand, Holiday, Span, WeeklyHours

ZONES = ("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "UTC")
MINUTE = timedelta(minutes=1)

# The days around both changes of clocks in every zone above, and plain ones.
moments = st.one_of(
    st.integers(0, 2 * 365 * DAY_MINUTES),
    st.integers(64 * DAY_MINUTES, 97 * DAY_MINUTES),
    st.integers(246 * DAY_MINUTES, 307 * DAY_MINUTES),
).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + minute * MINUTE)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    edges = draw(st.lists(st.integers(0, DAY_MINUTES // 15), max_size=4, unique=True).map(sorted))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple(Span(start * 15, end * 15) for start, end in pairs)


@st.composite
def brands(draw: st.DrawFn) -> Brand:
    days = draw(st.tuples(*[spans()] * 7))
    assume(any(days))
    first = draw(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
    last = first + timedelta(days=draw(st.integers(0, 9)))
    return replace(
        profiles.get("topay"),
        timezone=draw(st.sampled_from(ZONES)),
        hours={"chat": WeeklyHours(days)},
        holidays=(Holiday(first, last, {}, ("chat",), draw(spans())),),
    )


def on_the_wall(brand: Brand, at: datetime) -> bool:
    """Whether the local wall clock shows a staffed time: the plain reading of a profile."""
    local = at.astimezone(brand.zone)
    minute = local.hour * 60 + local.minute
    staffed = brand.hours["chat"].days[local.weekday()]
    for holiday in brand.holidays:
        if holiday.first <= local.date() <= holiday.last:
            staffed = holiday.spans
    return any(span.start <= minute < span.end for span in staffed)


def clocks_change_near(brand: Brand, at: datetime) -> bool:
    """Within three hours, where "staffed from 02:30" has no single plain reading."""
    reach = timedelta(hours=3)
    offsets = {moment.astimezone(brand.zone).utcoffset() for moment in (at - reach, at, at + reach)}
    return len(offsets) > 1


@settings(max_examples=400, deadline=None)
@given(brands(), moments)
def test_open_is_what_the_wall_clock_says(brand: Brand, at: datetime) -> None:
    assume(not clocks_change_near(brand, at))
    assert hours.is_open(brand, "chat", at) == on_the_wall(brand, at)


@settings(max_examples=200, deadline=None)
@given(brands(), moments)
def test_next_opening_is_open_and_the_first(brand: Brand, at: datetime) -> None:
    opening = hours.next_opening(brand, "chat", at)
    assert opening >= at
    assert hours.is_open(brand, "chat", opening)
    if opening > at:
        assert not hours.is_open(brand, "chat", at)
        assert not hours.is_open(brand, "chat", opening - MINUTE)
        assert hours.service_time_between(brand, "chat", at, opening) == timedelta()


# At most so many minutes that the thinnest week, a quarter of an hour, has them in the horizon.
@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(brands(), moments, st.integers(0, 1600))
def test_a_deadline_leaves_exactly_its_service_time(
    brand: Brand, at: datetime, minutes: int
) -> None:
    duration = minutes * MINUTE
    deadline = hours.add_service_time(brand, "chat", at, duration)
    assert hours.service_time_between(brand, "chat", at, deadline) == duration
    if minutes:
        before = hours.service_time_between(brand, "chat", at, deadline - MINUTE)
        assert before == duration - MINUTE


@settings(max_examples=100, deadline=None)
@given(brands(), moments)
def test_service_time_is_a_count_of_open_minutes(brand: Brand, at: datetime) -> None:
    at = at.replace(minute=at.minute // 15 * 15)
    day = [at + n * MINUTE for n in range(0, DAY_MINUTES, 15)]
    counted = sum(hours.is_open(brand, "chat", moment) for moment in day) * timedelta(minutes=15)
    end = at + timedelta(days=1)
    assert hours.service_time_between(brand, "chat", at, end) == counted


@settings(deadline=None)
@given(brands(), moments, st.integers(0, 500), st.integers(0, 500))
def test_deadlines_add_up(brand: Brand, at: datetime, one: int, two: int) -> None:
    first = hours.add_service_time(brand, "chat", at, one * MINUTE)
    split = hours.add_service_time(brand, "chat", first, two * MINUTE)
    whole = hours.add_service_time(brand, "chat", at, (one + two) * MINUTE)
    assert hours.service_time_between(brand, "chat", split, whole) == timedelta()


def in_new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=profiles.get("gopay").zone)


def test_a_friday_evening_question_is_due_on_monday() -> None:
    gopay = profiles.get("gopay")
    due = hours.add_service_time(
        gopay, "email", in_new_york("2026-11-20T16:30"), timedelta(hours=2)
    )
    assert due == in_new_york("2026-11-23T10:30")


def test_a_holiday_is_passed_over() -> None:
    gopay = profiles.get("gopay")
    opening = hours.next_opening(gopay, "hotline", in_new_york("2026-11-25T21:00"))
    assert opening == in_new_york("2026-11-27T08:00")


def test_the_short_day_of_a_holiday() -> None:
    topay = profiles.get("topay")
    noon = datetime(2027, 2, 6, 12, 0, tzinfo=topay.zone)
    assert hours.is_open(topay, "chat", noon)
    assert not hours.is_open(topay, "chat", noon + timedelta(hours=5))
    assert not hours.is_open(topay, "wechat", noon)
    assert hours.closing(topay, "chat", noon) == noon + timedelta(hours=4)


def test_the_night_of_the_change_is_an_hour_longer() -> None:
    night = replace(
        profiles.get("gopay"), hours={"chat": WeeklyHours(((Span(0, 8 * 60),),) * 7)}, holidays=()
    )
    start = in_new_york("2026-11-01T00:00")
    end = in_new_york("2026-11-01T12:00")
    assert hours.service_time_between(night, "chat", start, end) == timedelta(hours=9)
    start = in_new_york("2026-03-08T00:00")
    end = in_new_york("2026-03-08T12:00")
    assert hours.service_time_between(night, "chat", start, end) == timedelta(hours=7)


def test_round_the_clock() -> None:
    dingpay = profiles.get("dingpay")
    at = datetime(2027, 2, 6, 3, 0, tzinfo=UTC)
    assert hours.is_open(dingpay, "chat", at)
    assert hours.next_opening(dingpay, "chat", at) == at
    assert hours.closing(dingpay, "chat", at) is None
    assert hours.add_service_time(dingpay, "chat", at, timedelta(days=2)) == at + timedelta(days=2)
    between = hours.service_time_between(dingpay, "chat", at, at + timedelta(days=2))
    assert between == timedelta(days=2)


def test_a_channel_the_brand_has_not() -> None:
    with pytest.raises(hours.NeverStaffedError):
        hours.is_open(profiles.get("dingpay"), "qq", datetime(2026, 11, 2, tzinfo=UTC))


def test_a_channel_that_never_opens() -> None:
    shut = replace(profiles.get("topay"), hours={"chat": WeeklyHours(((),) * 7)}, holidays=())
    at = datetime(2026, 11, 2, tzinfo=UTC)
    assert not hours.is_open(shut, "chat", at)
    with pytest.raises(hours.NeverStaffedError):
        hours.next_opening(shut, "chat", at)
    with pytest.raises(hours.NeverStaffedError):
        hours.add_service_time(shut, "chat", at, MINUTE)


def test_a_deadline_is_not_in_the_past() -> None:
    with pytest.raises(ValueError, match="not negative"):
        hours.add_service_time(
            profiles.get("topay"), "chat", datetime(2026, 11, 2, tzinfo=UTC), -MINUTE
        )
