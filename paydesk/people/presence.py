"""What the present request's session knows of whoever sits before it: device, second factor.

Set by the web for the length of a request and read where a payment is planned. Jobs, the API and
standing orders have none: nobody sits there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Presence:
    """A customer's session. `device_since`: when this device was first seen with him, if known."""

    device_since: datetime | None = None
    stepped_up_at: datetime | None = None


_current: ContextVar[Callable[[], Presence | None] | None] = ContextVar(
    "paydesk_presence", default=None
)


def current() -> Presence | None:
    """The presence of the request that is being served; None where there is none."""
    ask = _current.get()
    return ask() if ask else None


@contextmanager
def of(ask: Callable[[], Presence | None]) -> Iterator[None]:
    """Let `current()` answer what `ask` says inside the block; it is asked only when needed."""
    token = _current.set(ask)
    try:
        yield
    finally:
        _current.reset(token)
