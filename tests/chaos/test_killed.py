"""`kill -9` of what pays, of the worker and of PostgreSQL in turn, while payments go on: every
acknowledged payment is there once, none is half-done, and the ledger verifies.

Short in `make test`; 200,000 payments under `make soak`.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from paydesk.kit.postgres import processes
from paydesk.money.ledger.models import Account
from paydesk.money.ledger.verify import verify
from paydesk.money.payments.models import Payment
from tests.factories import CustomerFactory
from tests.harness import databases
from tests.harness.cluster import ROOT, TestCluster
from tests.money.payments.helpers import fund

FEW, MANY = 500, 200_000
PEOPLE = 24
FUNDS = 5_000_00


class Chaos:
    """The processes that pay and work, and how they are killed."""

    def __init__(self, cluster: TestCluster, acknowledged: Path, count: int) -> None:
        self._cluster, self._file, self._count = cluster, acknowledged, count
        address = cluster.server.app.url
        self._environment = {
            **os.environ,
            "PAYDESK_DATABASE_URL": address,
            "PAYDESK_DIRECT_URL": address,
            "PYTHONPATH": str(ROOT),
            "PGOPTIONS": "-c synchronous_commit=on",  # as in production; tests run without
        }
        self.payers = self._pay()
        self.worker = self._work()

    def keys(self) -> list[str]:
        """What was acknowledged so far."""
        return self._file.read_text().split() if self._file.exists() else []

    def kill_payers(self) -> None:
        """As a crash of the web process would."""
        _kill(self.payers)
        self.payers = self._pay()

    def kill_worker(self) -> None:
        """In the middle of whatever it does."""
        _kill(self.worker)
        self.worker = self._work()

    def kill_server(self) -> None:
        """PostgreSQL, which recovers when it is started again."""
        pid = processes.server_pid(self._cluster.server.places.data)
        assert pid is not None
        process = self._cluster.server._process
        os.kill(pid, signal.SIGKILL)
        if process:
            process.wait()
        self._cluster.server.start()

    def end(self) -> None:
        """Stop all of them."""
        _kill(self.payers)
        _kill(self.worker)

    def _pay(self) -> "subprocess.Popen[bytes]":
        return self._run("tests.chaos.payers", str(self._file), str(self._count))

    def _work(self) -> "subprocess.Popen[bytes]":
        return self._run("paydesk", "worker")

    def _run(self, *words: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


@pytest.fixture
def chaos(
    committed_db: None,
    test_cluster: TestCluster,
    customer_factory: CustomerFactory,
    tmp_path: Path,
    soak_factor: int,
) -> Iterator[Chaos]:
    for _ in range(PEOPLE):
        fund(customer_factory(identity_level=2), FUNDS)
    databases.let_go()
    one = Chaos(test_cluster, tmp_path / "acknowledged", FEW if soak_factor == 1 else MANY)
    yield one
    one.end()


@pytest.mark.slow
@pytest.mark.soak
def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(chaos: Chaos) -> None:
    turn = 0
    until = time.monotonic() + 6 * 3600
    while chaos.payers.poll() is None and time.monotonic() < until:
        time.sleep(1)
        if len(chaos.keys()) > 20 * (turn + 1):
            (chaos.kill_payers, chaos.kill_worker, chaos.kill_server)[turn % 3]()
            databases.let_go()
            turn += 1
            _paid_more(chaos)
    assert turn >= 3, "it was over before each had been killed"
    keys = chaos.keys()
    assert len(set(keys)) == len(keys)
    chaos.end()
    databases.let_go()
    stored = Payment.objects.filter(request_key__in=keys, kind="transfer")
    assert sorted(stored.values_list("request_key", flat=True)) == sorted(keys)
    assert set(stored.values_list("state", flat=True)) == {"succeeded"}
    assert _half_done() == 0
    wallets = Account.objects.filter(code=100, brand="topay").values_list("posted", flat=True)
    assert sum(wallets) == PEOPLE * FUNDS
    report = verify()
    assert report.ok, str(report)


def _paid_more(chaos: Chaos) -> None:
    """Wait until payments go on after what was killed."""
    before, until = len(chaos.keys()), time.monotonic() + 60
    while len(chaos.keys()) <= before and chaos.payers.poll() is None:
        assert time.monotonic() < until, "payments did not go on"
        time.sleep(0.2)


def _half_done() -> int:
    """Transfers of money without a payment, and payments that succeeded without one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM payments_payment p"
            " FULL JOIN (SELECT id FROM ledger_transfer WHERE outcome = 0 AND code = 20) t"
            " USING (id) WHERE (t.id IS NULL AND p.state = 'succeeded' AND p.kind = 'transfer')"
            " OR p.id IS NULL OR (t.id IS NOT NULL AND p.state <> 'succeeded')"
        )
        return int(cursor.fetchone()[0])
