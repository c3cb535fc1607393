"""Many writers at once, on real connections: nothing lost, nothing doubled, nobody deadlocked."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest

from paydesk.kit import ids
from paydesk.money.ledger import posting, queries, verify
from paydesk.money.ledger.models import Account, Transfer
from paydesk.money.ledger.rules import Item, Outcome, Result
from tests.harness.cluster import TestCluster
from tests.money.ledger.books import HOLD, POST, VOID, house, item, ok, settle, wallet

WRITERS = 16
pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.slow]
Post = Callable[[list[Item]], list[Result]]


def _at_once(cluster: TestCluster, work: Callable[[int, Post], list[Result]]) -> list[Result]:
    """Run `work(writer, post)` in 16 threads that start together, each with its connection."""
    gate = threading.Barrier(WRITERS)

    def writer(number: int) -> list[Result]:
        with (
            psycopg.connect(cluster.server.app.url, autocommit=True) as connection,
            connection.cursor() as cursor,
        ):
            gate.wait()
            return work(number, lambda items: posting.post_with(cursor, items, None))

    with ThreadPoolExecutor(WRITERS) as pool:
        done = list(pool.map(writer, range(WRITERS)))
    return [result for results in done for result in results]


def _total() -> int:
    return sum(Account.objects.values_list("posted", flat=True))


def test_sixteen_writers_on_a_hot_account_keep_the_sum(test_cluster: TestCluster) -> None:
    hot = wallet(16_000)
    others = [wallet(100) for _ in range(20)]

    def work(number: int, post: Post) -> list[Result]:
        pick = random.Random(number)
        results: list[Result] = []
        for _ in range(25):
            batch = [
                item(hot, pick.choice(others), pick.randint(1, 9))
                if pick.random() < 0.7
                else item(pick.choice(others), hot, pick.randint(1, 60))
                for _ in range(pick.choice([1, 1, 8, 30]))
            ]
            results.extend(post(batch))
        return results

    results = _at_once(test_cluster, work)

    words = Counter(result.outcome for result in results)
    assert words[Outcome.OK] > 1000
    assert set(words) <= {Outcome.OK, Outcome.INSUFFICIENT_FUNDS}
    assert Account.objects.get(id=hot).posted == 16_000 + _net(hot)
    assert _total() == 0
    numbers = [e.sequence for e in queries.entries(hot, limit=100_000)]
    assert numbers == list(range(len(numbers), 0, -1))
    report = verify.verify()
    assert report.ok, str(report)
    assert report.transfers + report.refusals == len(results) + 21


def _net(account: UUID) -> int:
    stored = Transfer.objects.filter(outcome=0).exclude(debit=house())
    return sum(t.amount for t in stored if t.credit_id == account) - sum(
        t.amount for t in stored if t.debit_id == account
    )


def test_the_same_items_from_every_writer_happen_once(test_cluster: TestCluster) -> None:
    payer, payees = wallet(1_000_000), [wallet() for _ in range(5)]
    shared = [item(payer, payees[n % 5], n + 1) for n in range(200)]

    def work(number: int, post: Post) -> list[Result]:
        order = shared[:]
        random.Random(number).shuffle(order)
        return [r for start in range(0, 200, 10) for r in post(order[start : start + 10])]

    results = _at_once(test_cluster, work)

    assert {r.outcome for r in results} == {Outcome.OK}
    assert Counter(r.id for r in results if not r.replayed) == Counter(i.id for i in shared)
    answers: dict[UUID, set[Result]] = {}
    for result in results:
        answers.setdefault(result.id, set()).add(result._replace(replayed=False))
    assert all(len(different) == 1 for different in answers.values())
    assert Account.objects.get(id=payer).posted == 1_000_000 - sum(range(1, 201))
    assert verify.verify().ok


def test_one_hold_is_settled_by_one_writer_only(test_cluster: TestCluster) -> None:
    payer, payee = wallet(10_000), wallet()
    holds = [item(payer, payee, 100, HOLD) for _ in range(40)]
    ok(*holds)

    def work(number: int, post: Post) -> list[Result]:
        kind = POST if number % 2 else VOID
        return [r for hold in holds for r in post([settle(hold, kind)])]

    results = _at_once(test_cluster, work)

    words = Counter(result.outcome for result in results)
    assert words == {Outcome.OK: 40, Outcome.ALREADY_SETTLED: 40 * (WRITERS - 1)}
    assert Account.objects.get(id=payer).held == 0
    assert verify.verify().ok


def test_crossing_batches_do_not_deadlock(test_cluster: TestCluster) -> None:
    accounts = [wallet(1000) for _ in range(30)]

    def work(number: int, post: Post) -> list[Result]:
        pick = random.Random(number)
        results: list[Result] = []
        for _ in range(20):
            pairs = [pick.sample(accounts, 2) for _ in range(20)]
            results.extend(post([item(a, b, 1) for a, b in pairs]))
        return results

    results = _at_once(test_cluster, work)
    assert len(results) == WRITERS * 20 * 20
    assert {r.outcome for r in results} <= {Outcome.OK, Outcome.INSUFFICIENT_FUNDS}
    assert verify.verify().ok


@pytest.mark.parametrize(("ends", "answer"), [("commit", "CONFLICT"), ("rollback", "OK")])
def test_an_id_taken_by_an_unfinished_batch_is_decided_again(
    test_cluster: TestCluster, ends: str, answer: str
) -> None:
    """Other accounts, so no lock in common: only the id itself makes the second batch wait."""
    contested = item(wallet(50), wallet(), 5)
    rival = item(wallet(50), wallet(), 6, id=contested.id)
    neighbour = item(rival.debit, rival.credit, 7)
    url = test_cluster.server.app.url
    with (
        psycopg.connect(url) as first,
        psycopg.connect(url, autocommit=True) as second,
        psycopg.connect(url, autocommit=True) as watcher,
        ThreadPoolExecutor(1) as pool,
    ):
        posting.post_with(first.cursor(), [contested], None)
        waiting: Future[list[Result]] = pool.submit(
            posting.post_with, second.cursor(), [neighbour, rival], None
        )
        _until_blocked(watcher, second.info.backend_pid)
        getattr(first, ends)()
        results = waiting.result(timeout=10)
    assert [r.outcome for r in results] == [Outcome.OK, Outcome[answer]]
    assert (results[0].debit_sequence, results[0].debit_posted) == (2, 43)
    taken = 7 + (6 if answer == "OK" else 0)
    assert Account.objects.get(id=rival.debit).posted == 50 - taken
    assert verify.verify().ok


def _until_blocked(watcher: psycopg.Connection, pid: int) -> None:
    while True:
        row = watcher.execute("SELECT cardinality(pg_blocking_pids(%s))", [pid]).fetchone()
        if row and row[0]:
            return


def test_a_freeze_and_a_transfer_meet_in_order(test_cluster: TestCluster) -> None:
    """Whoever freezes while batches run sees no debit after the flag was set."""
    account, other = wallet(100_000), wallet()
    flagged_at: list[int] = []

    def work(number: int, post: Post) -> list[Result]:
        results: list[Result] = []
        for n in range(30):
            if number == 0 and n == 10:
                with psycopg.connect(test_cluster.server.app.url) as connection:
                    connection.execute("SELECT ledger_set_flags(%s, 1, 0)", [account])
                    row = connection.execute(
                        "SELECT sequence FROM ledger_account WHERE id = %s", [account]
                    ).fetchone()
                    flagged_at.append(row[0] if row else -1)
            results.extend(post([item(account, other, 1, id=ids.uuid7())]))
        return results

    results = _at_once(test_cluster, work)
    assert {r.outcome for r in results} == {Outcome.OK, Outcome.DEBIT_BLOCKED}
    assert [Account.objects.get(id=account).sequence] == flagged_at
    assert verify.verify().ok
