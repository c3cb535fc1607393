"""Payments that wait for a person: let through, stopped, decided twice, no longer possible."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from paydesk.audit.models import Entry, Personal
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.bills.actions import asking
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import accounts, actions, codes
from paydesk.money.payments.actions.transfer import TransferWish, plan_transfer
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Plan
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.payments.submit import submit
from paydesk.money.payouts.actions import sending
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.bills.test_paying import pay as pay_bill
from tests.money.payments.helpers import available, customer_actor, fund, key, staff_actor
from tests.money.payouts.helpers import bank_account, monday, withdraw
from tests.money.risk.helpers import in_force, rule, seated

pytestmark = pytest.mark.usefixtures("committed_db")


def held_for_review(payer: Customer, payee: Customer, amount: int, fee: int = 0) -> Payment:
    """A transfer that a risk rule stopped: its money is held, the payment waits."""
    wish = TransferWish(payer, payee, amount, "CNY", customer_actor(payer), key())
    plan: Plan = plan_transfer(wish)
    new, main = plan.subject, plan.items[0]
    assert isinstance(new, NewPayment)
    items = [main._replace(kind=Kind.HOLD, linked=bool(fee))]
    locked = plan.accounts
    if fee:
        house = accounts.chart(plan.brand).fees("CNY")
        part = ids.sibling(new.id, "fee")
        items.append(Item(part, Kind.HOLD, main.debit, house, fee, codes.FEE))
        locked = (*locked, house)
    waiting = replace(new, state=PaymentState.PROCESSING, reason=Reason.FRAUD_SCREEN, fee=fee)
    outcome = submit(replace(plan, subject=waiting, items=tuple(items), accounts=locked))
    assert (outcome.state, outcome.reason) == (PaymentState.PROCESSING, Reason.FRAUD_SCREEN)
    return Payment.objects.get(id=outcome.id)


@pytest.mark.parametrize("fee", [0, 7])
def test_approved_it_goes_through(
    customer_factory: CustomerFactory, staff_factory: StaffFactory, fee: int
) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    payment = held_for_review(payer, payee, 600, fee)
    assert (available(payer), available(payee)) == (400 - fee, 0)
    outcome = actions.decide(
        payment, True, staff_actor(staff_factory()), "asked the payer by phone"
    )
    assert (outcome.state, outcome.reason) == (PaymentState.SUCCEEDED, None)
    assert (available(payer), available(payee)) == (400 - fee, 600)
    assert ledger.balance(accounts.chart("topay").fees("CNY")).posted == fee
    entry = Entry.objects.get(action="money.decide_succeeded")
    assert entry.subject == f"payment:{payment.id}"
    assert Personal.objects.get(entry_id=entry.id).text == "asked the payer by phone"
    assert verify().ok


def test_refused_it_is_given_back(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    payment = held_for_review(payer, payee, 600, fee=5)
    outcome = actions.decide(payment, False, staff_actor(staff_factory()))
    assert (outcome.state, outcome.reason) == (PaymentState.FAILED, Reason.FRAUD_SCREEN)
    assert (available(payer), available(payee)) == (1_000, 0)
    again = actions.decide(payment, True, staff_actor(staff_factory()))
    assert (again.state, again.repeated) == (PaymentState.FAILED, True)
    assert available(payee) == 0


def test_what_can_not_be_done_now_waits_on(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    payment = held_for_review(payer, payee, 600)
    people.place_freeze(payee, reason="stolen", actor=SYSTEM("topay"))
    outcome = actions.decide(payment, True, SYSTEM("topay"))
    assert outcome.reason is Reason.RECIPIENT_RESTRICTED
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == ("processing", "fraud_screen")
    assert actions.decide(payment, False, SYSTEM("topay")).state is PaymentState.FAILED
    assert available(payer) == 1_000


def test_only_what_is_under_review_is_decided(customer_factory: CustomerFactory) -> None:
    payer = customer_factory()
    fund(payer, 1_000)
    topup = Payment.objects.get(payee=payer)
    with pytest.raises(actions.NotUnderReview):
        actions.decide(topup, True, SYSTEM("topay"))


def look_first(staff_factory: StaffFactory) -> None:
    """Every payment of some size waits for a person."""
    in_force(staff_factory, rule("look", "review", {"amount": {"at_least": {"CNY": 100}}}))


@pytest.mark.parametrize("kind", ["withdrawal", "bill"])
def test_a_refusal_after_an_approval_changes_nothing(
    customer_factory: CustomerFactory, staff_factory: StaffFactory, kind: str
) -> None:
    look_first(staff_factory)
    with clock.travel(monday() - timedelta(days=5)):
        chen = customer_factory(name="陈晓雯", identity_level=2)
        fund(chen, 100_000)
    with clock.travel(monday()):
        account = bank_account(chen)
        with seated():
            held = withdraw(chen, account, 50_000) if kind == "withdrawal" else pay_bill(chen)
        assert held.reason in {Reason.FRAUD_SCREEN, Reason.SPEED_RULE}
        stale, before = Payment.objects.get(id=held.id), available(chen)
        first, second = (staff_actor(staff_factory()) for _ in range(2))
        said = actions.decide(Payment.objects.get(id=held.id), True, first)
        assert (said.state, said.reason, said.repeated) == (PaymentState.PROCESSING, None, False)
        clock.advance(timedelta(minutes=30))
        if kind == "withdrawal":
            assert sending._claim(held.id)
        else:
            assert asking._claim(held.id)
        said = actions.decide(stale, False, second)
        assert (said.state, said.reason, said.repeated) == (PaymentState.PROCESSING, None, True)
        assert (Payment.objects.get(id=held.id).state, available(chen)) == ("processing", before)
    assert verify().ok


def test_what_was_refused_is_claimed_by_nobody(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    look_first(staff_factory)
    with clock.travel(monday() - timedelta(days=5)):
        chen = customer_factory(name="陈晓雯", identity_level=2)
        fund(chen, 100_000)
    with clock.travel(monday()):
        account = bank_account(chen)
        with seated():
            held = withdraw(chen, account, 50_000)
        assert sending._claim(held.id) is None
        actions.decide(Payment.objects.get(id=held.id), False, staff_actor(staff_factory()))
        clock.advance(timedelta(minutes=30))
        assert sending._claim(held.id) is None
        assert available(chen) == 100_000
