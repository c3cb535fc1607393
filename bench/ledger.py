"""Durable transfers a second, over pgbench's TPC-B on the same server in the same rounds.

A writer makes its items, posts them as one batch and waits for the commit; several writers run
at once. Uniform: both accounts drawn from 100,000 wallets. Hot: every transfer pays the same
merchant. Afterwards the whole ledger must verify.
"""

import statistics
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import psycopg
from django.db import connection

from bench import place, tpcb
from bench.ledger_writers import Load, transfers_per_second
from bench.report import Row, row
from bench.rounds import interleaved
from paydesk.kit import clock, ids
from paydesk.money.ledger import actions, posting, verify
from paydesk.money.ledger.rules import AccountCode, Item, Kind

WALLETS = 100_000
FUNDS = 10**9
ROUNDS = 7
SECONDS = 3
BRAND, CURRENCY = "bench", "CNY"
# Writers: as many as keep this kind of batch busiest on two cores; for single items, pgbench's 32.
LOADS = {
    1: Load(1, processes=2, threads=16),
    64: Load(64, processes=2, threads=2),
    1000: Load(1000, processes=2, threads=1),
}
REFUSED = 0.05


def run() -> list[Row]:
    """Rows `ledger.*` for bench/results.json. Needs Django on a migrated, empty ledger."""
    tpcb.prepare()
    _fill()
    url = place.server().app.url
    # What is compared with an aim stands side by side: little drift between the two.
    loads = {
        f"{kind}.{batch}": replace(load, hot=kind == "hot")
        for batch, load in LOADS.items()
        for kind in ("hot", "uniform")
    } | {"refusals.1000": replace(LOADS[1000], refused=REFUSED)}
    subjects: dict[str, Callable[[], float]] = {
        name: partial(transfers_per_second, url, load, SECONDS) for name, load in loads.items()
    }
    subjects["tpcb"] = partial(tpcb.transactions_per_second, SECONDS)
    runs = interleaved(subjects, ROUNDS)
    _verify()
    return _rows({name: statistics.median(values) for name, values in runs.items()})


def _rows(median: dict[str, float]) -> list[Row]:
    rows = [
        row(
            f"ledger.{kind}.batch_{batch}",
            "transfers/s",
            median[f"{kind}.{batch}"],
            median["tpcb"],
            aim=8 if batch == 1000 else None,
            runs=ROUNDS,
        )
        for kind in ("uniform", "hot")
        for batch in LOADS
    ]
    # One hot account is served by batches: alone, each item would wait for the commit before it.
    compared = [
        *((f"hot_over_uniform.batch_{n}", f"hot.{n}", f"uniform.{n}", n == 1000) for n in LOADS),
        ("refusals_5_percent_over_none.batch_1000", "refusals.1000", "uniform.1000", True),
    ]
    return rows + [
        row(
            f"ledger.{name}",
            "transfers/s",
            median[one],
            median[other],
            aim=0.9 if aimed else None,
            runs=ROUNDS,
        )
        for name, one, other, aimed in compared
    ]


def _fill() -> None:
    """Open the accounts and put money into the wallets, by transfers."""
    actions.open_account(brand=BRAND, currency=CURRENCY, code=AccountCode.MERCHANT)
    source = actions.open_account(
        brand=BRAND, currency=CURRENCY, code=AccountCode.PROVIDER_CLEARING
    )
    now = clock.now()
    wallets = [ids.uuid7() for _ in range(WALLETS)]
    # As open_account would, without 100,000 calls.
    with (
        psycopg.connect(place.server().owner.url) as owner,
        owner.cursor().copy(
            "COPY ledger_account (id, flags, code, sequence, posted, held, last_at, opened_at,"
            " brand, currency, owner, slack) FROM STDIN"
        ) as copy,
    ):
        for wallet in wallets:
            copy.write_row((wallet, 0, 100, 0, 0, 0, now, now, BRAND, CURRENCY, wallet, " " * 100))
    for start in range(0, WALLETS, 1000):
        part = wallets[start : start + 1000]
        items = [Item(ids.uuid7(), Kind.PLAIN, source, w, FUNDS, 1) for w in part]
        if not all(result.ok for result in posting.post_batch(items, None)):
            raise RuntimeError("the wallets could not be filled ")
    with psycopg.connect(place.server().owner.url, autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE) ledger_account, ledger_transfer")


def _verify() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    report = verify.verify()
    print(f"  {report}")
    if not report.ok:
        raise RuntimeError("the ledger does not hold: the figures mean nothing")
