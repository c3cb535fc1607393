"""One row that fails doesn't keep the others waiting."""

import logging

import pytest

from paydesk.kit.sweeping import each


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
