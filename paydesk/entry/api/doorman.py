"""Who calls: the key, what it may do, how often. Shared by the routes and the swift application.

Buckets are kept in the process: with several web processes each allows its share.
"""

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from paydesk.entry.api.problems import Problem
from paydesk.kit import clock
from paydesk.money.merchants.access import Caller, callers
from paydesk.money.merchants.actions import keys
from paydesk.money.merchants.rules import Scope, Standing

BURST_SECONDS = 2.0
NOTE_USE = timedelta(minutes=1)


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Buckets:
    """Counts requests by key: `rate` a second on the long run, twice that at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[UUID, _Bucket] = {}

    def take(self, key: UUID, rate: int, count: int = 1) -> float:
        """Take `count` requests; answers 0, or after how many seconds there is room for them.

        More than fit at once (a bulk) are let in whenever the bucket is full.
        """
        now, most = time.monotonic(), rate * BURST_SECONDS
        with self._lock:
            if len(self._buckets) > 50_000:
                self._buckets.clear()
            bucket = self._buckets.setdefault(key, _Bucket(most, now))
            bucket.left = min(most, bucket.left + (now - bucket.at) * rate)
            bucket.at = now
            needed = min(float(count), most)
            if bucket.left < needed:
                return (needed - bucket.left) / rate
            bucket.left -= count
            return 0.0


buckets = Buckets()


def unknown() -> Problem:
    """What is said to whoever has no key that opens anything."""
    return Problem(401, "unauthenticated", headers={"WWW-Authenticate": "Bearer"})


def bearer(header: str) -> str:
    """The key in an Authorization header. Raises Problem."""
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise unknown()
    return text.strip()


def find(brand: str, texts: Collection[str]) -> dict[str, Caller]:
    """The callers behind keys at a brand's door, in one look; notes that the keys were used."""
    found = callers(brand, set(texts))
    now = clock.now()
    stale = [
        caller.key
        for caller in found.values()
        if caller.used_at is None or now - caller.used_at > NOTE_USE
    ]
    if stale:
        keys.used(stale)
    return found


def known(brand: str, texts: Collection[str]) -> set[str]:
    """Which of these are keys in force at a brand's door; nothing is noted."""
    return set(callers(brand, set(texts)))


def admit(caller: Caller | None, scope: Scope, count: int = 1) -> Caller:
    """Let a caller do something, or raise the Problem that says why not."""
    if caller is None:
        raise unknown()
    if not caller.may(scope):
        raise Problem(403, "scope_missing", {"scope": scope.value})
    wait = buckets.take(caller.key, caller.requests_a_second, count)
    if wait:
        raise Problem(429, "rate_limited", headers={"Retry-After": str(int(wait) + 1)})
    return caller


def needs_standing(caller: Caller) -> None:
    """Raise Problem unless the merchant may move money of its key's kind."""
    if caller.live and caller.standing is not Standing.ACTIVE:
        raise Problem(403, "merchant_stopped")
