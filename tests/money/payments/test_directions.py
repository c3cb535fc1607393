"""Money that goes out through a provider: payouts and refunds, held first, then posted or given
back; and what cards bring later (refunds that fail, disputes)."""

from datetime import timedelta
from typing import Any

import pytest

from paydesk.kit import clock, ids, reactions
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import accounts, actions, codes
from paydesk.money.payments.models import Attempt, Payment, ProviderNotification, SimulatedOrder
from paydesk.money.payments.plans import Asked, NewAttempt, NewPayment, Outcome, Plan
from paydesk.money.payments.providers.protocol import Terms
from paydesk.money.payments.states import Direction, PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.money.payments.helpers import available, key, top_up

pytestmark = pytest.mark.usefixtures("committed_db")
FEE = 100


@pytest.fixture(autouse=True)
def _payments_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other domains make of a withdrawal is theirs to test."""
    for name in ("_together", "_afterwards"):
        kept = {k: v for k, v in getattr(reactions, name).items() if not k.startswith("payment")}
        monkeypatch.setattr(reactions, name, kept)


def pay_out(customer: Customer, last4: str, amount: int = 4_000) -> Outcome:
    """A withdrawal as payouts would ask for it, with its fee, sent at once."""
    chart = accounts.chart("topay", customer)
    wallet, clearing = chart.wallet(customer, "CNY"), chart.clearing("CNY", "simulated")
    payment, fees = ids.uuid7(), chart.fees("CNY")
    attempt = NewAttempt(
        id=ids.uuid7(),
        provider="simulated",
        token="bank:1",
        shown={"kind": "bank", "last4": last4},
        query_at=clock.now() + timedelta(seconds=30),
        direction=Direction.PAYOUT,
        terms=Terms(destination={"last4": last4}).as_json(),
    )
    new = NewPayment(
        id=payment,
        number=ids.public_number(14),
        kind=PaymentKind.WITHDRAWAL,
        amount=amount,
        currency="CNY",
        asked=Asked("system", key(), "x"),
        payer=customer.id,
        fee=FEE,
        state=PaymentState.PROCESSING,
        attempt=attempt,
    )
    hold = Item(payment, Kind.HOLD, wallet, clearing, amount, codes.WITHDRAWAL, linked=True)
    fee = Item(ids.sibling(payment, "fee"), Kind.HOLD, wallet, fees, FEE, codes.FEE)
    plan = Plan("topay", SYSTEM("topay"), new, (wallet, clearing, fees), items=(hold, fee))
    assert submit(plan).state is PaymentState.PROCESSING
    return actions.settle.send(attempt.id, SYSTEM("topay"))


def later(seconds: int) -> None:
    clock.advance(timedelta(seconds=seconds))
    actions.sweep()


def state_of(outcome: Outcome) -> tuple[str, str]:
    payment = Payment.objects.get(id=outcome.id)
    return payment.state, payment.reason


@pytest.mark.parametrize(
    ("last4", "reason"),
    [
        ("0001", "bank_details"),
        ("0004", "recipient_closed"),
        ("0006", "recipient_restricted"),
        ("0041", "bank_not_served"),
        ("0101", "name_differs"),
        ("0404", "screening"),
    ],
)
def test_a_refused_payout_gives_amount_and_fee_back(
    customer_factory: CustomerFactory, last4: str, reason: str
) -> None:
    customer = customer_factory()
    top_up(customer)
    outcome = pay_out(customer, last4)
    assert (outcome.state, outcome.reason) == (PaymentState.FAILED, reason)
    assert available(customer) == 10_000
    assert verify().ok


@pytest.mark.parametrize("last4", ["1234", "0011", "0013", "0015"])
def test_a_payout_is_posted_once_it_is_known(customer_factory: CustomerFactory, last4: str) -> None:
    """Also when the answer got lost, came twice, or was forged before."""
    with clock.travel(clock.now() - timedelta(hours=2)):
        customer = customer_factory()
        top_up(customer)
        outcome = pay_out(customer, last4)
        assert outcome.state in (PaymentState.PROCESSING, PaymentState.UNKNOWN)
        assert available(customer) == 5_900  # held, not gone
        later(21)
        later(60)
        assert state_of(outcome) == ("succeeded", "")
        assert available(customer) == 5_900
        assert verify().ok


def test_a_payout_that_never_arrived_is_given_back(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        customer = customer_factory()
        top_up(customer)
        outcome = pay_out(customer, "0012")
        later(30)
        assert state_of(outcome)[0] == "unknown"
        later(60)
        assert state_of(outcome) == ("failed", "provider_down")
        assert available(customer) == 10_000


def test_a_payout_settled_days_later(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(days=4)):
        customer = customer_factory()
        top_up(customer)
        outcome = pay_out(customer, "1234")
        SimulatedOrder.objects.update(settles_at=clock.now() + timedelta(days=3), notify_at=None)
        clock.advance(timedelta(days=3, seconds=1))
        actions.sweep()
        assert state_of(outcome) == ("succeeded", "")
        assert available(customer) == 5_900


def test_a_charge_known_days_later(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(days=4)):
        customer = customer_factory()
        outcome = top_up(customer, token="sim_card_0921")
        SimulatedOrder.objects.update(settles_at=clock.now() + timedelta(days=3))
        clock.advance(timedelta(days=3, seconds=1))
        actions.sweep()
        assert state_of(outcome) == ("succeeded", "")
        assert available(customer) == 10_000
        assert "transfer" in Payment.objects.get(id=outcome.id).details


def test_sent_back_after_success_is_told_on(
    customer_factory: CustomerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[dict[str, Any]] = []
    with clock.travel(clock.now() - timedelta(hours=2)):
        customer = customer_factory()
        top_up(customer)
        outcome = pay_out(customer, "0043")
        later(21)
        assert state_of(outcome)[0] == "succeeded"
        handlers = {"payout.returned": [lambda **told: heard.append(told)]}
        monkeypatch.setattr(reactions, "_together", handlers)
        monkeypatch.setattr(reactions, "_afterwards", {})
        later(61)
        later(61)
    [told] = heard
    assert told["code"] == "MD07"
    assert told["attempt_id"] == str(Attempt.objects.get(payment_id=outcome.id).id)
    assert ProviderNotification.objects.filter(result="returned").count() == 1


def test_a_dispute_is_told_on(
    customer_factory: CustomerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[dict[str, Any]] = []
    with clock.travel(clock.now() - timedelta(hours=2)):
        outcome = top_up(customer_factory(), token="sim_card_0259")
        assert outcome.state is PaymentState.SUCCEEDED
        handlers = {"provider.dispute": [lambda **told: heard.append(told)]}
        monkeypatch.setattr(reactions, "_together", handlers)
        monkeypatch.setattr(reactions, "_afterwards", {})
        later(21)
        later(600)
    [told] = heard
    assert told["payment_id"] == str(outcome.id)
    assert told["dispute"]["state"] == "open"


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("sim_wallet_closed", "order_closed"),
        ("sim_wallet_short", "source_wallet_short"),
        ("sim_wallet_limit", "provider_limit"),
    ],
)
def test_refusals_of_other_wallets(
    customer_factory: CustomerFactory, token: str, reason: str
) -> None:
    assert top_up(customer_factory(), token=token).reason == reason
