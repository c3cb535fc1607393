"""Refunds for tests: purchases from the wallet, card payments of any age, requests."""

from datetime import timedelta
from typing import Any

from paydesk.kit import clock, ids
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import AccountCode
from paydesk.money.merchants.models import Merchant
from paydesk.money.orders.actions.disbursing import DisburseWish, plan_disbursements
from paydesk.money.orders.actions.paying import Pay, pay_order
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.states import AttemptState, Direction, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.money.refunds import actions
from paydesk.money.refunds.models import Dispute, RefundRequest
from paydesk.money.refunds.rules import Why
from paydesk.notifications.models import Message
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.money.orders.shops import order
from tests.money.payments.helpers import customer_actor, key, top_up

ABOUT = "一直没有收到货"


def bought(
    customer: Customer, merchant: Merchant, amount: int = 8_800, *, reference: str = "A-1001"
) -> Payment:
    """A purchase from the wallet; `reference` is the merchant's own."""
    made = order(merchant, amount, reference=reference)
    outcome = pay_order(Pay(made, customer, customer_actor(customer), key()))
    assert outcome.state is PaymentState.SUCCEEDED, outcome
    return Payment.objects.get(id=outcome.id)


def by_card(customer: Customer, last4: str = "4242", *, amount: int = 5_000) -> Payment:
    """A top-up by card."""
    outcome = top_up(customer, amount, token=f"sim_card_{last4}")
    assert outcome.state is PaymentState.SUCCEEDED, outcome
    return Payment.objects.get(id=outcome.id)


def charged(payment: Payment, last4: str = "4242") -> Payment:
    """The payment with the charge at a provider that a purchase by card has."""
    Attempt.objects.create(
        id=ids.uuid7(),
        brand=payment.brand,
        payment=payment,
        number=1,
        provider="simulated",
        direction=Direction.CHARGE,
        token=f"sim_card_{last4}",
        shown={"kind": "card", "last4": last4},
        amount=payment.amount,
        currency=payment.currency,
        state=AttemptState.PAID,
        started_at=payment.created_at,
        finished_at=payment.finished_at,
    )
    return payment


def long_ago(make: CustomerFactory, days: int) -> tuple[Customer, Payment]:
    """A customer of then, and a top-up by card of then. Before anything else of the test: money
    never moves back in time."""
    with clock.travel(clock.now() - timedelta(days=days)):
        customer = make()
        return customer, by_card(customer)


def asked(customer: Customer, payment: Payment, amount: int, **more: Any) -> RefundRequest:
    """A request by the customer."""
    values: dict[str, Any] = {"why": Why.NOT_RECEIVED, "text": ABOUT, "key": key()} | more
    return actions.ask(
        customer=customer,
        payment=payment,
        amount=amount,
        actor=customer_actor(customer),
        **values,
    )


def drain(merchant: Merchant, to: Customer, amount: int) -> None:
    """The merchant pays what it has to somebody else."""
    wish = DisburseWish(
        merchant.brand,
        merchant.id,
        merchant.owner_id,
        to.number,
        amount,
        "CNY",
        reference="out",
        note="",
        key=key(),
    )
    [plan] = plan_disbursements([wish])
    assert submit(plan).state is PaymentState.SUCCEEDED


def steps(request: RefundRequest) -> list[str]:
    """The kinds of the timeline's lines."""
    return list(request.steps.order_by("id").values_list("kind", flat=True))


def mails(customer: Customer) -> list[str]:
    """The templates of the mails about refunds that the customer got."""
    found = Message.objects.filter(user_id=customer.user_id, template__startswith="refunds/")
    return [one.removeprefix("refunds/") for one in found.order_by("created_at", "id").values_list(
        "template", flat=True)]  # fmt: skip


def follow_all() -> None:
    """What the job after each batch would do, for all payments there are."""
    actions.follow_changed(str(one) for one in Payment.objects.values_list("id", flat=True))


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


def losses() -> int:
    """What the house has lost so far, in minor units."""
    account = ledger.account_for("topay", "CNY", AccountCode.LOSSES)
    return -ledger.balance(account).posted if account else 0


def tries(row: Dispute) -> list[tuple[str, str]]:
    """State and reason of each payment of a dispute, in their order."""
    found = Payment.objects.filter(purpose__in=row.purposes).order_by("created_at", "id")
    return list(found.values_list("state", "reason"))
