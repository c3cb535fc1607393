"""The only clock of the program. Never ask the system for the time anywhere else."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_set: ContextVar[datetime | None] = ContextVar("paydesk_clock", default=None)


def now() -> datetime:
    """The present moment, timezone-aware in UTC (or the moment set by `travel`)."""
    return _set.get() or datetime.now(UTC)


def is_set() -> bool:
    """Whether this context's clock is set by `travel`."""
    return _set.get() is not None


@contextmanager
def travel(at: datetime) -> Iterator[None]:
    """Let `now()` answer `at` inside the block: for the demo simulation and for tests.

    Raises ValueError for a naive moment.
    """
    if at.tzinfo is None:
        raise ValueError("travel needs a timezone-aware moment")
    token = _set.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)


def at(moment: datetime | None) -> AbstractContextManager[None]:
    """As `travel`; for None the block runs in the present."""
    return travel(moment) if moment else nullcontext()


def advance(by: timedelta) -> None:
    """Move a set clock on by `by`. Raises RuntimeError when the clock is not set."""
    at = _set.get()
    if at is None:
        raise RuntimeError("advance works only inside travel")
    _set.set(at + by)
