"""Two processes in step: they wait for each other, and nobody waits for one that failed."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import Pipe, active_children

import pytest

from paydesk.entry.cli import company
from paydesk.entry.cli.company import Days, OtherFailed, Pace, accompanied
from paydesk.entry.cli.demo.cast import SHARES, halves
from tests.entry.cli import companions

DAYS = Days(datetime(2026, 11, 20, 6, 30, tzinfo=UTC), 1.0, ("topay",))


def meet(times: int, then: Callable[[], object] = lambda: None) -> None:
    with accompanied(DAYS) as pace:
        for _ in range(times):
            pace.meet()
        then()


def test_alone_there_is_nobody_to_wait_for() -> None:
    done: list[int] = []
    with accompanied(Days(DAYS.end, 1.0, ())) as pace:
        pace.alone(lambda: done.append(1))
    assert done == [1]


def test_one_works_while_the_other_stands_still() -> None:
    here, there = Pipe()
    seen: list[str] = []

    def work() -> None:
        assert seen == ["comes"]
        time.sleep(0.2)
        seen.append("done")

    def other() -> None:
        time.sleep(0.2)
        seen.append("comes")
        Pace(there, first=False).alone(lambda: seen.append("not I"))
        seen.append("goes on")

    with here, there:
        thread = threading.Thread(target=other)
        thread.start()
        Pace(here).alone(work)
        thread.join()
    assert seen == ["comes", "done", "goes on"]


@pytest.mark.parametrize(("how", "meetings"), [("fails", 1), ("is_killed", 3)])
def test_one_that_ended_before_its_time_is_told(
    monkeypatch: pytest.MonkeyPatch, how: str, meetings: int
) -> None:
    monkeypatch.setattr(company, "_accompany", getattr(companions, how))
    began = time.monotonic()
    with pytest.raises(OtherFailed):
        meet(meetings)
    assert time.monotonic() - began < company.PATIENCE / 10
    assert not active_children()


def test_one_that_failed_after_the_last_meeting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "_accompany", companions.fails_in_the_end)
    with pytest.raises(OtherFailed):
        meet(1)


def test_the_other_ends_with_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "_accompany", companions.waits)
    with pytest.raises(ZeroDivisionError):
        meet(1, then=lambda: 1 // 0)
    assert not active_children()


def test_both_halves_have_about_as_much_life() -> None:
    first, second = halves(tuple(SHARES))
    assert sorted(first + second) == sorted(SHARES)
    assert abs(sum(SHARES[code] for code in first) - sum(SHARES[code] for code in second)) < 0.1
    assert halves(["gopay"]) == (("gopay",), ())
