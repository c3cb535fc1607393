"""How a lower domain lets higher ones react without knowing them.

An action fires a reaction by name inside its transaction. `paydesk.wiring` is the one list of
who reacts: `together` in the same transaction, `afterwards` as a job after commit.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection

Handler = Callable[..., None]
Deferrer = Callable[[str, dict[str, Any]], None]

_together: dict[str, list[Handler]] = {}
_afterwards: dict[str, list[Handler]] = {}
_defer: list[Deferrer] = []


def together(kind: str, handler: Handler) -> None:
    """Run `handler(**ids)` in the transaction that fires `kind`."""
    _together.setdefault(kind, []).append(handler)


def afterwards(kind: str, handler: Handler) -> None:
    """Run `handler(**ids)` in a job of its own once the transaction has committed."""
    _afterwards.setdefault(kind, []).append(handler)


def deferred_by(deferrer: Deferrer) -> None:
    """Say how `afterwards` handlers become a job: `deferrer(kind, ids)`. Called once by wiring."""
    _defer[:] = [deferrer]


def fire(kind: str, **ids: Any) -> None:
    """Tell that `kind` happened; `ids` are JSON-able ids and codes.

    Raises RuntimeError outside a transaction: what reacts must stand or fall with the change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{kind} fired outside a transaction")
    for handler in _together.get(kind, ()):
        handler(**ids)
    if kind in _afterwards:
        if not _defer:
            raise RuntimeError("paydesk.wiring is not installed")
        _defer[0](kind, ids)


def run_afterwards(kind: str, ids: dict[str, Any]) -> None:
    """Run the `afterwards` handlers of `kind`: what the deferred job calls."""
    for handler in _afterwards.get(kind, ()):
        handler(**ids)
