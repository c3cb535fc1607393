"""Days that should have a file by now, and days told as runs."""

from datetime import UTC, date, datetime

import pytest

from paydesk.money.reconciliation.rules import last_due, spans


@pytest.mark.parametrize(("hour", "day"), [(2, 13), (3, 14), (23, 14)])
def test_a_day_is_due_in_the_night_after(hour: int, day: int) -> None:
    assert last_due(datetime(2026, 11, 15, hour, tzinfo=UTC)) == date(2026, 11, day)


def test_days_in_a_row_are_one_run() -> None:
    days = [date(2026, 11, n) for n in (30, 3, 5, 6, 5, 7)] + [date(2026, 12, 1)]
    runs = [(first.day, last.day) for first, last in spans(days)]
    assert runs == [(3, 3), (5, 7), (30, 1)]
    assert spans([]) == []
