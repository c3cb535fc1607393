"""Disputes of banks: held, decided, and every currency still sums to zero."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import AccountCode
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import accounts
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.refunds import actions, jobs, queries
from paydesk.money.refunds.actions import NotAskable, taking_back
from paydesk.money.refunds.models import Dispute
from paydesk.money.refunds.rules import Objection
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.orders.shops import shop
from tests.money.payments.helpers import approve_unfreeze, available, fund, send
from tests.money.refunds.helpers import (
    asked,
    bought,
    by_card,
    charged,
    drain,
    losses,
    told,
    tries,
)

pytestmark = pytest.mark.usefixtures("committed_db")


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
    due = row.due_at.isoformat()
    assert held.facts == {"dispute": row.number, "due_at": due, "disputed": 5_000}
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
    assert tries(Dispute.objects.get()) == [("succeeded", "")]


def test_what_is_spent_is_the_house_s_loss(
    disputed: Payment, customer_factory: CustomerFactory
) -> None:
    send(owner(disputed), customer_factory(), 5_000)
    told(disputed, "open")
    told(disputed, "lost")
    assert losses() == 5_000
    assert Payment.objects.get(id=disputed.id).refunded == 5_000


def test_who_has_the_money_by_the_end_pays_though_he_was_short_before(
    disputed: Payment, customer_factory: CustomerFactory
) -> None:
    send(owner(disputed), customer_factory(), 5_000)
    row = told(disputed, "open")
    assert tries(row) == []
    fund(owner(disputed), 6_000)
    for _ in range(3):
        told(disputed, "lost")
    assert tries(row) == [("succeeded", "")]
    assert (available(owner(disputed)), losses()) == (1_000, 0)
    assert Payment.objects.get(id=disputed.id).refunded == 5_000
    assert not verify().breaks


def test_a_merchant_who_earned_meanwhile_pays(customer_factory: CustomerFactory) -> None:
    buyer, seller = customer_factory(), shop(customer_factory())
    fund(buyer, 20_000)
    payment = charged(bought(buyer, seller, 8_800))
    drain(seller, customer_factory(), 8_800)
    row = told(payment, "open")
    assert tries(row) == []
    assert told(payment, "reviewed").state == "reviewed"  # still nothing there
    bought(buyer, seller, 9_000)
    for _ in range(2):
        told(payment, "lost")
    assert tries(row) == [("succeeded", "")]
    account = ledger.account_for("topay", "CNY", AccountCode.MERCHANT, owner=seller.id)
    assert account
    assert (ledger.balance(account).available, losses()) == (200, 0)
    assert not verify().breaks


def test_told_again_it_is_held_once_the_money_is_there(
    disputed: Payment, customer_factory: CustomerFactory
) -> None:
    send(owner(disputed), customer_factory(), 5_000)
    told(disputed, "open")
    fund(owner(disputed), 6_000)
    for _ in range(2):
        row = told(disputed, "open")
    assert tries(row) == [("processing", "dispute_open")]
    assert available(owner(disputed)) == 1_000
    told(disputed, "won")
    assert available(owner(disputed)) == 6_000


def test_of_two_tries_at_once_one_holds(disputed: Payment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the original has room for both, and each has a key of its own."""
    keys = iter(["the-first-try", "another-try", "a-third-try"])
    monkeypatch.setattr(taking_back, "_key", lambda base, purpose: next(keys))
    clearing = accounts.chart("topay").clearing("CNY", disputed.attempts.get().provider)
    wallet = accounts.wallet(owner(disputed), "CNY")
    assert wallet
    held: dict[str, Any] = {"amount": 2_000, "target": clearing, "actor": SYSTEM("topay")}
    held |= {"source": wallet, "purpose": "dispute:of-this-test"}
    more: dict[str, Any] = {"reason": Reason.DISPUTE_OPEN, "facts": {}}
    assert taking_back.hold_back(disputed, **held, **more).state is PaymentState.PROCESSING
    assert taking_back.hold_back(disputed, **held, **more).reason is Reason.DUPLICATE
    assert taking_back.take(disputed, **held).reason is Reason.DUPLICATE
    assert available(owner(disputed)) == 3_000


def test_lost_while_the_wallet_is_frozen_it_is_taken_once_that_is_free(disputed: Payment) -> None:
    told(disputed, "open")
    people.place_freeze(owner(disputed), reason="stolen", actor=SYSTEM("topay"))
    row = told(disputed, "lost")
    jobs.sweep(0)
    assert tries(row) == [("processing", "dispute_open")]
    approve_unfreeze(owner(disputed))
    jobs.sweep(0)
    assert (tries(row), losses()) == ([("succeeded", "")], 0)
    assert Payment.objects.get(id=disputed.id).refunded == 5_000


def test_a_part_is_the_house_s_loss_once(
    disputed: Payment, customer_factory: CustomerFactory
) -> None:
    send(owner(disputed), customer_factory(), 5_000)
    told(disputed, "lost", amount=2_000)
    fund(owner(disputed), 5_000)
    told(disputed, "lost", amount=2_000)
    assert (losses(), available(owner(disputed))) == (2_000, 5_000)
    assert Payment.objects.get(id=disputed.id).refunded == 2_000


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
