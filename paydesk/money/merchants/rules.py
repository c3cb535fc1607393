"""How a merchant may stand, what a key allows, when a delivery is tried again. Pure values."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class Standing(StrEnum):
    """Where a merchant stands with the brand."""

    APPLIED = "applied"
    SANDBOX = "sandbox"  # test money only
    ACTIVE = "active"
    SUSPENDED = "suspended"  # neither takes money nor gives any
    CLOSED = "closed"


MOVES: Mapping[Standing, frozenset[Standing]] = {
    Standing.APPLIED: frozenset({Standing.SANDBOX, Standing.CLOSED}),
    Standing.SANDBOX: frozenset({Standing.ACTIVE, Standing.CLOSED}),
    Standing.ACTIVE: frozenset({Standing.SUSPENDED, Standing.CLOSED}),
    Standing.SUSPENDED: frozenset({Standing.ACTIVE, Standing.CLOSED}),
    Standing.CLOSED: frozenset(),
}
NEEDS_TWO = frozenset({Standing.ACTIVE})
"""Standings that only a second person's yes gives."""

TOLD = frozenset({Standing.SANDBOX, Standing.ACTIVE, Standing.SUSPENDED})
"""Standings in which a merchant may be told of events; no address is called for others."""


class Scope(StrEnum):
    """What a key may do; what is not named in it, it may not."""

    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    REFUNDS_WRITE = "refunds:write"
    DISBURSEMENTS_WRITE = "disbursements:write"
    PAYMENTS_READ = "payments:read"
    BALANCE_READ = "balance:read"
    WEBHOOKS_MANAGE = "webhooks:manage"
    EVENTS_READ = "events:read"


class EventKind(StrEnum):
    """What a merchant can be told of."""

    ORDER_PAID = "order.paid"
    ORDER_AUTHORISED = "order.authorised"
    ORDER_CAPTURED = "order.captured"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_EXPIRED = "order.expired"
    REFUND_SUCCEEDED = "refund.succeeded"
    REFUND_FAILED = "refund.failed"
    DISBURSEMENT_SUCCEEDED = "disbursement.succeeded"
    DISBURSEMENT_FAILED = "disbursement.failed"
    PING = "ping"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


ROTATION_OVERLAP = timedelta(hours=24)
PAUSES = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
DISABLE_AFTER = timedelta(days=3)
"""An endpoint that has answered nothing but failures for this long is switched off."""

REPLAYS_A_MINUTE = 30
"""Replays and test notifications that one merchant may ask for."""


def may_move(now: Standing, wanted: Standing) -> bool:
    """Whether a merchant who stands so may come to stand as wanted."""
    return wanted in MOVES[now]


def next_try(tries: int, at: datetime) -> datetime | None:
    """When a delivery that failed for the `tries`-th time is tried again; None: never."""
    return at + PAUSES[tries - 1] if tries <= len(PAUSES) else None


def wants(kinds: list[str], kind: str) -> bool:
    """Whether an endpoint that chose `kinds` (none: all) is told of `kind`."""
    return not kinds or kind in kinds or kind == EventKind.PING
