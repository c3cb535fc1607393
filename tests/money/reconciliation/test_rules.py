"""Days that should have a file by now, and days told as runs."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from paydesk.money.reconciliation.rules import Cause, Ours, Theirs, judge, last_due, spans


@pytest.mark.parametrize(("hour", "day"), [(2, 13), (3, 14), (23, 14)])
def test_a_day_is_due_in_the_night_after(hour: int, day: int) -> None:
    assert last_due(datetime(2026, 11, 15, hour, tzinfo=UTC)) == date(2026, 11, day)


def test_days_in_a_row_are_one_run() -> None:
    days = [date(2026, 11, n) for n in (30, 3, 5, 6, 5, 7)] + [date(2026, 12, 1)]
    runs = [(first.day, last.day) for first, last in spans(days)]
    assert runs == [(3, 3), (5, 7), (30, 1)]
    assert spans([]) == []


@pytest.mark.parametrize(("returned", "cause"), [(False, None), (True, Cause.DOUBLE)])
def test_a_payout_comes_back_once(returned: bool, cause: Cause | None) -> None:
    day = date(2026, 11, 3)
    ours = Ours(UUID(int=1), "payout", -5_000, "CNY", day, settled=True, returned=returned)
    said = judge(Theirs(2, "payout", 5_000, 0, "CNY"), ours, day, None)
    assert (said.cause, said.unexplained) == (cause, 5_000 if cause else 0)
