"""Publish what happened (stored, replayable) and signal what passes (typing, presence).

The hint to readers goes out after commit, once a transaction. Never inside it: PostgreSQL
serialises every transaction that has a NOTIFY in it.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.kit.arrays import text_array
from paydesk.kit.events.rules import PAYLOAD_LIMIT, check_audience

HINT_CHANNEL = "paydesk_events"
SIGNAL_CHANNEL = "paydesk_signals"
SIGNAL_LIMIT = 7900
"""Bytes: PostgreSQL refuses a NOTIFY payload of 8000."""

KEEP = timedelta(days=14)
"""How long events stay: far longer than a page is worth catching up."""


class News(msgspec.Struct, frozen=True):
    """One event to publish. `subject` is like `case:<uuid>`; `payload` holds ids and numbers."""

    brand: str
    kind: str
    subject: str
    audience: Sequence[str]
    actor: Actor
    payload: dict[str, Any]


_silent = ContextVar("silent", default=False)


@contextmanager
def without_hints() -> Iterator[None]:
    """Publish without waking readers as long as the block lasts: they see it when they look next.

    For a long run of which nobody listens to every step, such as the demo's days.
    """
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def publish(
    *,
    brand: str,
    kind: str,
    subject: str,
    audience: list[str],
    actor: Actor,
    payload: dict[str, Any],
) -> None:
    """Store one event in the caller's transaction and hint to readers once it has committed.

    Raises RuntimeError outside a transaction, ValueError for an audience of another brand or a
    payload over PAYLOAD_LIMIT bytes.
    """
    publish_many([News(brand, kind, subject, audience, actor, payload)])


def publish_many(news: Sequence[News]) -> None:
    """Store several events with one statement; otherwise as `publish`. Keeps their order."""
    if not connection.in_atomic_block:
        raise RuntimeError("events are published in the transaction of the change they tell of")
    if not news:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT events_publish(%s::jsonb)", [_groups(news)])
    if not _silent.get() and not any(w[1] is _hint for w in connection.run_on_commit):
        transaction.on_commit(_hint, robust=True)


def signal(
    audience: Sequence[str], kind: str, payload: dict[str, Any], *, brand: str, subject: str = ""
) -> None:
    """Tell open streams something that is not stored; inside a transaction, after its commit.

    Raises ValueError for an audience of another brand or more than SIGNAL_LIMIT bytes.
    """
    check_audience(brand, audience)
    message = json.dumps(
        {
            "brand": brand,
            "kind": kind,
            "subject": subject,
            "audience": list(audience),
            "at": clock.now().isoformat(),
            "payload": payload,
        },
        separators=(",", ":"),
    )
    if len(message.encode()) > SIGNAL_LIMIT:
        raise ValueError(f"a signal carries at most {SIGNAL_LIMIT} bytes")
    transaction.on_commit(lambda: _notify(SIGNAL_CHANNEL, message), robust=True)


def prune(before: datetime, batch: int = 10_000) -> int:
    """Delete about `batch` of the oldest events, all from before `before`; answer how many went.

    Streams that stand before what is gone start over by themselves.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT events_prune(%s, %s)", [before, batch])
        return int(cursor.fetchone()[0])


def prune_old() -> int:
    """Delete all events older than KEEP, in transactions of their own; answer how many went."""
    gone, before = 0, clock.now() - KEEP
    while batch := prune(before):
        gone += batch
    return gone


def _groups(news: Sequence[News]) -> str:
    """The events as events_publish reads them; within a group in their order, which their ids
    keep among all."""
    groups: dict[tuple[str, str, Actor], list[tuple[UUID, str, str, msgspec.Raw]]] = {}
    for item, new in zip(news, ids.uuid7s(len(news)), strict=True):
        check_audience(item.brand, item.audience)
        payload = msgspec.json.encode(item.payload)
        if len(payload) > PAYLOAD_LIMIT:
            raise ValueError(f"the payload of {item.kind} is over {PAYLOAD_LIMIT} bytes")
        event = (new, item.subject, text_array(item.audience), msgspec.Raw(payload))
        groups.setdefault((item.brand, item.kind, item.actor), []).append(event)
    at = clock.now()
    rows = [
        {
            "brand": brand,
            "kind": kind,
            "version": 1,
            "actor": str(actor),
            "at": at,
            "events": events,
        }
        for (brand, kind, actor), events in groups.items()
    ]
    return msgspec.json.encode(rows).decode()


def _hint() -> None:
    _notify(HINT_CHANNEL, "")


def _notify(channel: str, message: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, message])
