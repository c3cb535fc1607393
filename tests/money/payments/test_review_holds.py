"""Payments of every kind under review: all that they hold goes on, or is free again."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from paydesk.audit.models import Entry
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.models import OpenHold
from paydesk.money.ledger.verify import verify
from paydesk.money.orders.actions import paying
from paydesk.money.orders.actions.paying import Pay
from paydesk.money.orders.rules import Capture
from paydesk.money.payments import accounts, actions, fees
from paydesk.money.payments.actions.review import holds_of
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payouts import actions as payouts
from paydesk.money.payouts.models import Withdrawal
from paydesk.money.risk.models import Review
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.bills.test_paying import pay as pay_bill
from tests.money.exchange import helpers as exchange
from tests.money.orders.shops import order, shop
from tests.money.payments.helpers import available, customer_actor, fund, key, send, staff_actor
from tests.money.payouts.helpers import bank_account, monday, withdraw
from tests.money.risk.helpers import in_force, rule, seated

pytestmark = pytest.mark.usefixtures("committed_db")
FUNDS, FEE, DOLLARS = 100_000, 7, 1_000_000
Maker = Callable[[Customer, Customer], Outcome]


def _remit(payer: Customer, other: Customer) -> Outcome:
    return exchange.remit(exchange.quote(payer, 5_000, kind=PaymentKind.REMITTANCE), other.number)


def _purchase(capture: Capture) -> Maker:
    def pay(payer: Customer, other: Customer) -> Outcome:
        one = order(shop(other), 5_000, capture=capture)
        return paying.pay_order(Pay(one, payer, customer_actor(payer), key()))

    return pay


MAKERS: dict[str, tuple[int, Maker]] = {  # with how many holds each places
    "transfer": (2, lambda payer, other: send(payer, other, 5_000)),
    "remittance": (3, _remit),
    "purchase": (2, _purchase(Capture.AUTOMATIC)),
    "reserved purchase": (2, _purchase(Capture.MANUAL)),
    "withdrawal": (2, lambda payer, _: withdraw(payer, bank_account(payer), 5_000)),
    "bill": (2, lambda payer, _: pay_bill(payer)),
}


@pytest.fixture
def payer(
    customer_factory: CustomerFactory, staff_factory: StaffFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Customer]:
    """Somebody of whom every payment is looked at, and costs a fee."""
    in_force(staff_factory, rule("look", "review", {"amount": {"at_least": {"CNY": 100}}}))
    monkeypatch.setattr(fees, "fee", lambda *_: FEE)
    with clock.travel(monday() - timedelta(days=5)):
        made = customer_factory(name="陈晓雯", identity_level=2)
        fund(made, FUNDS)
    with clock.travel(monday()):
        exchange.rates()
        exchange.liquidity(staff_factory, DOLLARS, "USD")
        yield made


def held(payer: Customer, other: Customer, kind: str) -> Payment:
    """A payment that waits for a person."""
    with seated():
        outcome = MAKERS[kind][1](payer, other)
    assert outcome.state is PaymentState.PROCESSING, outcome
    payment = Payment.objects.get(id=outcome.id)
    assert actions.waits_for_review(payment)
    return payment


def in_liquidity(currency: str) -> tuple[int, int]:
    """What is posted and held of the house's own money for exchange."""
    found = ledger.balance(accounts.chart("topay").liquidity(currency))
    return found.posted, found.held


@pytest.mark.parametrize("kind", MAKERS)
def test_no_part_is_forgotten_and_a_refusal_frees_all(
    payer: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory, kind: str
) -> None:
    payment = held(payer, customer_factory(), kind)
    found = [one.id for one in holds_of(payment)]
    assert found[0] == payment.id
    assert len(found) == MAKERS[kind][0]
    assert set(found) == set(OpenHold.objects.values_list("transfer_id", flat=True))
    outcome = actions.decide(payment, False, staff_actor(staff_factory()))
    assert outcome.state is PaymentState.FAILED
    assert not OpenHold.objects.exists()
    assert available(payer) == FUNDS
    assert in_liquidity("USD") == (DOLLARS, 0)
    assert Review.objects.get().state == "refused"
    assert verify().ok


def test_a_remittance_let_through_reaches_its_payee(
    payer: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    payee = customer_factory()
    payment = held(payer, payee, "remittance")
    received = payment.received_amount
    assert received
    assert (available(payee, "USD"), in_liquidity("USD")) == (0, (DOLLARS, received))
    done = actions.decide(payment, True, staff_actor(staff_factory()))
    assert (done.state, done.reason) == (PaymentState.SUCCEEDED, None)
    assert available(payee, "USD") == received
    assert available(payer) == FUNDS - 5_000 - FEE
    assert in_liquidity("USD") == (DOLLARS - received, 0)
    assert in_liquidity("CNY") == (5_000, 0)
    assert not OpenHold.objects.exists()
    assert verify().ok


def test_a_remittance_is_let_through_days_later(
    payer: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    payee = customer_factory()
    payment = held(payer, payee, "remittance")
    clock.advance(timedelta(days=2))  # ids that carry the payment's moment are too old by now
    assert actions.decide(payment, True, staff_actor(staff_factory())).ok
    assert available(payee, "USD") == payment.received_amount
    assert not OpenHold.objects.exists()
    assert verify().ok


def test_the_review_says_who_let_it_through(
    payer: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    payment, boss = held(payer, customer_factory(), "withdrawal"), staff_factory()
    actions.decide(payment, True, staff_actor(boss))
    review = Review.objects.get()
    assert (review.state, review.decided_by, review.decided_at) == ("approved", boss, clock.now())
    entry = Entry.objects.get(action="risk.review_approved")
    assert (entry.subject, entry.actor) == (f"payment:{payment.id}", f"staff:{boss.id}")
    # What becomes of it at the bank is no decision about it.
    payouts.cancel(Withdrawal.objects.get(payment=payment), actor=customer_actor(payer))
    review.refresh_from_db()
    assert review.state == "approved"


def test_what_its_payer_takes_back_leaves_the_queue(
    payer: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    payment = held(payer, customer_factory(), "withdrawal")
    payouts.cancel(Withdrawal.objects.get(payment=payment), actor=customer_actor(payer))
    assert available(payer) == FUNDS
    review = Review.objects.get()
    assert (review.state, review.decided_by, review.decided_at) == ("ended", None, clock.now())
    assert Entry.objects.get(action="risk.review_ended").actor == str(customer_actor(payer))
    # Whoever had the page open is told, and changes nothing.
    told = actions.decide(payment, True, staff_actor(staff_factory()))
    assert (told.state, told.reason, told.repeated) == (PaymentState.CANCELLED, None, True)
    assert Review.objects.get().state == "ended"


def test_what_could_not_be_carried_out_stays_in_the_queue(
    payer: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    payee = customer_factory()
    payment = held(payer, payee, "transfer")
    people.place_freeze(payee, reason="stolen", actor=SYSTEM("topay"))
    refused = actions.decide(payment, True, staff_actor(staff_factory()))
    assert refused.reason is Reason.RECIPIENT_RESTRICTED
    assert Review.objects.get().state == "open"
