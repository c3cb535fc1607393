"""Whole payments a second through `submit`, over pgbench's TPC-B on the same server in the same
rounds: checked limits, ledger, payment row, event, audit, job, one durable commit a batch.

Singly: 64 threads in two processes, each waiting for its own payment before the next. In bulk:
two processes, a thousand at a time. No web server and no worker take part. Afterwards the whole
ledger must verify.
"""

import statistics
from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.db import connection

from bench import tpcb
from bench.payments_callers import Load, payments_per_second
from bench.report import Row, row
from bench.rounds import interleaved
from paydesk.kit import clock, ids
from paydesk.money.ledger import actions as ledger
from paydesk.money.ledger import posting, verify
from paydesk.money.ledger.rules import AccountCode, Item, Kind
from paydesk.people.models import Customer, User

BRAND, CURRENCY = "topay", "CNY"
CUSTOMERS = 10_000
FUNDS = 10**9
ROUNDS, SECONDS = 5, 3
LOADS = {
    "single": Load(1, processes=2, threads=32),
    "bulk_1000": Load(1000, processes=2, threads=1),
}
AIMS = {"single": None, "bulk_1000": 3}


def run() -> list[Row]:
    """Rows `payments.*` for bench/results.json. Needs Django on a migrated database."""
    tpcb.prepare()
    _fill()
    subjects: dict[str, Callable[[], float]] = {
        name: partial(payments_per_second, load, SECONDS) for name, load in LOADS.items()
    }
    subjects["tpcb"] = partial(tpcb.transactions_per_second, SECONDS)
    runs = interleaved(subjects, ROUNDS)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    report = verify.verify()
    print(f"  {report}")
    if not report.ok:
        raise RuntimeError("the ledger does not hold: the figures mean nothing")
    median = {name: statistics.median(values) for name, values in runs.items()}
    return [
        row(
            f"payments.submit.{name}",
            "payments/s",
            median[name],
            median["tpcb"],
            aim=AIMS[name],
            runs=ROUNDS,
        )
        for name in LOADS
    ]


def _fill() -> None:
    """Customers with money; without sign-ins and their hashing, which no payment looks at."""
    users = [
        User(realm="customer", brand=BRAND, username=f"b{n}", email=f"b{n}@example.com")
        for n in range(CUSTOMERS)
    ]
    User.objects.bulk_create(users)
    customers = [
        Customer(
            user=user, brand=BRAND, number=str(100_000_000 + n), name=f"B{n}", identity_level=2
        )
        for n, user in enumerate(users)
    ]
    Customer.objects.bulk_create(customers)
    source = ledger.open_account(brand=BRAND, currency=CURRENCY, code=AccountCode.PROVIDER_CLEARING)
    wallets = [_wallet(customer.id) for customer in customers]
    for start in range(0, CUSTOMERS, 1000):
        part = wallets[start : start + 1000]
        items = [Item(ids.uuid7(), Kind.PLAIN, source, one, FUNDS, 1) for one in part]
        if not all(result.ok for result in posting.post_batch(items, clock.now())):
            raise RuntimeError("the wallets could not be filled")


def _wallet(owner: UUID) -> UUID:
    return ledger.open_account(
        brand=BRAND, currency=CURRENCY, code=AccountCode.CUSTOMER_WALLET, owner=owner
    )
