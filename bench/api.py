"""Payments through the HTTP API, over pgbench's TPC-B in the same rounds on the same server.

One disbursement a request on 64 connections, and 1,000 a request on 4, through two real web
processes: of two merchants, one at each, who pay customers of their own; (`shared`) of two who pay
the same, so that their payments wait for each other in nearly every account; and (`hot`) all of a
single merchant, whose payments wait for one account. The client is wrk (C, from Debian): one in
Python would take the CPU that is measured. Every answered payment is looked for in the database
afterwards.
"""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connections, transaction

from bench import tpcb
from bench.live import _wait_for
from bench.report import Row, row
from bench.rounds import interleaved
from paydesk.kit import ids
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.ledger import actions as ledger
from paydesk.money.ledger.posting import post_batch
from paydesk.money.ledger.rules import AccountCode, Item, Kind
from paydesk.money.merchants.actions import keys, onboarding
from paydesk.money.merchants.models import Merchant
from paydesk.money.merchants.rules import Scope
from paydesk.money.payments import accounts, codes
from paydesk.money.payments.models import Payment
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tools import debian

ROOT = Path(__file__).resolve().parent.parent
BRAND = "topay"
CUSTOMERS = 2_000
SECONDS = int(os.environ.get("PAYDESK_BENCH_SECONDS", "8"))
ROUNDS = int(os.environ.get("PAYDESK_BENCH_ROUNDS", "3"))
WEBS = 2
BULK = 1_000
FUNDS = 10**14


class Side(NamedTuple):
    """How payments are asked for: `each` in a request, on so many connections in all. `payers`
    and `recipients`: whose key, and whose customers, each web process is asked with."""

    path: str
    connections: int
    each: int
    aim: float | None
    payers: tuple[int, ...] = tuple(range(WEBS))
    recipients: tuple[int, ...] = tuple(range(WEBS))


SIDES = {
    "one": Side("/disbursements", 64, 1, 0.25),
    "bulk": Side("/disbursements/bulk", 8, BULK, 3.0),
    "bulk.shared": Side("/disbursements/bulk", 8, BULK, None, recipients=(0,) * WEBS),
    "bulk.hot": Side("/disbursements/bulk", 8, BULK, None, payers=(0,) * WEBS),
}


def run() -> list[Row]:
    """Rows `api.*` for bench/results.json. Needs Django on a migrated database."""
    tool = _client()
    tpcb.prepare()
    shops = [_shop(n) for n in range(WEBS)]
    people = [_customers(n) for n in range(WEBS)]
    answered = Counter[str]()
    with _servers() as ports, tempfile.TemporaryDirectory() as folder:
        bodies = {
            each: [_bodies(Path(folder) / f"{each}.{n}", each, people[n]) for n in range(WEBS)]
            for each in (1, BULK)
        }

        def side(kind: str) -> float:
            of = SIDES[kind]
            asking = [
                (shops[payer][1], bodies[of.each][of_whom])
                for payer, of_whom in zip(of.payers, of.recipients, strict=True)
            ]
            requests, a_second = _load(tool, ports, of, asking)
            answered[kind] += requests * of.each
            return a_second * of.each

        found = interleaved(
            {"pgbench": lambda: tpcb.transactions_per_second(SECONDS)}
            | {kind: partial(side, kind) for kind in SIDES},
            ROUNDS,
        )
        _check([merchant for merchant, _ in shops], answered.total())
    return [_row(kind, found) for kind in SIDES]


