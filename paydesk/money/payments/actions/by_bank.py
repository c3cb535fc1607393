"""Paying back by bank what is owed and no wallet can take: to a closed customer, or in a currency
that the brand does not offer. Staff had it paid out, and write that down; always with a second
person's yes.

A payment of its own takes it out of the provider's clearing account, where it lies, into the
house's bank account, which it left. Its purpose is the one that a credit of the same money has: it
goes one of both ways, once.
"""

from dataclasses import dataclass
from datetime import date

from paydesk.kit import ids
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes
from paydesk.money.payments.actions import asking, reconcile
from paydesk.money.payments.actions.refund import ApprovalNeeded
from paydesk.money.payments.checks import Once
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.people.models import Customer
from paydesk.people.rules import ApprovedDecision, objection_to

PAY_BACK = "reconcile.by_bank"
"""Action code of the approval; its subject is `subject` of the payment."""
REFERENCE_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed to a customer because of a payment: minor units that lie at the provider of an
    attempt. `purpose`: what the payment is for that settles it. `taken`: it is what was charged."""

    payment: Payment
    attempt: Attempt
    customer: Customer
    amount: int
    currency: str
    purpose: str
    taken: reconcile.Taken | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """How it was paid out: on which day, and the bank's reference."""

    day: date
    reference: str


def charged(payment: Payment) -> Owed | None:
    """What a provider took for the payment, where no wallet can take it."""
    taken, customer = reconcile.paid_uncredited(payment), reconcile.getter(payment)
    if taken is None or customer is None or reconcile.has_wallet(customer, taken.currency):
        return None
    purpose = reconcile.purpose(taken.attempt)
    attempt, amount, currency = taken
    return Owed(payment, attempt, customer, amount, currency, purpose, taken)


def subject(payment: Payment) -> str:
    """What a second person agrees to."""
    return f"payment:{payment.id}:by_bank"


def pay_back(
    owed: Owed, transfer: Transfer, *, actor: Actor, note: str, approval: ApprovedDecision
) -> Outcome:
    """Book that it was paid out; the outcome is of the new payment.

    Done once, however often it is asked. `note` is kept in the audit. Raises ApprovalNeeded,
    plans.InsideTransaction.
    """
    payment = owed.payment
    objection = objection_to(
        approval, action=PAY_BACK, subject=subject(payment), since=payment.created_at
    )
    if objection:
        raise ApprovalNeeded(0, objection)
    plan = _plan(owed, transfer, actor, note, approval)
    if owed.taken is None:
        return submit(plan)
    return reconcile.end_with(plan, payment, owed.taken, actor, paid_back="bank")


def done(purpose: str) -> Payment | None:
    """The payment that settled what is owed, whichever way; None while nobody did."""
    return Payment.objects.filter(purpose=purpose, state=PaymentState.SUCCEEDED).first()


def _plan(
    owed: Owed, transfer: Transfer, actor: Actor, note: str, approval: ApprovedDecision
) -> Plan:
    known = accounts.chart(owed.payment.brand, owed.customer)
    source = known.clearing(owed.currency, owed.attempt.provider)
    target = known.bank(owed.currency)
    new = _new(owed, transfer, approval)
    item = Item(new.id, Kind.PLAIN, source, target, owed.amount, codes.RECONCILED)
    checks = (Once(owed.purpose),)
    return Plan(owed.payment.brand, actor, new, (source, target), checks, (item,), remark=note)


def _new(owed: Owed, transfer: Transfer, approval: ApprovedDecision) -> NewPayment:
    new_id, brand = ids.uuid7(), owed.payment.brand
    content = {"kind": PAY_BACK, "of": owed.payment.id}
    return NewPayment(
        id=new_id,
        number=asking.public_number(),
        kind=PaymentKind.WITHDRAWAL,
        amount=owed.amount,
        currency=owed.currency,
        # Each try has a key of its own: `Once` guards.
        asked=asking.asked(SYSTEM(brand), f"bank:{new_id.hex}", content),
        payer=owed.customer.id,
        purpose=owed.purpose,
        retry_of=owed.payment.id if owed.taken else None,
        details={
            "pays_back": owed.payment.number,
            "day": transfer.day.isoformat(),
            "reference": transfer.reference,
        },
        approval=approval.request_id,
    )
