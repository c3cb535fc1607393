"""Money under threads: the same balance, the same limit, the same refund, the same notification.

Each thread is a request of its own with its own connection; the start is a barrier, so that they
really meet.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connections

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import actions, shares
from paydesk.money.payments.models import Attempt, Payment, ProviderNotification
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.providers.protocol import Answer, Said
from paydesk.money.payments.providers.simulated import signing
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.exchange.helpers import liquidity, quote, rates, remit
from tests.money.payments.helpers import (
    approve_unfreeze,
    available,
    fund,
    key,
    send,
    top_up,
)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed_db")]
THREADS = 8


T = TypeVar("T")


def at_once(jobs: list[Callable[[], T]]) -> list[T]:
    """Run every job in a thread of its own, all starting together; answers in their order."""
    start = Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T:
        start.wait(timeout=10)
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def reasons(outcomes: list[Outcome]) -> list[Reason | None]:
    return sorted((one.reason for one in outcomes), key=lambda reason: str(reason or ""))


@pytest.fixture(autouse=True)
def _books_balance(committed_db: None) -> Iterator[None]:
    yield
    assert verify().ok


def test_the_same_balance_is_spent_once(customer_factory: CustomerFactory) -> None:
    payer = customer_factory()
    payees = [customer_factory() for _ in range(THREADS)]
    fund(payer, 1_000)
    outcomes = at_once([lambda payee=payee: send(payer, payee, 600) for payee in payees])
    assert reasons(outcomes) == [None, *[Reason.BALANCE_SHORT] * (THREADS - 1)]
    assert available(payer) == 400
    assert sum(available(payee) for payee in payees) == 600


def test_crossing_transfers_do_not_deadlock(customer_factory: CustomerFactory) -> None:
    a, b = customer_factory(), customer_factory()
    fund(a, 10_000)
    fund(b, 10_000)

    def many(payer: Customer, payee: Customer) -> list[Outcome]:
        return [send(payer, payee, 10, again=True) for _ in range(10)]

    sides = [(a, b), (b, a)] * (THREADS // 2)
    done = at_once([lambda side=side: many(*side) for side in sides])
    assert all(outcome.ok for outcomes in done for outcome in outcomes)
    assert available(a) == available(b) == 10_000


def test_a_day_limit_is_not_outrun(customer_factory: CustomerFactory) -> None:
    payer = customer_factory()
    payees = [customer_factory() for _ in range(THREADS)]
    limits = profiles.get("topay").limits["CNY"].of(0)
    fund(payer, limits.day * 2)
    each = limits.single
    fits = limits.day // each
    assert 0 < fits < THREADS, "the brand's limits no longer make this test a race"
    outcomes = at_once([lambda payee=payee: send(payer, payee, each) for payee in payees])
    assert [one.reason for one in outcomes].count(None) == fits
    assert {one.reason for one in outcomes} == {None, Reason.LIMIT_DAY}
    assert sum(available(payee) for payee in payees) == fits * each


def test_refunds_race_for_the_rest(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    original = Payment.objects.get(id=send(payer, payee, 1_000).id)
    fund(payee, 10_000)  # so that only the original's rest stops them
    outcomes = at_once(
        [
            lambda: actions.refund(
                original=original, amount=400, reason="x", actor=SYSTEM("topay"), key=key()
            )
        ]
        * THREADS
    )
    assert reasons(outcomes) == [None, None, *[Reason.REFUND_TOO_MUCH] * (THREADS - 2)]
    original.refresh_from_db()
    assert (original.refunded, available(payer)) == (800, 800)


def test_parts_of_a_remittance_race_from_the_same_point(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    """A share was reckoned with what went back before: only one of them can be right."""
    rates()
    liquidity(staff_factory, 100_000, "USD")
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 100_000)
    original = Payment.objects.get(
        id=remit(quote(payer, 15_000, kind=PaymentKind.REMITTANCE), payee).id
    )
    outcomes = at_once(
        [
            lambda: actions.refund(
                original=original, amount=1_000, reason="x", actor=SYSTEM("topay"), key=key()
            )
        ]
        * THREADS
    )
    assert reasons(outcomes) == [None, *[Reason.DUPLICATE] * (THREADS - 1)]
    original.refresh_from_db()
    assert original.refunded == 1_000
    assert original.received_amount
    left = original.received_amount - shares.share(original.received_amount, 15_000, 1_000)
    assert available(payee, "USD") == left


def test_one_request_sent_many_times(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    same = key()
    outcomes = at_once([lambda: send(payer, payee, 100, key=same)] * THREADS)
    assert len({one.id for one in outcomes}) == 1
    assert sum(not one.repeated for one in outcomes) == 1
    assert available(payee) == 100


def test_one_refused_request_sent_many_times(customer_factory: CustomerFactory) -> None:
    """Nothing is locked for an unknown recipient: here the database's own rule decides."""
    payer, same = customer_factory(), key()
    outcomes = at_once([lambda: send(payer, "nobody@example.com", 100, key=same)] * THREADS)
    assert len({one.id for one in outcomes}) == 1
    assert Payment.objects.count() == 1


