"""A customer with 1,000,000 payments: a page of history, all of it as Excel; a statement as PDF.

References: the newest payments sent, as one bare indexed query through the same models; the same
cells in a bare XlsxWriter loop in constant memory; the same lines in a bare loop of the PDF
library. What makes a file runs in a process of its own, so that its peak memory is its own.
"""

import json
import random
import subprocess
import sys
from datetime import timedelta
from uuid import UUID

import psycopg
from django.db import connection

from bench import place
from bench.report import Row, row
from bench.rounds import interleaved, p99_of
from paydesk.kit import clock
from paydesk.money.payments.models import Payment
from paydesk.money.statements import queries
from paydesk.money.statements.rules import Filters, Place
from paydesk.people import actions as people
from paydesk.people.models import Customer

PAYMENTS = 1_000_000
OTHERS = 1_000
PAGE = 25
PAGE_ROUNDS, FILE_ROUNDS = 7, 3
READS = 200  # a round
PDF_ROWS = 10_000
EXCEL_MEGABYTES = 200
"""What the program may hold while it writes a million rows."""
BRAND, CURRENCY = "topay", "CNY"
# One row in three came in, the others went out; ids in the order of their moments.
_FILL = """
INSERT INTO payments_payment (id, brand, number, kind, state, amount, captured, refunded, fee,
    currency, received_currency, payer_id, payee_id, purpose, details, recipient_shown, method,
    note, reason, facts, created_at, finished_at, booked_at, client_version, asked_by,
    request_key, request_digest)
SELECT ('01900000-' || lpad(to_hex(n >> 12), 4, '0') || '-7' || lpad(to_hex(n & 4095), 3, '0')
        || '-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    %(brand)s, (10000000000000 + n)::text, 'transfer', 'succeeded', 1 + n %% 100000, NULL, 0, 0,
    %(currency)s, '', CASE n %% 3 WHEN 0 THEN %(others)s[1 + n %% %(count)s] ELSE %(me)s END,
    CASE n %% 3 WHEN 0 THEN %(me)s ELSE %(others)s[1 + n %% %(count)s] END, '', '{}', '', '{}',
    CASE n %% 5 WHEN 0 THEN '午饭 ' || n ELSE '' END, '', '{}',
    %(from)s + n * interval '20 seconds', %(from)s + n * interval '20 seconds',
    %(from)s + n * interval '20 seconds', '', 'bench', 'bench-' || n, ''
FROM generate_series(1, %(rows)s) n
"""


def run() -> list[Row]:
    """Rows `statements.*` for bench/results.json."""
    me = _customer(0)
    _fill(me)
    return [*_pages(me), *_excel(me), *_pdf()]


def _customer(n: int) -> Customer:
    return people.register_customer(
        brand=BRAND,
        email=f"bench{n}@mail.example",
        phone=f"+86139{n:08d}",
        name=f"测试{n}",
        password="never signs in, 2026",
        lang="zh-hans",
    )


def _fill(me: Customer) -> None:
    others = [_customer(n).id for n in range(1, 21)]
    values = {
        "brand": BRAND, "currency": CURRENCY, "me": me.id, "others": others,
        "count": len(others), "rows": PAYMENTS,
        "from": clock.now() - timedelta(seconds=20 * PAYMENTS + 60),
    }  # fmt: skip
    with psycopg.connect(place.server().owner.url, autocommit=True) as owner:
        owner.execute(_FILL, values)
        owner.execute("VACUUM (ANALYZE) payments_payment")


def _pages(me: Customer) -> list[Row]:
    places = _places(me)
    pick = random.Random(1)

    def bare() -> object:
        at = pick.choice(places).at
        sent = Payment.objects.filter(payer=me, created_at__lt=at).select_related("payer", "payee")
        return list(sent.order_by("-created_at", "-id")[: PAGE + 1])

    def ours() -> object:
        return queries.history(me, Filters(), after=str(pick.choice(places)), limit=PAGE)

    subjects = {"bare": p99_of(bare, READS), "history_page": p99_of(ours, READS)}
    found = interleaved(subjects, PAGE_ROUNDS)
    middle = {name: sorted(values)[len(values) // 2] for name, values in found.items()}
    page, reference = middle["history_page"], middle["bare"]
    return [row("statements.history_page", "µs p99", page, reference, aim=3, runs=PAGE_ROUNDS)]


def _places(me: Customer) -> list[Place]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT created_at, id FROM payments_payment TABLESAMPLE BERNOULLI (0.1)"
            " WHERE payer_id = %s",
            [me.id],
        )
        return [Place(at, id_) for at, id_ in cursor.fetchall()]


def _excel(me: Customer) -> list[Row]:
    rows = _compared("excel", "excel", "bare_excel", PAYMENTS, me.id, aim=1.5)
    peak = next(one for one in rows if one["name"].endswith(".peak"))
    of = "statements.excel.peak_of_allowed"
    return [*rows, row(of, "MB", peak["value"], EXCEL_MEGABYTES, aim=1, runs=FILE_ROUNDS)]


def _pdf() -> list[Row]:
    return _compared("pdf_10000_rows", "pdf", "bare_pdf", PDF_ROWS, None, aim=None)


def _compared(
    name: str, ours: str, bare: str, rows: int, customer: UUID | None, *, aim: float | None
) -> list[Row]:
    """Seconds and peak memory of two ways to make the same file."""
    peaks: dict[str, list[float]] = {ours: [], bare: []}

    def child(what: str) -> float:
        command = [sys.executable, "-m", "bench.statements_files", what, str(rows), str(customer)]
        said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        peaks[what].append(said["megabytes"])
        return float(said["seconds"])

    found = interleaved({bare: lambda: child(bare), ours: lambda: child(ours)}, FILE_ROUNDS)
    middle = {one: sorted(values)[len(values) // 2] for one, values in found.items()}
    peak = {one: sorted(values)[len(values) // 2] for one, values in peaks.items()}
    return [
        row(f"statements.{name}", "s", middle[ours], middle[bare], aim=aim, runs=FILE_ROUNDS),
        row(f"statements.{name}.peak", "MB", peak[ours], peak[bare], aim=None, runs=FILE_ROUNDS),
    ]
