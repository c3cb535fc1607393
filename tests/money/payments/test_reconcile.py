"""What a provider took and nobody got is credited once, by a person, with a second one's yes."""

from datetime import timedelta

import pytest

from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.verify import verify
from paydesk.money.orders.actions.paying import Pay, pay_order
from paydesk.money.payments import actions
from paydesk.money.payments.actions import reconcile
from paydesk.money.payments.actions.refund import ApprovalNeeded
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.providers.protocol import Answer, Said
from paydesk.money.payments.providers.simulated import signing
from paydesk.money.payments.submit import submit_many
from paydesk.people import actions as people
from paydesk.people.models import Customer
from paydesk.people.rules import ApprovedDecision
from tests.factories import CustomerFactory
from tests.money.orders.shops import by, fund, order, pay_by_provider, shop
from tests.money.payments.helpers import approve_unfreeze, available, top_up

pytestmark = pytest.mark.usefixtures("committed_db")
STAFF = SYSTEM("topay")


def tell(attempt: Attempt, amount: int, event: str = "evt_late") -> None:
    """The provider tells that it took this much."""
    raw = signing.write(
        "topay", event, attempt.id, Answer(Said.PAID, amount, attempt.currency, "ref")
    )
    actions.receive_notification("simulated", "topay", raw, signing.sign("topay", raw, clock.now()))


def differing(customer: Customer, amount: int = 10_000, took: int = 9_990) -> Payment:
    outcome = top_up(customer, amount, token="sim_card_0921")
    tell(Attempt.objects.get(payment_id=outcome.id), took)
    payment = Payment.objects.get(id=outcome.id)
    assert payment.reason == "amount_differs"
    return payment


