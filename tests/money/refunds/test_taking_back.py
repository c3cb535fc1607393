"""Disputes of banks and recalls of payers: held, decided, and every currency still sums to zero."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from paydesk.kit import clock
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import AccountCode
from paydesk.money.ledger.verify import verify
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.refunds import actions, queries
from paydesk.money.refunds.actions import NotAskable, NotRecallable
from paydesk.money.refunds.models import Dispute, Recall
from paydesk.money.refunds.rules import Objection, RecallWhy
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.payments.helpers import available, customer_actor, fund, send
from tests.money.refunds.helpers import asked, by_card

pytestmark = pytest.mark.usefixtures("committed_db")


def told(payment: Payment, state: str, **more: Any) -> Dispute:
    """What a provider's notification makes of a dispute."""
    attempt = payment.attempts.get()
    said = {
        "id": "dp_1",
        "state": state,
        "reason": "fraudulent",
        "amount": payment.amount,
        "currency": payment.currency,
        "due_at": (clock.now() + timedelta(days=7)).isoformat(),
    } | more
    return actions.told(
        brand=payment.brand,
        attempt_id=str(attempt.id),
        payment_id=str(payment.id),
        dispute=said,
    )


@pytest.fixture
def disputed(customer_factory: CustomerFactory) -> Payment:
    return by_card(customer_factory())


def owner(payment: Payment) -> Customer:
    assert payment.payee
    return payment.payee


def test_a_dispute_holds_the_money_and_names_the_day(disputed: Payment) -> None:
    """Row 49."""
    row = told(disputed, "open")
    assert available(owner(disputed)) == 0
    held = Payment.objects.get(purpose=row.purpose)
    assert (held.state, held.reason) == (PaymentState.PROCESSING, Reason.DISPUTE_OPEN)
    assert row.due_at
    assert held.facts == {"dispute": row.number, "due_at": row.due_at.isoformat()}
    standing = queries.standing(disputed)
    assert standing
    assert (standing.reason, standing.facts["dispute"]) == (Reason.DISPUTE_OPEN, row.number)
    with pytest.raises(NotAskable) as refused:
        asked(owner(disputed), disputed, 100)
    assert refused.value.objection is Objection.NOTHING_LEFT


@pytest.mark.parametrize("repeats", [1, 3])
def test_won_sets_the_money_free(disputed: Payment, repeats: int) -> None:
    for _ in range(repeats):
        told(disputed, "open")
    for _ in range(repeats):
        row = told(disputed, "won")
    assert row.state == "won"
    assert available(owner(disputed)) == 5_000
    assert Payment.objects.get(purpose=row.purpose).state == PaymentState.CANCELLED
    assert queries.standing(disputed) is None


def test_lost_takes_it_to_the_provider_once(disputed: Payment) -> None:
    told(disputed, "open")
    for _ in range(3):
        row = told(disputed, "lost")
    assert available(owner(disputed)) == 0
    assert Payment.objects.get(purpose=row.purpose).state == PaymentState.SUCCEEDED
    assert Payment.objects.get(id=disputed.id).refunded == 5_000
    assert not verify().breaks


@pytest.mark.parametrize("state", ["won", "lost"])
def test_banks_take_their_time(customer_factory: CustomerFactory, state: str) -> None:
    """Weeks lie between the hold and the decision; the provider is right all the same."""
    with clock.travel(clock.now() - timedelta(days=40)):
        payment = by_card(customer_factory())
        told(payment, "open")
    told(payment, state)
    assert available(owner(payment)) == (5_000 if state == "won" else 0)
    assert not verify().breaks


def test_a_late_word_never_opens_what_is_decided(disputed: Payment) -> None:
    told(disputed, "lost")
    assert told(disputed, "open").state == "lost"
    assert Payment.objects.get(purpose=Dispute.objects.get().purpose).state == "succeeded"


def test_what_is_spent_is_the_house_s_loss(
    disputed: Payment, customer_factory: CustomerFactory
) -> None:
    send(owner(disputed), customer_factory(), 5_000)
    told(disputed, "open")
    told(disputed, "lost")
    losses = ledger.account_for("topay", "CNY", AccountCode.LOSSES)
    assert losses
    assert ledger.balance(losses).posted == -5_000
    assert Payment.objects.get(id=disputed.id).refunded == 5_000


def test_staff_answer_while_the_bank_has_not_decided(
    disputed: Payment, staff_factory: StaffFactory
) -> None:
    row, agent = told(disputed, "open"), staff_factory()
    said = actions.answer_dispute(row, staff=agent, text="客户本人登录并收货，密码是 hunter2secret")
    assert "hunter2secret" not in said.text
    told(disputed, "won")
    with pytest.raises(ValueError, match="decided"):
        actions.answer_dispute(row, staff=agent, text="再补充")
    with pytest.raises(PermissionDenied):
        actions.answer_dispute(row, staff=staff_factory(brands=["gopay"]), text="别的品牌")


# --- recalls ---------------------------------------------------------------------------------


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
