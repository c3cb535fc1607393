"""How a sweep goes through what is due: one row that fails doesn't keep the others waiting."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

log = logging.getLogger(__name__)


def each(do: Callable[[T], object], things: Iterable[T]) -> int:
    """Do one thing to each; answers how often `do` said that it did something (was true).

    One that raises is logged and left for the next sweep. Must not run inside a transaction, in
    which the first fault would take the others along.
    """
    done = 0
    for one in things:
        try:
            done += bool(do(one))
        except Exception:
            log.exception("%s failed for %s", getattr(do, "__qualname__", "a sweep"), one)
    return done
