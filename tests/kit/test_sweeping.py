"""One row that fails doesn't keep the others waiting."""

import logging
from itertools import count

import pytest

from paydesk.kit.sweeping import ROUNDS, all_due, each


def test_one_that_raises_is_logged_and_the_rest_is_done(caplog: pytest.LogCaptureFixture) -> None:
    seen = []

    def do(one: int) -> bool:
        seen.append(one)
        if one == 1:
            raise ValueError("no")
        return one > 2

    with caplog.at_level(logging.ERROR):
        assert each(do, [1, 2, 3]) == 1
    assert seen == [1, 2, 3]
    assert "failed for 1" in caplog.text


def test_what_fell_due_together_is_done_in_one_sweep() -> None:
    left = list(range(7))

    def do(one: int) -> bool:
        left.remove(one)
        return True

    assert all_due(do, lambda: left[:2], batch=2) == 7
    assert left == []


def test_what_fails_is_not_tried_for_ever() -> None:
    tried = []

    def do(one: int) -> bool:
        tried.append(one)
        raise ValueError("no")

    assert all_due(do, lambda: [1, 2], batch=2) == 0
    assert tried == [1, 2]


def test_a_sweep_ends_though_there_is_always_more() -> None:
    numbers = count()
    assert all_due(lambda one: True, lambda: [next(numbers)], batch=1) == ROUNDS
