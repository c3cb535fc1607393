"""A dispute's money where there is too little of it, or where the wallet is frozen (row 49)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import Any

import pytest
from django.db import connection

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import accounts
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.refunds import jobs, queries
from paydesk.money.refunds.actions import disputed_money, taking_back
from paydesk.money.refunds.models import Dispute
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.money.orders.shops import shop
from tests.money.payments.helpers import approve_unfreeze, available, fund, send
from tests.money.refunds.helpers import bought, by_card, charged, drain, losses, told, tries


@pytest.fixture
def disputed(customer_factory: CustomerFactory) -> Payment:
    return by_card(customer_factory())


@pytest.fixture
def other(customer_factory: CustomerFactory) -> Customer:
    return customer_factory()


@pytest.fixture(autouse=True)
def sound(committed_db: None) -> Iterator[None]:
    """Whatever a test does, the ledger is right after it."""
    yield
    assert not verify().breaks


def owner(payment: Payment) -> Customer:
    assert payment.payee
    return payment.payee


def refunded(payment: Payment) -> int:
    return Payment.objects.get(id=payment.id).refunded


def together(*works: Callable[[], object]) -> None:
    """All at once, each with a connection of its own; raises what one of them raised."""

    def one(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(one, works))


def freeze(customer: Customer) -> None:
    people.place_freeze(customer, reason="fraud", actor=SYSTEM("topay"))


def money(row: Dispute) -> tuple[int, int, int]:
    """What is held, what was taken, what the house bore."""
    found = queries.dispute_money(row)
    return found.held, found.taken, found.borne


def test_all_there_is_is_held_where_a_part_was_spent(disputed: Payment, other: Customer) -> None:
    send(owner(disputed), other, 10)
    row = told(disputed, "open")
    assert available(owner(disputed)) == 0
    assert money(row) == (4_990, 0, 0)
    told(disputed, "open")
    assert money(row) == (4_990, 0, 0)


def test_only_the_remainder_is_the_house_s_loss(disputed: Payment, other: Customer) -> None:
    send(owner(disputed), other, 10)
    told(disputed, "open")
    for _ in range(3):
        row = told(disputed, "lost")
    assert money(row) == (0, 4_990, 10)
    assert (losses(), refunded(disputed), available(owner(disputed))) == (10, 5_000, 0)
    assert Dispute.objects.get().settled_at
    bears = Payment.objects.get(purpose=row.house_purpose)
    assert (bears.payer, bears.facts) == (None, {"borne_by": "house"})


def test_what_came_meanwhile_pays_before_the_house(disputed: Payment, other: Customer) -> None:
    send(owner(disputed), other, 3_000)
    told(disputed, "open")
    fund(owner(disputed), 1_000)
    row = told(disputed, "lost")
    assert (money(row), losses()) == ((0, 3_000, 2_000), 2_000)
    fund(owner(disputed), 4_000)
    told(disputed, "lost")
    jobs.sweep(0)
    assert (available(owner(disputed)), losses()) == (4_000, 2_000)


def test_won_sets_the_part_free(disputed: Payment, other: Customer) -> None:
    send(owner(disputed), other, 10)
    told(disputed, "open")
    for _ in range(2):
        row = told(disputed, "won")
    assert (money(row), available(owner(disputed)), losses()) == ((0, 0, 0), 4_990, 0)
    assert Dispute.objects.get().settled_at


@pytest.mark.parametrize("order", sorted(set(permutations(["open", "lost", "won", "open"]))))
def test_in_every_order_of_telling_the_first_end_counts(
    disputed: Payment, other: Customer, order: tuple[str, ...]
) -> None:
    send(owner(disputed), other, 10)
    for state in order * 2:
        row = told(disputed, state)
        jobs.sweep(0)
    lost = order.index("lost") < order.index("won")
    assert row.state == ("lost" if lost else "won")
    assert money(row) == ((0, 4_990, 10) if lost else (0, 0, 0))
    assert (losses(), refunded(disputed)) == ((10, 5_000) if lost else (0, 0))
    assert available(owner(disputed)) == (0 if lost else 4_990)


def test_a_merchant_gives_what_it_has(customer_factory: CustomerFactory) -> None:
    buyer, seller = customer_factory(), shop(customer_factory())
    fund(buyer, 20_000)
    payment = charged(bought(buyer, seller, 8_800))
    drain(seller, customer_factory(), 800)
    row = told(payment, "open")
    assert money(row) == (8_000, 0, 0)
    told(payment, "lost")
    assert (money(row), losses()) == ((0, 8_000, 800), 800)


def test_of_a_payment_that_was_partly_refunded_only_the_rest_goes(
    disputed: Payment,
) -> None:
    wallet = accounts.wallet(owner(disputed), "CNY")
    clearing = accounts.chart("topay").clearing("CNY", disputed.attempts.get().provider)
    assert wallet
    done = taking_back.take(
        disputed, amount=2_000, source=wallet, target=clearing, purpose="before",
        actor=SYSTEM("topay"),
    )  # fmt: skip
    assert done.state is PaymentState.SUCCEEDED
    row = told(disputed, "open")
    assert money(row) == (3_000, 0, 0)
    told(disputed, "lost")
    assert (money(row), losses(), refunded(disputed)) == ((0, 3_000, 0), 0, 5_000)
    assert Dispute.objects.get().settled_at


def test_money_that_left_meanwhile_is_tried_again_with_less(
    disputed: Payment, other: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is looked at before it is locked."""
    hold, times = taking_back.hold_back, iter([True])

    def faster(*args: Any, **more: Any) -> Outcome:
        if next(times, False):
            send(owner(disputed), other, 100)
        return hold(*args, **more)

    monkeypatch.setattr(taking_back, "hold_back", faster)
    row = told(disputed, "open")
    assert money(row) == (4_900, 0, 0)


