"""The one clock can be set, moved and is always aware of its zone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from paydesk.kit import clock


def test_travel_and_advance() -> None:
    at = datetime(2026, 5, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    with clock.travel(at):
        assert clock.now() == at
        assert clock.now().tzinfo is UTC
        clock.advance(timedelta(minutes=5))
        assert clock.now() == at + timedelta(minutes=5)
    assert clock.now() - at > timedelta(0)


def test_naive_moments_and_running_clocks_are_refused() -> None:
    with pytest.raises(ValueError, match="timezone-aware"), clock.travel(datetime(2026, 5, 1)):  # noqa: DTZ001
        pass
    with pytest.raises(RuntimeError):
        clock.advance(timedelta(seconds=1))
