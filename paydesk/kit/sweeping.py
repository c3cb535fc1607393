"""How a sweep goes through what is due: one row that fails doesn't keep the others waiting."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")

ROUNDS = 40
"""After so many full batches a sweep ends, so that the next one's other duties get their turn."""
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


def all_due(do: Callable[[T], object], find: Callable[[], Sequence[T]], batch: int) -> int:
    """`each` for what `find` answers, again while it answers a full `batch` with anything new.

    What fell due in one moment (the first of the month) is so done in one sweep, and what failed
    and is found again is not tried twice in it.
    """
    done, seen = 0, set[T]()
    for _ in range(ROUNDS):
        found = find()
        fresh = [one for one in found if one not in seen]
        done += each(do, fresh)
        seen.update(fresh)
        if len(found) < batch or not fresh:
            break
    return done