@pytest.mark.parametrize("first", ["open", "lost"])
def test_told_at_once_by_many_it_is_taken_once(
    disputed: Payment, other: Customer, first: str
) -> None:
    send(owner(disputed), other, 1_000)
    told(disputed, first)
    together(
        lambda: told(disputed, "lost"),
        lambda: told(disputed, "open"),
        lambda: jobs.sweep(0),
        lambda: told(disputed, "lost"),
    )
    jobs.sweep(0)
    row = Dispute.objects.get()
    assert (money(row), losses(), refunded(disputed)) == ((0, 4_000, 1_000), 1_000, 5_000)


def test_the_house_does_not_pay_what_somebody_else_took_meanwhile(
    disputed: Payment, other: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the payment has room for both."""
    send(owner(disputed), other, 5_000)
    bear, times = disputed_money._bear, iter([True])

    def slower(row: Dispute, *more: Any) -> Outcome:
        if next(times, False):
            fund(owner(disputed), 2_000)
            disputed_money.settle(row)
        return bear(row, *more)

    monkeypatch.setattr(disputed_money, "_bear", slower)
    row = told(disputed, "lost", amount=2_000)
    assert (money(row), losses(), refunded(disputed)) == ((0, 2_000, 0), 0, 2_000)


def test_nothing_is_taken_beside_what_was_held_meanwhile(
    disputed: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, times = disputed_money._take, iter([True])

    def slower(row: Dispute, *more: Any) -> Outcome:
        if next(times, False):
            disputed_money.secure(row)
        return take(row, *more)

    monkeypatch.setattr(disputed_money, "_take", slower)
    row = told(disputed, "lost", amount=2_000)
    assert (money(row), Dispute.objects.get().settled_at) == ((2_000, 0, 0), None)
    jobs.sweep(0)
    assert (money(row), available(owner(disputed))) == ((0, 2_000, 0), 3_000)


@pytest.mark.parametrize("there", [5_000, 0])
def test_nothing_is_held_beside_what_was_taken_meanwhile(
    disputed: Payment, other: Customer, monkeypatch: pytest.MonkeyPatch, there: int
) -> None:
    hold, times = taking_back.hold_back, iter([True])
    if not there:
        send(owner(disputed), other, 5_000)

    def slower(*args: Any, **more: Any) -> Outcome:
        if next(times, False):
            told(disputed, "lost", amount=2_000)
            fund(owner(disputed), 2_000)
        return hold(*args, **more)

    monkeypatch.setattr(taking_back, "hold_back", slower)
    monkeypatch.setattr(disputed_money, "_reach", lambda *_: 2_000)
    row = told(disputed, "open", amount=2_000)
    assert money(row) == ((0, 2_000, 0) if there else (0, 0, 2_000))
    assert available(owner(disputed)) == there - (2_000 if there else 0) + 2_000


def test_a_hold_that_came_after_the_end_is_let_go(
    disputed: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was told "open" may be slower than who was told "won"."""
    row = told(disputed, "open")
    with monkeypatch.context() as slow:
        slow.setattr(disputed_money, "settle", lambda row: False)
        told(disputed, "won")
    Dispute.objects.update(settled_at=clock.now())
    jobs.sweep(0)
    assert (money(row), available(owner(disputed))) == ((0, 0, 0), 5_000)


def test_frozen_before_the_dispute_it_is_held_once_the_wallet_is_free(disputed: Payment) -> None:
    freeze(owner(disputed))
    row = told(disputed, "open")
    jobs.sweep(0)
    assert (money(row), tries(row)) == ((0, 0, 0), [])  # no row for each try
    approve_unfreeze(owner(disputed))
    jobs.sweep(0)
    assert (money(row), available(owner(disputed))) == ((5_000, 0, 0), 0)
    told(disputed, "lost")
    assert (money(row), losses()) == ((0, 5_000, 0), 0)


@pytest.mark.parametrize("held", [True, False])
def test_lost_while_frozen_it_waits_for_the_money_and_is_listed(
    disputed: Payment, other: Customer, held: bool
) -> None:
    send(owner(disputed), other, 10)
    if held:
        told(disputed, "open")
    freeze(owner(disputed))
    for _ in range(2):
        row = told(disputed, "lost")
        jobs.sweep(0)
    assert (losses(), refunded(disputed)) == (0, 0)
    assert tries(row) == ([("processing", "dispute_open")] if held else [])
    assert [one.id for one in queries.open_disputes(["topay"])] == [row.id]
    approve_unfreeze(owner(disputed))
    for _ in range(2):
        jobs.sweep(0)
    assert (money(row), losses(), refunded(disputed)) == ((0, 4_990, 10), 10, 5_000)
    assert not queries.open_disputes(["topay"])


def test_won_while_frozen_it_is_free_at_once(disputed: Payment) -> None:
    told(disputed, "open")
    freeze(owner(disputed))
    row = told(disputed, "won")
    assert (money(row), available(owner(disputed))) == ((0, 0, 0), 5_000)
    assert not queries.open_disputes(["topay"])


def test_an_empty_frozen_wallet_keeps_nobody_waiting(disputed: Payment, other: Customer) -> None:
    send(owner(disputed), other, 5_000)
    freeze(owner(disputed))
    row = told(disputed, "lost")
    assert (money(row), losses()) == ((0, 0, 5_000), 5_000)


def test_a_refund_under_way_is_waited_for(
    disputed: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it arrives decides how much is left to book."""
    wallet = accounts.wallet(owner(disputed), "CNY")
    clearing = accounts.chart("topay").clearing("CNY", disputed.attempts.get().provider)
    assert wallet
    going = taking_back.hold_back(
        disputed, amount=2_000, source=wallet, target=clearing, purpose="under way",
        reason=Reason.RECALLED, facts={}, actor=SYSTEM("topay"),
    )  # fmt: skip
    row = told(disputed, "lost")
    assert (money(row), Dispute.objects.get().settled_at) == ((0, 0, 0), None)
    taking_back.end(
        Payment.objects.get(id=going.id), give_back=False, actor=SYSTEM("topay"), facts={}
    )
    jobs.sweep(0)
    assert (money(row), losses(), available(owner(disputed))) == ((0, 5_000, 0), 0, 0)
