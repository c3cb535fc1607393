"""Holds from beginning to end, and the action that ends those that lapsed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from paydesk.kit import clock
from paydesk.money.ledger import actions, posting, queries, verify
from paydesk.money.ledger.models import Account, OpenHold
from paydesk.money.ledger.rules import Kind, Outcome
from tests.harness.cluster import TestCluster
from tests.money.ledger.books import (
    EXPIRE,
    HOLD,
    POST,
    VOID,
    item,
    mirror,
    ok,
    outcomes,
    post,
    settle,
    wallet,
)

SECOND = timedelta(seconds=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "amount", "left"), [(POST, 60, 40), (POST, 1, 99), (VOID, 60, 100)]
)
def test_a_hold_is_open_until_it_is_settled(kind: Kind, amount: int, left: int) -> None:
    payer, payee = wallet(100), wallet()
    hold = item(payer, payee, 60, HOLD)
    ok(hold)
    assert [h.id for h in queries.open_holds(payer)] == [hold.id]
    assert queries.open_holds(payee) == []
    assert queries.settlement(hold.id) is None
    end = settle(hold, kind, amount)
    ok(end)
    assert queries.open_holds(payer) == []
    settled = queries.settlement(hold.id)
    assert settled is not None
    assert settled.id == end.id
    assert (queries.balance(payer).posted, queries.balance(payer).held) == (left, 0)


@pytest.mark.django_db
def test_holds_made_and_ended_or_undone_in_one_batch_are_not_left_open() -> None:
    payer, payee = wallet(100), wallet()
    ended, undone = item(payer, payee, 10, HOLD), item(payer, payee, 10, HOLD, linked=True)
    kept, refused = item(payer, payee, 10, HOLD), item(payer, payee, 1000, HOLD)
    post(ended, settle(ended, VOID), undone, item(payer, payee, 1000), kept, refused)
    assert [h.id for h in queries.open_holds(payer)] == [kept.id]
    assert OpenHold.objects.count() == 1
    assert verify.verify().ok


@pytest.mark.django_db
def test_a_transfer_is_reversed_once() -> None:
    payer, payee = wallet(100), wallet()
    paid = item(payer, payee, 30)
    back = mirror(paid)
    ok(paid, back)
    assert outcomes(post(mirror(paid), back)) == [Outcome.ALREADY_REVERSED, Outcome.OK]
    reversal = queries.settlement(paid.id)
    assert reversal is not None
    assert reversal.id == back.id
    assert queries.balance(payer).posted == 100


@pytest.mark.django_db
def test_lapsed_holds_are_released_the_earliest_first_and_once() -> None:
    payer, payee, at = wallet(100), wallet(), clock.now()
    holds = [item(payer, payee, n, HOLD, expires_at=at + n * SECOND) for n in (3, 1, 2)]
    endless, voided = (
        item(payer, payee, 5, HOLD),
        item(payer, payee, 4, HOLD, expires_at=at + SECOND),
    )
    ok(*holds, endless, voided, at=at)
    ok(settle(voided, VOID), at=at)
    later = at + 2 * SECOND
    assert actions.expire_due(at) == []
    first = actions.expire_due(later, limit=1)
    assert [queries.settlement(holds[n].id) is not None for n in (0, 1, 2)] == [False, True, False]
    second = actions.expire_due(later)
    assert [len(first), len(second), len(actions.expire_due(later))] == [1, 1, 0]
    assert all(result.ok for result in first + second)
    assert queries.balance(payer).held == 3 + 5
    assert {h.id for h in queries.open_holds(payer)} == {holds[0].id, endless.id}
    assert verify.verify().ok


@pytest.mark.django_db
def test_an_account_used_after_the_asked_moment_is_no_obstacle() -> None:
    """Whoever asks took the time before the locks; a busy account has newer entries by then."""
    payer, payee, at = wallet(100), wallet(), clock.now()
    hold = item(payer, payee, 10, HOLD, expires_at=at + SECOND)
    ok(hold, at=at)
    ok(item(payer, payee, 1), at=at + 3 * SECOND)
    [result] = actions.expire_due(at + 2 * SECOND)
    assert result.ok
    assert queries.balance(payer).held == 0
    assert verify.verify().ok


@pytest.mark.slow
@pytest.mark.usefixtures("committed_db")
def test_expiry_beside_others_that_settle_releases_each_hold_once(
    test_cluster: TestCluster,
) -> None:
    payer, payee, at = wallet(10_000), wallet(), clock.now()
    holds = [item(payer, payee, 10, HOLD, expires_at=at + SECOND) for _ in range(120)]
    ok(*holds, at=at)
    gate = threading.Barrier(4)

    def expire(_number: int) -> int:
        gate.wait()
        while clock.now() < at + SECOND:
            pass
        done = sum(result.ok for _ in range(8) for result in actions.expire_due(clock.now(), 20))
        connection.close()
        return done

    def settle_by_hand(kind: Kind) -> int:
        done = 0
        with psycopg.connect(test_cluster.server.app.url, autocommit=True) as own:
            gate.wait()
            for hold in holds:
                [result] = posting.post_with(own.cursor(), [settle(hold, kind)], None)
                assert result.outcome in {
                    Outcome.OK,
                    Outcome.ALREADY_SETTLED,
                    Outcome.HOLD_EXPIRED,
                    Outcome.HOLD_NOT_EXPIRED,
                }
                done += result.ok
        return done

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(expire, n) for n in range(2)]
        jobs += [pool.submit(settle_by_hand, kind) for kind in (VOID, EXPIRE)]
        done = [job.result() for job in jobs]
    assert sum(done) == 120, done
    assert Account.objects.get(id=payer).held == 0
    assert OpenHold.objects.count() == 0
    assert verify.verify().ok
