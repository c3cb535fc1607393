"""Recalls of payers: held, decided, and what staff refunded meanwhile counts."""

import pytest
from django.core.exceptions import PermissionDenied

from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import actions as payments
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.refunds import actions, queries
from paydesk.money.refunds.actions import NotRecallable, StillHeld
from paydesk.money.refunds.models import Recall
from paydesk.money.refunds.rules import RecallWhy
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.payments.helpers import (
    approve_unfreeze,
    available,
    customer_actor,
    fund,
    key,
    send,
)

pytestmark = pytest.mark.usefixtures("committed_db")


def owner(payment: Payment) -> Customer:
    assert payment.payee
    return payment.payee


@pytest.fixture
def deceived(customer_factory: CustomerFactory) -> Payment:
    """A transfer of 8,000 of which the recipient has 5,000 left."""
    victim, thief = customer_factory(), customer_factory()
    fund(victim, 10_000)
    payment = Payment.objects.get(id=send(victim, thief, 8_000).id)
    send(thief, customer_factory(), 3_000)
    return payment


def called_back(payment: Payment, why: RecallWhy = RecallWhy.FRAUD) -> Recall:
    assert payment.payer
    return actions.recall(
        customer=payment.payer,
        payment=payment,
        why=why,
        text="冒充客服骗我转账",
        actor=customer_actor(payment.payer),
    )


def test_a_fresh_fraud_holds_what_is_left(deceived: Payment) -> None:
    """Row 50."""
    row = called_back(deceived)
    assert row.held == 5_000
    assert available(owner(deceived)) == 0
    held = Payment.objects.get(purpose=row.purpose)
    assert (held.state, held.reason) == (PaymentState.PROCESSING, Reason.RECALLED)
    assert held.facts == {"recall": row.number, "why": "FRAD"}
    standing = queries.standing(deceived)
    assert standing
    assert standing.facts == {"recall": row.number, "why": "FRAD"}
    assert called_back(deceived).id == row.id  # again is the same


def test_a_supervisor_gives_it_back(deceived: Payment, staff_factory: StaffFactory) -> None:
    row, boss = called_back(deceived), staff_factory(role="supervisor")
    with pytest.raises(PermissionDenied):
        actions.decide_recall(row, staff=staff_factory(), give_back=True)
    for _ in range(2):
        done = actions.decide_recall(row, staff=boss, give_back=True, answer="已核实")
    assert done.state == "partly"
    assert deceived.payer
    assert available(deceived.payer) == 2_000 + 5_000
    assert Payment.objects.get(id=deceived.id).refunded == 5_000
    assert not verify().breaks
    with pytest.raises(NotRecallable):
        actions.decide_recall(row, staff=boss, give_back=False)


def test_or_sets_it_free(deceived: Payment, staff_factory: StaffFactory) -> None:
    row = called_back(deceived)
    done = actions.decide_recall(
        row, staff=staff_factory(role="supervisor"), give_back=False, answer="证据不足"
    )
    assert done.state == "refused"
    assert available(owner(deceived)) == 5_000
    assert queries.standing(deceived) is None


def test_a_mistake_holds_nothing(deceived: Payment) -> None:
    row = called_back(deceived, RecallWhy.MISTAKE)
    assert (row.held, row.why) == (0, "CUST")
    assert available(owner(deceived)) == 5_000


def given_back(payment: Payment, amount: int) -> None:
    """Staff refund (part of) the transfer, as from its case."""
    payments.refund(
        original=Payment.objects.get(id=payment.id),
        amount=amount,
        reason="收款人同意退回",
        actor=SYSTEM("topay"),
        key=key(),
    )


def test_nothing_held_and_nothing_refunded_is_not_given_back(
    deceived: Payment, staff_factory: StaffFactory
) -> None:
    row, boss = called_back(deceived, RecallWhy.MISTAKE), staff_factory(role="supervisor")
    with pytest.raises(NotRecallable):
        actions.decide_recall(row, staff=boss, give_back=True)
    assert Recall.objects.get(id=row.id).state == "open"


@pytest.mark.parametrize(("sums", "state"), [([5_000], "partly"), ([3_000, 5_000], "returned")])
def test_what_was_refunded_meanwhile_ends_a_recall_that_holds_nothing(
    deceived: Payment,
    staff_factory: StaffFactory,
    sums: list[int],
    state: str,
) -> None:
    row, boss = called_back(deceived, RecallWhy.MISTAKE), staff_factory(role="supervisor")
    fund(owner(deceived), 3_000)
    for amount in sums:
        given_back(deceived, amount)
    for _ in range(2):
        done = actions.decide_recall(row, staff=boss, give_back=True, answer="对方已退回")
    assert (done.state, queries.came_back(done)) == (state, sum(sums))


def test_what_was_refunded_before_did_not_come_back_by_the_recall(
    deceived: Payment, staff_factory: StaffFactory
) -> None:
    given_back(deceived, 1_000)
    row, boss = called_back(deceived, RecallWhy.MISTAKE), staff_factory(role="supervisor")
    with pytest.raises(NotRecallable):
        actions.decide_recall(row, staff=boss, give_back=True)
    assert queries.came_back(row) == 0


def test_held_and_refunded_count_together(deceived: Payment, staff_factory: StaffFactory) -> None:
    row = called_back(deceived)
    fund(owner(deceived), 3_000)
    given_back(deceived, 3_000)
    boss = staff_factory(role="supervisor")
    done = actions.decide_recall(row, staff=boss, give_back=True, answer="已核实")
    assert (done.state, done.held, queries.came_back(done)) == ("returned", 5_000, 8_000)


@pytest.mark.parametrize("frozen", ["payer", "payee"])
def test_what_could_not_be_given_back_is_not_said_to_be(
    deceived: Payment, staff_factory: StaffFactory, frozen: str
) -> None:
    row, boss = called_back(deceived), staff_factory(role="supervisor")
    assert deceived.payer
    blocked: Customer = getattr(deceived, frozen)
    people.place_freeze(blocked, reason="stolen", actor=SYSTEM("topay"))
    with pytest.raises(StillHeld):
        actions.decide_recall(row, staff=boss, give_back=True, answer="已核实")
    assert Recall.objects.get(id=row.id).state == "open"
    approve_unfreeze(blocked)
    done = actions.decide_recall(row, staff=boss, give_back=True, answer="已核实")
    assert (done.state, available(deceived.payer)) == ("partly", 7_000)


def test_only_the_payer_calls_back(deceived: Payment, customer_factory: CustomerFactory) -> None:
    other = customer_factory()
    with pytest.raises(NotRecallable):
        actions.recall(
            customer=other,
            payment=deceived,
            why=RecallWhy.FRAUD,
            text="",
            actor=customer_actor(other),
        )
