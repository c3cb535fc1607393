"""PostgreSQL is killed while writers post: what was acknowledged is there, once, and all holds."""

import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from paydesk.kit.postgres import processes
from paydesk.money.ledger import posting, verify
from paydesk.money.ledger.models import Transfer
from paydesk.money.ledger.rules import Item, Outcome, Result
from tests.harness.cluster import TestCluster
from tests.money.ledger.books import HOLD, PLAIN, POST, VOID, item, ok, settle, wallet

WRITERS = 4


@pytest.mark.slow
@pytest.mark.usefixtures("committed_db")
def test_kill_9_of_postgresql_loses_no_acknowledged_transfer(
    test_cluster: TestCluster, soak_factor: int
) -> None:
    accounts = [wallet(1_000_000) for _ in range(40)]
    rounds = min(soak_factor, 10)
    for number in range(rounds):
        acknowledged, unsure = _until_killed(test_cluster, accounts, seed=number)
        assert len(acknowledged) > 200
        stored = Transfer.objects.in_bulk([result.id for result in acknowledged])
        assert {
            (r.id, r.outcome, r.debit_sequence, r.debit_posted, r.credit_held) for r in acknowledged
        } == {
            (t.id, t.outcome, t.debit_sequence, t.debit_posted, t.credit_held)
            for t in stored.values()
        }
        # A batch nobody answered for happened as a whole or not at all; asking again says which.
        for batch in unsure:
            assert Transfer.objects.filter(id__in=[i.id for i in batch]).count() in {0, len(batch)}
            again = posting.post_batch(batch, None)
            assert {r.outcome for r in again} <= {Outcome.OK, Outcome.INSUFFICIENT_FUNDS}
        report = verify.verify()
        assert report.ok, str(report)


def _until_killed(
    cluster: TestCluster, accounts: list[UUID], seed: int
) -> tuple[list[Result], list[list[Item]]]:
    """Answers that were received, and the batches that got none, of writers whose server dies."""
    acknowledged: list[Result] = []
    unsure: list[list[Item]] = []
    started = threading.Barrier(WRITERS + 1)

    def write(number: int) -> None:
        pick = random.Random(seed * WRITERS + number)
        with psycopg.connect(cluster.server.app.url, autocommit=True) as own:
            own.execute("SET synchronous_commit = on")  # as in production; tests run without
            started.wait()
            while True:
                batch = _batch(pick, accounts)
                try:
                    results = posting.post_with(own.cursor(), batch, None)
                except psycopg.OperationalError:
                    unsure.append(batch)
                    return
                acknowledged.extend(results)

    connection.close()
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, number) for number in range(WRITERS)]
        started.wait()
        time.sleep(1.5)
        pid = processes.server_pid(cluster.server.places.data)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        for writer in writers:
            writer.result(timeout=60)
    cluster.server.start()
    ok(item(accounts[0], accounts[1], 1))  # it takes new ones
    return acknowledged, unsure


def _batch(pick: random.Random, accounts: list[UUID]) -> list[Item]:
    batch: list[Item] = []
    for _ in range(pick.choice([1, 5, 40])):
        payer, payee = pick.sample(accounts, 2)
        one = item(payer, payee, pick.randint(1, 50), pick.choice([PLAIN, HOLD]))
        batch.append(one)
        if one.kind == HOLD and pick.random() < 0.7:
            batch.append(settle(one, pick.choice([POST, VOID])))
    return batch
