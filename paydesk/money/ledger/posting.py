"""Posting transfers: the Python face of the one SQL entry that moves money.

Decides nothing: which items are refused, and why, is decided in sql/post_batch.sql under the
accounts' locks. Never opens, commits or retries a transaction of its own.
"""

import struct
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from paydesk.kit.arrays import uuid_array
from paydesk.money.ledger import wire
from paydesk.money.ledger.rules import Item, LockedAccount, Outcome, Result

_POST = (
    "SELECT * FROM public.ledger_post_batch(%s::timestamptz,"
    " %s, %s, %s, %s, %s, %s, %s, %s::boolean[], %s::uuid[], %s::timestamptz[])"
)
_LOCK = (
    "SELECT id, brand, currency, code, owner, flags, posted, held, sequence, last_at"
    " FROM public.ledger_lock_accounts(%s::uuid[])"
)
_REPLAYED = 1000  # added by SQL to the answer of an id that was known before
_ANSWERS = {int(o): (o, False) for o in Outcome} | {
    int(o) + _REPLAYED: (o, True) for o in Outcome if o.stored
}


def post_batch(items: Sequence[Item], at: datetime | None) -> list[Result]:
    """Post `items` in their order and answer each, in that order; amounts are minor units.

    One refused item never fails another, save within its linked group. The accounts are locked
    in id order until the transaction ends. `at` is the moment of every entry: lock the accounts
    first and take `clock.now()` then, so that it is not earlier than their last entry
    (Outcome.AT_BEHIND, not stored). With None the server's clock is read under the locks.

    Raises django.db.DatabaseError for a failure of the database, never for a refusal. If it
    raises, nothing was posted.
    """
    if not items:
        return []
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return post_with(cursor, items, at)


def post_with(
    cursor: psycopg.Cursor[Any], items: Sequence[Item], at: datetime | None
) -> list[Result]:
    """As `post_batch`, on a psycopg cursor of the caller's; raises psycopg.Error."""
    wire.teach(cursor)
    cursor.execute(_POST, (at, *_columns(items)), binary=True)
    row = cursor.fetchone()
    if row is None:
        raise psycopg.DataError("post_batch answered nothing")
    outcomes, *columns = row
    answers = [_ANSWERS[number] for number in outcomes]
    return [
        Result(item.id, *answer, *numbers)
        for item, answer, numbers in zip(items, answers, zip(*columns, strict=True), strict=True)
    ]


def lock_accounts(ids: Sequence[UUID]) -> dict[UUID, LockedAccount]:
    """Lock accounts in id order until the transaction ends, and show them as they now stand.

    Unknown ids are left out. Call it once per transaction, with every account that the batch
    will touch, before anything else is locked or decided.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [uuid_array(ids)])
        return {row[0]: LockedAccount(*row) for row in cursor.fetchall()}


def _columns(items: Sequence[Item]) -> tuple[Any, ...]:
    """The parameters of the SQL function after `at`."""
    ids, kinds, debits, credits, amounts, codes, linked, pending, expires = zip(*items, strict=True)
    debit_keys = [account.int for account in debits]
    credit_keys = [account.int for account in credits]
    accounts = sorted({*debit_keys, *credit_keys})
    position = dict(zip(accounts, range(1, len(accounts) + 1), strict=True))
    return (
        wire.uuid_array(accounts),
        wire.uuid_array([item_id.int for item_id in ids]),
        _packed(wire.int4_array, kinds),
        wire.int4_array([position[key] for key in debit_keys]),
        wire.int4_array([position[key] for key in credit_keys]),
        _packed(wire.int8_array, amounts),
        _packed(wire.int4_array, codes),
        list(linked) if any(linked) else None,
        None if pending.count(None) == len(pending) else list(pending),
        None if expires.count(None) == len(expires) else list(expires),
    )


def _packed(pack: Callable[[Sequence[int]], bytes], values: Sequence[int]) -> bytes:
    """`values` in wire form; one that no column could hold goes as 0, which SQL finds malformed."""
    try:
        return pack(values)
    except struct.error:
        return pack([value if abs(value) < 2**31 else 0 for value in values])