def test_another_amount_is_credited_as_it_was_paid(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    payment = differing(customer)
    outcome = reconcile.credit_what_was_paid(payment, actor=STAFF)
    assert (outcome.state, available(customer)) == ("succeeded", 9_990)
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == ("failed", "amount_differs")
    with pytest.raises(reconcile.NothingToReconcile):
        reconcile.credit_what_was_paid(payment, actor=STAFF)
    assert available(customer) == 9_990
    assert verify().ok


def test_refused_by_the_wallet_it_waits_on(customer_factory: CustomerFactory) -> None:
    """The payment ends with its credit and never without."""
    customer = customer_factory()
    payment = differing(customer)
    people.place_freeze(customer, reason="stolen", actor=STAFF)
    refused = reconcile.credit_what_was_paid(payment, actor=STAFF)
    assert (refused.state, refused.reason) == ("failed", "sender_restricted")
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == ("processing", "amount_differs")
    approve_unfreeze(customer)
    assert reconcile.credit_what_was_paid(payment, actor=STAFF).ok
    payment.refresh_from_db()
    assert (payment.state, available(customer)) == ("failed", 9_990)


def test_credited_and_left_waiting_it_is_ended(
    customer_factory: CustomerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = customer_factory()
    payment = differing(customer)
    with monkeypatch.context() as patched:
        patched.setattr(reconcile, "submit_many", lambda plans: submit_many(plans[:1]))
        first = reconcile.credit_what_was_paid(payment, actor=STAFF)
    payment.refresh_from_db()
    assert (payment.state, available(customer)) == ("processing", 9_990)
    again = reconcile.credit_what_was_paid(payment, actor=STAFF)
    assert (again.id, again.repeated) == (first.id, True)
    payment.refresh_from_db()
    assert (payment.state, available(customer)) == ("failed", 9_990)


def test_paid_after_it_was_given_up(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=1)):
        customer = customer_factory()
        outcome = top_up(customer, token="sim_card_0922")
        for seconds in (30, 60):
            clock.advance(timedelta(seconds=seconds))
            actions.sweep()
        payment = Payment.objects.get(id=outcome.id)
        assert payment.state == "failed"
        assert reconcile.paid_uncredited(payment) is None
        tell(Attempt.objects.get(payment=payment), 10_000)
        assert available(customer) == 0
        assert reconcile.credit_what_was_paid(payment, actor=STAFF).ok
    assert available(customer) == 10_000


def test_above_the_limit_a_second_person_agrees(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    limit = profiles.get("topay").limits["CNY"].agent_refund
    payment = differing(customer, limit + 20, limit + 10)
    with pytest.raises(ApprovalNeeded):
        reconcile.credit_what_was_paid(payment, actor=STAFF)
    yes = ApprovedDecision(
        request_id=ids.uuid7(),
        action=reconcile.RECONCILE,
        subject=f"payment:{payment.id}",
        requested_by=ids.uuid7(),
        requested_at=clock.now(),
        approved_by=ids.uuid7(),
        approved_at=clock.now(),
    )
    other = ApprovedDecision(
        **{name: getattr(yes, name) for name in yes.__slots__} | {"subject": "payment:x"}
    )
    with pytest.raises(ApprovalNeeded):
        reconcile.credit_what_was_paid(payment, actor=STAFF, approval=other)
    assert reconcile.credit_what_was_paid(payment, actor=STAFF, approval=yes).ok
    assert available(customer) == limit + 10


def test_nothing_to_credit(customer_factory: CustomerFactory) -> None:
    paid = Payment.objects.get(id=top_up(customer_factory()).id)
    refused = Payment.objects.get(id=top_up(customer_factory(), token="sim_card_0051").id)
    for payment in (paid, refused):
        with pytest.raises(reconcile.NothingToReconcile):
            reconcile.credit_what_was_paid(payment, actor=STAFF)


def test_a_purchase_s_money_goes_to_its_payer(customer_factory: CustomerFactory) -> None:
    """The merchant gets nothing, and the order can be paid as it was asked for."""
    payer, tea = customer_factory(), shop(customer_factory())
    asked = order(tea, 10_000)
    payment = pay_by_provider(asked, payer)
    tell(Attempt.objects.get(payment=payment), 9_990)
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == ("processing", "amount_differs")
    credit = reconcile.credit_what_was_paid(payment, actor=STAFF)
    payment.refresh_from_db()
    asked.refresh_from_db()
    assert (payment.state, asked.state, available(payer)) == ("failed", "open", 9_990)
    assert Payment.objects.get(id=credit.id).payee == payer
    with pytest.raises(reconcile.NothingToReconcile):
        reconcile.credit_what_was_paid(payment, actor=STAFF)
    fund(payer, 10)
    assert pay_order(Pay(asked, payer, by(payer), str(ids.uuid7()))).ok
    assert (available(payer), verify().ok) == (0, True)


def test_a_purchase_paid_as_ordered_is_the_merchant_s(customer_factory: CustomerFactory) -> None:
    payer, tea = customer_factory(), shop(customer_factory())
    asked = order(tea, 10_000)
    payment = pay_by_provider(asked, payer)
    tell(Attempt.objects.get(payment=payment), 10_000)
    asked.refresh_from_db()
    assert (asked.state, available(payer)) == ("paid", 0)
    payment.refresh_from_db()
    with pytest.raises(reconcile.NothingToReconcile):
        reconcile.credit_what_was_paid(payment, actor=STAFF)


def test_a_purchase_in_another_currency_takes_two(customer_factory: CustomerFactory) -> None:
    payment = pay_by_provider(order(shop(customer_factory())), customer_factory())
    attempt = Attempt.objects.get(payment=payment)
    raw = signing.write("topay", "evt_usd", attempt.id, Answer(Said.PAID, 9_990, "USD", "ref"))
    actions.receive_notification("simulated", "topay", raw, signing.sign("topay", raw, clock.now()))
    payment.refresh_from_db()
    with pytest.raises(ApprovalNeeded):  # two people may credit it in that currency
        reconcile.credit_what_was_paid(payment, actor=STAFF)
    payment.refresh_from_db()
    assert payment.state == "processing"