def test_one_top_up_sent_many_times(customer_factory: CustomerFactory) -> None:
    customer, same = customer_factory(), key()
    at_once([lambda: top_up(customer, 500, key=same)] * THREADS)
    assert available(customer) == 500


def test_notifications_and_queries_meet(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    outcome = top_up(customer, 500, token="sim_card_0921")
    attempt = Attempt.objects.get(payment_id=outcome.id)
    answer = Answer(Said.PAID, 500, "CNY", "ref")

    def tell(event: str) -> object:
        raw = signing.write("topay", event, attempt.id, answer)
        headers = signing.sign("topay", raw, clock.now())
        return actions.receive_notification("simulated", "topay", raw, headers)

    jobs: list[Callable[[], object]] = [lambda: tell("evt_1")] * 3
    jobs += [lambda: tell("evt_2"), lambda: tell("evt_3")]
    jobs += [lambda: actions.query_attempt(attempt.id)] * 3
    at_once(jobs)
    assert available(customer) == 500
    assert Payment.objects.get(id=outcome.id).state == "succeeded"
    assert ProviderNotification.objects.filter(applied_at=None).count() == 0
    assert ProviderNotification.objects.count() == 3


def test_freezing_while_paying(customer_factory: CustomerFactory) -> None:
    """Neither waits for ever, and after the freeze's commit nothing moves."""
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)

    def pay() -> list[Outcome]:
        return [send(payer, payee, 10, again=True) for _ in range(15)]

    def freeze() -> list[Outcome]:
        for _ in range(3):
            people.place_freeze(payer, reason="stolen", actor=SYSTEM("topay"))
            approve_unfreeze(payer)
        people.place_freeze(payer, reason="stolen", actor=SYSTEM("topay"))
        return [send(payer, payee, 10, again=True)]

    jobs: list[Callable[[], list[Outcome]]] = [pay, pay, pay, freeze]
    *paid, [after] = at_once(jobs)
    assert after.reason is Reason.SENDER_RESTRICTED
    moved = sum(one.ok for outcomes in paid for one in outcomes)
    assert available(payee) == moved * 10
    allowed = {None, Reason.SENDER_RESTRICTED}
    assert {one.reason for outcomes in paid for one in outcomes} <= allowed


def test_a_wallet_opened_while_freezing(customer_factory: CustomerFactory) -> None:
    """A wallet that comes into being beside a freeze is frozen, whichever is first."""
    for _ in range(5):
        customer = customer_factory(brand="tpwallet")
        at_once(
            [
                lambda who=customer: top_up(who, 500, currency="USD"),
                lambda who=customer: people.place_freeze(
                    who, reason="stolen", actor=SYSTEM("tpwallet")
                ),
            ]
        )
        other = customer_factory(brand="tpwallet")
        fund(other, 1_000, "USD")
        outcome = send(other, customer, 100, currency="USD")
        assert outcome.reason is Reason.RECIPIENT_RESTRICTED


def test_sweeps_side_by_side(customer_factory: CustomerFactory) -> None:
    moment = clock.now() - timedelta(hours=1)
    with clock.travel(moment):
        customers = [customer_factory() for _ in range(6)]
        for customer in customers:
            top_up(customer, 500, token="sim_card_0921")

    def sweep() -> None:
        with clock.travel(moment + timedelta(seconds=60)):
            actions.sweep()

    at_once([sweep] * 4)
    assert [available(customer) for customer in customers] == [500] * 6
    assert set(Attempt.objects.values_list("queries", flat=True)) == {1}
