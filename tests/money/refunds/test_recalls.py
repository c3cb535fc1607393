"""Recalls of payers: held, and decided by a supervisor."""

import pytest
from django.core.exceptions import PermissionDenied

from paydesk.money.ledger.verify import verify
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.refunds import actions, queries
from paydesk.money.refunds.actions import NotRecallable
from paydesk.money.refunds.models import Recall
from paydesk.money.refunds.rules import RecallWhy
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.payments.helpers import available, customer_actor, fund, send

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