def _row(kind: str, found: dict[str, list[float]]) -> Row:
    def median(values: list[float]) -> float:
        return sorted(values)[len(values) // 2]

    return row(
        f"api.disbursements.{kind}",
        "payments/s",
        median(found[kind]),
        median(found["pgbench"]),
        aim=SIDES[kind].aim,
        runs=ROUNDS,
    )


def _check(merchants: list[Merchant], answered: int) -> None:
    """Every payment that was answered is there, none refused."""
    made = Payment.objects.filter(merchant__in=merchants)
    failed = made.exclude(state="succeeded").count()
    stored = made.count()
    print(f"  answered {answered}, stored {stored}, refused {failed}", flush=True)
    if failed or stored < answered:
        raise RuntimeError("an answered payment is missing, or one was refused")


def _shop(n: int) -> tuple[Merchant, str]:
    owner = people.register_customer(
        brand=BRAND,
        name="林茶",
        email=f"shop{n}@bench.example",
        phone=f"+861380000000{n}",
        verified=True,
        password_hash=UNUSABLE_PASSWORD_PREFIX + "bench",
    )
    actor = Actor(ActorKind.CUSTOMER, owner.id, BRAND)
    merchant = onboarding.apply(
        owner=owner, name=f"Bench {n}", website="https://bench.example", about="", actor=actor
    )
    merchant = onboarding.activate_by_story(merchant, actor=SYSTEM(BRAND))
    Merchant.objects.filter(id=merchant.id).update(requests_a_second=1_000_000)
    chart = accounts.chart(BRAND, merchant)
    item = Item(
        ids.uuid7(), Kind.PLAIN, chart.clearing("CNY"), chart.merchant(merchant, "CNY"), FUNDS,
        codes.TOPUP,
    )  # fmt: skip
    with transaction.atomic():
        [result] = post_batch([item], None)
    assert result.ok
    _, text = keys.make(
        merchant, live=True, label="bench", scopes=[Scope.DISBURSEMENTS_WRITE], actor=actor
    )
    return merchant, text


def _customers(shop: int = 0) -> list[str]:
    """That many customers with a wallet, of one shop; their numbers."""
    for n in range(CUSTOMERS):
        people.register_customer(
            brand=BRAND,
            name=f"客户{n}",
            email=f"c{n}@of{shop}.bench.example",
            phone=f"+86139{shop}{n:07d}",
            verified=True,
            password_hash=UNUSABLE_PASSWORD_PREFIX + "bench",
        )
    rows = Customer.objects.filter(brand=BRAND).filter(
        user__email__endswith=f"@of{shop}.bench.example"
    )
    for customer_id in rows.values_list("id", flat=True):
        ledger.open_account(
            brand=BRAND, currency="CNY", code=AccountCode.CUSTOMER_WALLET, owner=customer_id
        )
    return list(rows.values_list("number", flat=True))


def _wish(number: str) -> dict[str, object]:
    return {"recipient": number, "amount": 100, "currency": "CNY", "reference": "salary-11"}


def _bodies(file: Path, each: int, numbers: list[str]) -> Path:
    """What clients ask for, a request a line."""
    texts = [json.dumps(_wish(number)) for number in numbers]
    file.write_text("\n".join(texts if each == 1 else [_bulk(numbers) for _ in range(8)]))
    return file


def _bulk(numbers: list[str]) -> str:
    chosen = random.choices(numbers, k=BULK)
    return json.dumps({"disbursements": [_wish(number) for number in chosen]})


@contextmanager
def _servers() -> Iterator[list[int]]:
    """Two web processes, as `paydesk web` runs them."""
    connections.close_all()
    started, ports = [], [18411 + n for n in range(WEBS)]
    for port in ports:
        command = [sys.executable, "-m", "paydesk", "web", "--port", str(port)]
        started.append(subprocess.Popen(command, cwd=ROOT, env=os.environ, text=True))
    try:
        for port, process in zip(ports, started, strict=True):
            _wait_for(port, process)
        yield ports
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(20)


def _client() -> str:
    """Where wrk is, installed now if need be."""
    if shutil.which("wrk") is None:
        debian.install(["wrk"], "benchmarks of the API")
    tool = shutil.which("wrk")
    if tool is None:
        raise RuntimeError("the benchmark needs wrk (apt-get install wrk)")
    return tool


def _load(
    tool: str, ports: list[int], of: Side, asking: list[tuple[str, Path]]
) -> tuple[int, float]:
    """Answered requests, and how many a second, of all clients together. `asking`: the key and
    the file of bodies for each web process."""
    each = max(of.connections // len(ports), 1)
    clients = []
    for n, (port, (key, bodies)) in enumerate(zip(ports, asking, strict=True)):
        url = f"http://127.0.0.1:{port}/{BRAND}/api/v1{of.path}"
        command = [
            tool, "-t1", f"-c{each}", f"-d{SECONDS}s", "--timeout", "30s",
            "-s", str(ROOT / "bench/api.lua"), url, "--",
            str(bodies), f"{n}-{time.monotonic_ns()}-", key,
        ]  # fmt: skip
        clients.append(
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        )
    said = [client.communicate(timeout=SECONDS + 90)[0] for client in clients]
    return sum(_answered(text) for text in said), sum(_rate(text) for text in said)


def _answered(said: str) -> int:
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"not every request was answered well:\n{said}")
    found = re.search(r"(\d+) requests in", said)
    assert found, said
    return int(found[1])


def _rate(said: str) -> float:
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])
