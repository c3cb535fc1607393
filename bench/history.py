"""Reading an account with 1,000,000 entries, over a bare indexed query of as many rows.

The reference is a plain table with an index on account and number, read by the same driver: what
history would cost if every entry were indexed. Ours pays no such index when it writes.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from django.db import connection

from bench import place
from bench.report import Row, row
from bench.rounds import interleaved, p99_of
from paydesk.kit import ids
from paydesk.money.ledger import actions, posting, queries
from paydesk.money.ledger.rules import AccountCode, Item, Kind

ENTRIES = 1_000_000
PAYERS = 1000
PAGE = 50
ROUNDS = 7
READS = 300  # a round
BRAND, CURRENCY = "bench", "EUR"
_BARE = "SELECT * FROM bare WHERE account = %s AND sequence < %s ORDER BY sequence DESC LIMIT %s"


def run() -> list[Row]:
    """Rows `history.*` for bench/results.json. Needs Django on a migrated ledger."""
    busy = actions.open_account(
        brand=BRAND, currency=CURRENCY, code=AccountCode.PROVIDER_CLEARING, owner=ids.uuid7()
    )
    first, last = _fill(busy)
    some = _bare_copy(busy)
    pick = random.Random(1)

    def moment() -> datetime:
        return first + timedelta(seconds=pick.random() * (last - first).total_seconds())

    subjects: dict[str, Callable[[], object]] = {
        "bare": lambda: _read_bare(busy, pick.randint(PAGE, ENTRIES)),
        "newest_page": lambda: queries.entries(busy, limit=PAGE),
        "page_after_any_entry": lambda: queries.entries(busy, before=pick.choice(some), limit=PAGE),
        "page_from_any_moment": lambda: queries.entries(busy, until=moment(), limit=PAGE),
        "balance_at_any_moment": lambda: queries.balance_at(busy, moment()),
    }
    found = interleaved({name: p99_of(read, READS) for name, read in subjects.items()}, ROUNDS)
    median = {name: sorted(values)[len(values) // 2] for name, values in found.items()}
    return [
        row(f"history.{name}", "µs p99", median[name], median["bare"], aim=3, runs=ROUNDS)
        for name in subjects
        if name != "bare"
    ]


def _fill(busy: UUID) -> tuple[datetime, datetime]:
    """Pay into the account, and say when that began and ended."""
    source = [
        actions.open_account(
            brand=BRAND, currency=CURRENCY, code=AccountCode.SUSPENSE, owner=ids.uuid7()
        )
        for _ in range(PAYERS)
    ]
    for _ in range(ENTRIES // PAYERS):
        posting.post_batch(
            [Item(ids.uuid7(), Kind.PLAIN, payer, busy, 1, 1) for payer in source], None
        )
    with psycopg.connect(place.server().owner.url, autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE) ledger_transfer, ledger_mark, ledger_account")
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(at), max(at) FROM ledger_mark WHERE account_id = %s", [busy])
        first, last = cursor.fetchone()
    return first, last


def _bare_copy(busy: UUID) -> list[UUID]:
    """The same entries in a plain table with the index that ours has not; some of their ids."""
    with psycopg.connect(place.server().owner.url, autocommit=True) as owner:
        owner.execute(
            "CREATE TABLE bare AS SELECT credit_id AS account, credit_sequence AS sequence, id,"
            " amount, credit_posted, credit_held, at, kind, code, debit_id, pending_id"
            " FROM ledger_transfer WHERE credit_id = %s ORDER BY id",
            [busy],
        )
        owner.execute("CREATE INDEX ON bare (account, sequence)")
        owner.execute("GRANT SELECT ON bare TO paydesk_app")
        owner.execute("VACUUM (ANALYZE) bare")
        rows = owner.execute("SELECT id FROM bare WHERE sequence %% 997 = 0", []).fetchall()
    return [one for (one,) in rows]


def _read_bare(busy: UUID, below: int) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_BARE, [busy, below, PAGE])
        return list(cursor.fetchall())
