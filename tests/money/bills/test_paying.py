"""Bills paid through simulated billers that misbehave on command. The money each time."""

from datetime import timedelta
from typing import Any

import pytest

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.bills import actions, directory, link
from paydesk.money.bills.actions import asking
from paydesk.money.bills.actions.paying import clearing_name
from paydesk.money.bills.models import BillPayment, SavedBiller, SimulatedBill
from paydesk.money.bills.protocol import BillerDown, Standing
from paydesk.money.ledger import queries as ledger
from paydesk.money.payments import accounts
from paydesk.money.payments.actions import review
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.payments.submit import submit
from paydesk.notifications.models import Message
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.money.payments.helpers import available, customer_actor, fund, key

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def chen(customer_factory: CustomerFactory) -> Customer:
    with clock.travel(clock.now() - timedelta(hours=3)):
        customer = customer_factory(name="陈晓雯", identity_level=2)
        fund(customer, 100_000)
        return customer


def biller(code: str = "power") -> directory.Biller:
    found = directory.get("topay", code)
    assert found
    return found


def pay(chen: Customer, sample: str = "due", code: str = "power", **more: Any) -> Outcome:
    known = biller(code)
    reference = known.samples[sample]
    values: dict[str, Any] = {"actor": customer_actor(chen), "key": key(), "reference": reference}
    if "amount" not in more:
        bill = link.get().look_up("topay", code, known.samples["due"])
        if sample != "due":
            bill_number, amount = bill.number, 5_000
        else:
            bill_number, amount = bill.number, bill.amount
        values |= {"bill_number": bill_number, "amount": amount}
    return actions.pay_bill(actions.BillWish(customer=chen, biller=known, **(values | more)))


def test_look_up() -> None:
    known, line = biller(), link.get()
    bill = line.look_up("topay", "power", known.samples["due"])
    assert bill.standing is Standing.DUE
    assert bill.amount > 0
    assert bill.due_on is not None
    assert line.look_up("topay", "power", known.samples["paid"]).standing is Standing.PAID
    assert line.look_up("topay", "power", known.samples["unknown"]).standing is Standing.UNKNOWN
    with pytest.raises(BillerDown):
        line.look_up("topay", "power", known.samples["down"])


def test_a_bill_is_paid_and_confirmed(chen: Customer) -> None:
    outcome = pay(chen)
    assert (outcome.state, outcome.reason) == (PaymentState.SUCCEEDED, None)
    payment = Payment.objects.get(id=outcome.id)
    row = BillPayment.objects.get(payment=payment)
    assert (row.state, len(row.confirmation)) == ("done", 12)
    assert SimulatedBill.objects.get().confirmation == row.confirmation
    assert available(chen) == 100_000 - payment.amount - payment.fee
    clearing = accounts.chart("topay").clearing("CNY", clearing_name(biller()))
    assert ledger.balance(clearing).posted == payment.amount
    mail = Message.objects.get(template="bills/paid")
    assert row.confirmation in mail.text
    assert link.get().look_up("topay", "power", row.reference).standing is Standing.PAID


def test_the_same_bill_is_paid_once(chen: Customer) -> None:
    first = Payment.objects.get(id=pay(chen).id)
    bill = {"amount": first.amount, "bill_number": first.details["bill"]}
    again = pay(chen, **bill)
    assert (again.state, again.reason) == (PaymentState.FAILED, Reason.DUPLICATE)
    assert again.facts["first"] == first.number
    assert available(chen) == 100_000 - first.amount - first.fee


@pytest.mark.parametrize(
    ("sample", "reason", "code"),
    [
        ("unknown", Reason.RECIPIENT_UNKNOWN, "unknown_reference"),
        ("refused", Reason.RECIPIENT_CLOSED, "closed"),
        ("paid", Reason.DUPLICATE, "already_paid"),
        ("down", Reason.PROVIDER_DOWN, "down"),
    ],
)
def test_refused_by_the_biller(chen: Customer, sample: str, reason: Reason, code: str) -> None:
    outcome = pay(chen, sample)
    assert (outcome.state, outcome.reason) == (PaymentState.FAILED, reason)
    assert outcome.facts["code"] == code
    assert available(chen) == 100_000
    assert Message.objects.filter(template="bills/refused").count() == 1


def test_another_amount_than_is_due(chen: Customer) -> None:
    bill = link.get().look_up("topay", "power", biller().samples["due"])
    outcome = pay(chen, amount=bill.amount - 1, bill_number=bill.number)
    assert outcome.reason is Reason.AMOUNT_DIFFERS
    assert available(chen) == 100_000


