"""The rules of cases from plain values."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paydesk.desk.cases.rules import (
    HEAD_START,
    Priority,
    State,
    Urgency,
    Wait,
    after_message,
    estimated_wait,
    first_answer_within,
    is_tellable,
    needs_second_person,
    rank_at,
    turn_at,
    urgency,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@given(
    wait=st.integers(0, 100_000), later=st.integers(0, 100_000), priority=st.sampled_from(Priority)
)
def test_nobody_is_passed_by_who_comes_later_than_the_largest_head_start(
    wait: int, later: int, priority: Priority
) -> None:
    mine = rank_at(NOON - timedelta(seconds=wait), Priority.LOW)
    theirs = rank_at(NOON + timedelta(seconds=later), priority)
    most = max(HEAD_START.values()) - HEAD_START[Priority.LOW]
    if timedelta(seconds=wait + later) >= most:
        assert mine <= theirs


@given(
    mine=st.integers(0, 100_000), theirs=st.integers(0, 100_000), priority=st.sampled_from(Priority)
)
def test_nobody_there_for_it_is_passed_by_those_of_its_priority(
    mine: int, theirs: int, priority: Priority
) -> None:
    shut, served = (rank_at(NOON - timedelta(seconds=ago), priority) for ago in (mine, theirs))
    turn = turn_at(shut, priority, NOON, staffed=False)
    assert turn >= turn_at(served, priority, NOON, staffed=True)
    assert turn_at(shut, priority, NOON, staffed=True) == shut


def test_an_urgent_case_out_of_hours_still_passes_who_has_just_come() -> None:
    urgent = rank_at(NOON - 600 * MINUTE, Priority.URGENT)
    turn = turn_at(urgent, Priority.URGENT, NOON, staffed=False)
    assert rank_at(NOON - 61 * MINUTE, Priority.NORMAL) < turn
    assert turn < rank_at(NOON - 59 * MINUTE, Priority.NORMAL)


@pytest.mark.parametrize(
    ("state", "from_customer", "after"),
    [
        (State.OPEN, True, State.OPEN),
        (State.OPEN, False, State.WAITING_CUSTOMER),
        (State.WAITING_CUSTOMER, True, State.OPEN),
        (State.WAITING_CUSTOMER, False, State.WAITING_CUSTOMER),
        (State.WAITING_INSIDE, True, State.WAITING_INSIDE),
        (State.WAITING_INSIDE, False, State.WAITING_INSIDE),
        (State.SOLVED, True, State.OPEN),
        (State.SOLVED, False, State.SOLVED),
    ],
)
def test_whose_turn_it_is(state: State, from_customer: bool, after: State) -> None:
    assert after_message(state, from_customer=from_customer) == after


def test_too_little_known_is_no_estimate() -> None:
    takes = [NOON - n * MINUTE for n in range(1, 6)]
    assert estimated_wait(1, takes, NOON) is None
    assert estimated_wait(0, takes * 3, NOON) is None


@given(position=st.integers(1, 40), gaps=st.lists(st.integers(1, 400), min_size=6, max_size=40))
def test_an_estimate_is_a_range_around_the_mean(position: int, gaps: list[int]) -> None:
    at, takes = NOON, []
    for gap in gaps:
        at -= timedelta(seconds=gap)
        takes.append(at)
    wait = estimated_wait(position, takes, NOON)
    assert wait is not None
    middle = (NOON - min(takes)) / len(takes) * position
    assert wait.least <= middle <= wait.most
    assert wait.least % MINUTE == wait.most % MINUTE == timedelta(0)


@pytest.mark.parametrize(
    ("left", "position", "most", "told"),
    [
        (3, 1, None, True),
        (3, 3, None, True),
        (3, 4, None, False),  # nobody knows how long, and many are before him
        (3, 16, 3, True),
        (3, 2, 4, False),
        (240, 16, 45, True),
        (3, None, None, True),  # somebody has the case already
    ],
)
def test_a_time_that_the_queue_contradicts_is_not_told(
    left: int, position: int | None, most: int | None, told: bool
) -> None:
    wait = Wait(timedelta(0), most * MINUTE) if most else None
    assert is_tellable(left * MINUTE, position, wait) is told


def test_urgency_by_what_is_left() -> None:
    whole = timedelta(minutes=10)
    assert urgency(NOON + timedelta(minutes=9), NOON, whole=whole) == Urgency.CALM
    assert urgency(NOON + timedelta(minutes=4), NOON, whole=whole) == Urgency.SOON
    assert urgency(NOON, NOON, whole=whole) == Urgency.LATE
    assert urgency(None, NOON, whole=whole) == Urgency.CALM


def test_an_urgent_case_is_owed_an_answer_in_half_the_time() -> None:
    assert first_answer_within("chat", Priority.URGENT) * 2 == first_answer_within(
        "chat", Priority.NORMAL
    )


@pytest.mark.parametrize(
    ("amount", "refunded", "needed"),
    [(200, 0, False), (201, 0, True), (150, 50, False), (150, 51, True)],
)
def test_parts_of_one_refund_count_together(amount: int, refunded: int, needed: bool) -> None:
    assert needs_second_person(amount, refunded, 200) is needed
