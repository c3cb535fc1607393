"""Two processes in step: they wait for each other, and nobody waits for one that failed."""

import threading
import time
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Any

import pytest

from paydesk.entry.cli import company
from paydesk.entry.cli.company import Days, Pace, accompanied
from paydesk.entry.cli.demo.cast import SHARES, halves

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


def test_alone_there_is_nobody_to_wait_for() -> None:
    done: list[int] = []
    with accompanied(Days(NOW, 1.0, ())) as pace:
        pace.alone(lambda: done.append(1))
    assert done == [1]


def test_one_works_while_the_other_stands_still() -> None:
    barrier = get_context("spawn").Barrier(2)
    seen: list[str] = []

    def work() -> None:
        seen.append("begins")
        time.sleep(0.2)
        seen.append("ends")

    def other() -> None:
        Pace(barrier, first=False).alone(lambda: seen.append("not I"))
        seen.append("goes on")

    thread = threading.Thread(target=other)
    thread.start()
    Pace(barrier).alone(work)
    thread.join()
    assert seen == ["begins", "ends", "goes on"]


def _fails(*_: Any) -> None:
    raise SystemExit("by intention")


def test_one_that_ended_before_its_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "_accompany", _fails)
    began = time.monotonic()
    with (
        pytest.raises(RuntimeError, match="not lived"),
        accompanied(Days(NOW, 1.0, ("topay",))) as pace,
    ):
        pace.meet()
    assert time.monotonic() - began < company.PATIENCE / 10


def test_one_that_failed_after_the_last_meeting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "_accompany", _fails)
    with pytest.raises(RuntimeError, match="not lived"), accompanied(Days(NOW, 1.0, ("topay",))):
        pass


def test_both_halves_have_about_as_much_life() -> None:
    first, second = halves(tuple(SHARES))
    assert sorted(first + second) == sorted(SHARES)
    assert abs(sum(SHARES[code] for code in first) - sum(SHARES[code] for code in second)) < 0.1
    assert halves(["gopay"]) == (("gopay",), ())