def test_silence_is_unknown_until_it_is_known(chen: Customer) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        outcome = pay(chen, "silent", "mobile", amount=5_000)
        assert (outcome.state, outcome.reason) == (
            PaymentState.UNKNOWN,
            Reason.OUTCOME_UNKNOWN,
        )
        assert available(chen) == 95_000 - Payment.objects.get(id=outcome.id).fee
        assert actions.ask_due() == 0
        for _ in range(4):
            clock.advance(timedelta(seconds=60))
            actions.ask_due()
        assert Payment.objects.get(id=outcome.id).state == "succeeded"
        assert SimulatedBill.objects.count() == 1


def test_a_crash_before_the_biller_was_asked(chen: Customer) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        known = biller("mobile")
        wish = actions.BillWish(
            customer=chen,
            biller=known,
            reference=known.samples["due"],
            amount=3_000,
            actor=customer_actor(chen),
            key=key(),
        )
        outcome = submit(actions.plan_bill(wish))  # and then the process died
        assert actions.ask_due() == 0
        clock.advance(timedelta(seconds=31))
        assert actions.ask_due() == 1
        assert Payment.objects.get(id=outcome.id).state == "succeeded"


def test_a_crash_after_it_was_claimed(chen: Customer) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        known = biller("mobile")
        wish = actions.BillWish(
            customer=chen,
            biller=known,
            reference=known.samples["due"],
            amount=3_000,
            actor=customer_actor(chen),
            key=key(),
        )
        outcome = submit(actions.plan_bill(wish))
        assert asking._claim(outcome.id)
        assert asking.ask(outcome.id, SYSTEM("topay")) is not None  # nobody knew it: sent now
        assert Payment.objects.get(id=outcome.id).state == "succeeded"
        assert SimulatedBill.objects.count() == 1


def test_under_review_nobody_is_asked(chen: Customer) -> None:
    known = biller("mobile")
    wish = actions.BillWish(
        customer=chen,
        biller=known,
        reference=known.samples["due"],
        amount=3_000,
        actor=customer_actor(chen),
        key=key(),
    )
    outcome = submit(actions.plan_bill(wish))
    Payment.objects.filter(id=outcome.id).update(reason="fraud_screen")
    assert asking.ask(outcome.id, SYSTEM("topay")) is None
    review.decide(Payment.objects.get(id=outcome.id), True, SYSTEM("topay"))
    assert Payment.objects.get(id=outcome.id).state == "processing"
    BillPayment.objects.update(next_ask_at=clock.now())
    assert actions.ask_due() == 1
    assert Payment.objects.get(id=outcome.id).state == "succeeded"


def test_nothing_is_asked_for_a_frozen_wallet(chen: Customer) -> None:
    people.place_freeze(chen, reason="stolen", actor=SYSTEM("topay"))
    outcome = pay(chen, code="mobile", amount=3_000)
    assert outcome.reason is Reason.SENDER_RESTRICTED
    assert not SimulatedBill.objects.exists()


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("power", {"reference": "1300000376", "amount": 100}),
        ("mobile", {"amount": 999}),
        ("mobile", {"amount": 50_001}),
        ("broadband", {"amount": 6_901}),
    ],
)
def test_what_no_form_lets_through(chen: Customer, code: str, more: dict[str, Any]) -> None:
    with pytest.raises(actions.BillRefused):
        pay(chen, code=code, **more)
    assert not Payment.objects.filter(kind="bill").exists()


def test_saved_billers(chen: Customer) -> None:
    known = biller()
    for name in ("家里", "老家"):
        saved = actions.save_biller(
            customer=chen,
            biller=known,
            reference=known.samples["due"],
            name=name,
            actor=customer_actor(chen),
        )
    assert SavedBiller.objects.get().name == "老家"
    actions.forget_biller(saved, actor=customer_actor(chen))
    actions.forget_biller(saved, actor=customer_actor(chen))
    assert not SavedBiller.objects.exists()


def test_only_one_retry_of_what_has_no_bill_number_succeeds(
    customer_factory: CustomerFactory,
) -> None:
    poor = customer_factory(identity_level=2)

    def phone(amount: int = 10_000, **more: Any) -> Outcome:
        return pay(poor, code="mobile", amount=amount, **more)

    failed = Payment.objects.get(id=phone().id)
    assert (failed.reason, failed.details["bill"]) == (Reason.BALANCE_SHORT, "")
    fund(poor, 100_000)
    done = phone(retry_of=failed)
    assert done.state is PaymentState.SUCCEEDED, done
    left = available(poor)
    again = phone(retry_of=failed)
    assert (again.reason, again.facts["first"]) == (Reason.DUPLICATE, done.number)
    assert available(poor) == left
    # Another sum is another payment, and so is the same one asked for afresh.
    assert phone(5_000, retry_of=failed).ok
    assert phone().ok
