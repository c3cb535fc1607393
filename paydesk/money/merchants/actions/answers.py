"""Answers kept under the merchant's own request keys: the same request gets the same answer.

A key is claimed before anything is done and keeps its answer afterwards. Whoever claimed it and
never came back (a crash) is followed by the next who asks, after a while; what is done under a
key must therefore itself be safe to do again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from paydesk.kit import clock, ids
from paydesk.money.merchants.models import StoredAnswer

ABANDONED = timedelta(seconds=30)
KEEP = timedelta(days=30)


class Standing(StrEnum):
    """What is known of a request key."""

    FRESH = "fresh"  # claimed now: do it
    ANSWERED = "answered"
    CONFLICT = "conflict"  # the same key, another content
    BUSY = "busy"  # the same request is being answered at this moment


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim; `status` and `body` of one that was answered before."""

    standing: Standing
    id: UUID
    status: int = 0
    body: Any = None


@transaction.atomic
def claim(*, brand: str, merchant: UUID, live: bool, key: str, digest: str) -> Claim:
    """Claim a key for a request whose content has this digest."""
    now = clock.now()
    row, fresh = StoredAnswer.objects.select_for_update(of=("self",)).get_or_create(
        merchant_id=merchant,
        live=live,
        request_key=key,
        defaults={"id": ids.uuid7(), "brand": brand, "digest": digest, "created_at": now},
    )
    if fresh:
        return Claim(Standing.FRESH, row.id)
    if row.digest != digest:
        return Claim(Standing.CONFLICT, row.id)
    if row.status is not None:
        return Claim(Standing.ANSWERED, row.id, row.status, row.body)
    if now - row.created_at < ABANDONED:
        return Claim(Standing.BUSY, row.id)
    row.created_at = now
    row.save(update_fields=["created_at"])
    return Claim(Standing.FRESH, row.id)


def keep(claimed: Claim, status: int, body: Any) -> None:
    """Keep the answer to a claim; a secret in it was told once and is not kept."""
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name != "secret"}
    StoredAnswer.objects.filter(id=claimed.id).update(status=status, body=body)


@transaction.atomic
def kept_together(
    claimed: Claim, do: Callable[[], tuple[int, dict[str, Any]]]
) -> tuple[int, dict[str, Any]]:
    """Do something and keep its answer, both or neither."""
    status, body = do()
    keep(claimed, status, body)
    return status, body


def forget(claimed: Claim) -> None:
    """Give a key free: nothing was done under it (a malformed request, a fault of ours)."""
    StoredAnswer.objects.filter(id=claimed.id, status=None).delete()


def prune() -> int:
    """Delete answers that nobody asks for any more; answers how many."""
    gone, _ = StoredAnswer.objects.filter(created_at__lt=clock.now() - KEEP).delete()
    return gone
