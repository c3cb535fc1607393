"""Crediting what a provider really took: another amount or currency than ordered (row 21), or for a
payment that had been given up, or whose merchant has closed (row 19). A person decides; above the
brand's limit, and in another currency, a second one agrees.

The first payment ends as failed, a new one carries what was paid: no payment's terms change. So
a merchant is paid as was ordered or not at all: what came for a purchase is the payer's, in the
wallet, and the order can be paid again. What no wallet can take is paid back by bank (`by_bank`).
"""

from typing import NamedTuple
from uuid import UUID

from paydesk.brands import profiles
from paydesk.kit import ids
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes
from paydesk.money.payments.actions import asking
from paydesk.money.payments.actions.notify import CONTRADICTS
from paydesk.money.payments.actions.refund import ApprovalNeeded
from paydesk.money.payments.checks import CanReceive, Followed, Once
from paydesk.money.payments.known import outcome_of
from paydesk.money.payments.models import Attempt, Payment, ProviderNotification
from paydesk.money.payments.plans import NewPayment, Outcome, Plan, Settlement
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import Said
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import Direction, PaymentKind, PaymentState
from paydesk.money.payments.submit import submit, submit_many
from paydesk.people.models import Customer
from paydesk.people.rules import ApprovedDecision, objection_to

RECONCILE = "reconcile"
"""Action code of the approval above the brand's limit; its subject is `payment:<uuid>`."""


class NothingToReconcile(ValueError):
    """The provider took nothing for this payment that was not credited, or no wallet takes it."""


class Taken(NamedTuple):
    """What a provider took and nobody got: for which attempt, minor units, and their currency."""

    attempt: Attempt
    amount: int
    currency: str


def paid_uncredited(payment: Payment) -> Taken | None:
    """What a provider took for the payment and nobody got, nor will by itself."""
    attempt = _charge(payment)
    if attempt is None or getter(payment) is None:
        return None
    if credit_of(attempt):
        return None
    if payment.state != PaymentState.PROCESSING:
        return _contradicted(payment, attempt)
    if payment.reason == Reason.AMOUNT_DIFFERS:
        facts = payment.facts
        return Taken(attempt, int(facts["notified"]), str(facts["notified_currency"]))
    if payment.reason == Reason.PAID_NOT_CREDITED and _is_gone(payment):
        return Taken(attempt, attempt.amount, attempt.currency)
    return None


def _is_gone(payment: Payment) -> bool:
    """Whether who was to get what was taken is closed, for ever."""
    side = payment.merchant or payment.payee
    return side is not None and side.closed_at is not None


def has_wallet(customer: Customer, currency: str) -> bool:
    """Whether the customer has a wallet in the currency, or can have one."""
    offered = profiles.get(customer.brand).currencies
    return customer.closed_at is None and currency in offered


def getter(payment: Payment) -> Customer | None:
    """Into whose wallet goes what was taken: who tops up, or who pays a merchant."""
    match payment.kind:
        case PaymentKind.TOPUP:
            return payment.payee
        case PaymentKind.PURCHASE:
            return payment.payer
    return None


def _charge(payment: Payment) -> Attempt | None:
    attempts = Attempt.objects.filter(payment=payment, direction=Direction.CHARGE)
    return attempts.order_by("-number").first()


def credit_of(attempt: Attempt) -> Payment | None:
    """The payment that credited what the attempt took, or paid it back by bank; None while neither
    was done."""
    done = Payment.objects.filter(purpose=purpose(attempt), state=PaymentState.SUCCEEDED)
    return done.first()


def _contradicted(payment: Payment, attempt: Attempt) -> Taken | None:
    """What a provider said it took after the payment had been given up."""
    if payment.state != PaymentState.FAILED:
        return None
    told = ProviderNotification.objects.filter(attempt=attempt, verified=True, result=CONTRADICTS)
    last = told.order_by("received_at").last()
    if last is None:
        return None
    answer = registry.get(last.provider).reread(last.brand, bytes(last.raw)).answer
    return Taken(attempt, answer.amount, answer.currency) if answer.said is Said.PAID else None


def credit_what_was_paid(
    payment: Payment, *, actor: Actor, note: str = "", approval: ApprovedDecision | None = None
) -> Outcome:
    """Put what the provider really took into the wallet of its `getter`; the outcome is of the new
    payment.

    Done once, however often it is asked. Whoever calls has checked the permission. Raises
    NothingToReconcile, ApprovalNeeded, plans.InsideTransaction.
    """
    found = paid_uncredited(payment)
    if found is None:
        return finish(payment, actor)
    payee = getter(payment)
    if payee is None or not has_wallet(payee, found.currency):
        raise NothingToReconcile(payment.number)
    _check_approval(payment, found, approval)
    return end_with(_credit(payment, payee, found, actor, note, approval), payment, found, actor)


def end_with(plan: Plan, payment: Payment, taken: Taken, actor: Actor, **facts: str) -> Outcome:
    """Carry out the plan that does with what was taken what a person decided, and end the payment
    with it, `facts` added to its own. The outcome is the plan's."""
    plans = [plan]
    if payment.state == PaymentState.PROCESSING:
        # In the same transaction: afterwards nobody would look for the payment any more.
        plans.append(_ending(payment, taken.attempt, actor, **facts))
    done = submit_many(plans)
    for answer in done:
        if isinstance(answer, Exception):
            raise answer
    first = done[0]
    assert isinstance(first, Outcome)
    return first


def finish(payment: Payment, actor: Actor) -> Outcome:
    """End a payment that waits though it was credited, or paid back: its two plans were parted, by
    a fault in the first try at both and a crash in the second. Raises NothingToReconcile."""
    attempt = _charge(payment)
    credited = credit_of(attempt) if attempt else None
    if attempt is None or credited is None or payment.state != PaymentState.PROCESSING:
        raise NothingToReconcile(payment.number)
    facts = {"paid_back": "bank"} if credited.kind == PaymentKind.WITHDRAWAL else {}
    submit(_ending(payment, attempt, actor, **facts))
    return outcome_of(credited, repeated=True)


def _credit(
    payment: Payment,
    payee: Customer,
    taken: Taken,
    actor: Actor,
    note: str,
    approval: ApprovedDecision | None,
) -> Plan:
    chart = accounts.chart(payment.brand, payee)
    source = chart.clearing(taken.currency, taken.attempt.provider)
    target = chart.wallet(payee, taken.currency)
    new = _new(payment, taken, payee, approval)
    checks = (Once(new.purpose), CanReceive(target, payee.id, own=True))
    item = Item(new.id, Kind.PLAIN, source, target, taken.amount, codes.RECONCILED)
    return Plan(payment.brand, actor, new, (source, target), checks, (item,), remark=note)


def _new(
    payment: Payment, taken: Taken, payee: Customer, approval: ApprovedDecision | None
) -> NewPayment:
    new_id: UUID = ids.uuid7()
    return NewPayment(
        id=new_id,
        number=asking.public_number(),
        kind=PaymentKind.TOPUP,
        amount=taken.amount,
        currency=taken.currency,
        # Each try has a key of its own: one that was refused may be tried again, `Once` guards.
        asked=asking.asked(
            SYSTEM(payment.brand), f"rec:{new_id.hex}", {"kind": RECONCILE, "of": payment.id}
        ),
        payee=payee.id,
        purpose=purpose(taken.attempt),
        details={"reconciles": payment.number},
        method=payment.method,
        retry_of=payment.id,
        approval=approval.request_id if approval else None,
    )


def _ending(payment: Payment, attempt: Attempt, actor: Actor, **facts: str) -> Plan:
    waits = Reason(payment.reason)
    said = Settlement(
        payment=payment.id,
        attempt=None,
        state=PaymentState.FAILED,
        attempt_state=None,
        reason=waits,
        facts={**payment.facts, "reconciled": str(attempt.id), **facts},
        only_if=frozenset({waits}),
    )
    # Once the credit is there: where it was refused, the payment goes on waiting for it.
    return Plan(payment.brand, actor, said, checks=(Followed(purpose(attempt)),))


def takes_two(taken: Taken) -> bool:
    """Whether crediting it takes a second person whatever its amount: in the currency that was not
    ordered nobody has agreed to any."""
    return taken.currency != taken.attempt.currency


def _check_approval(payment: Payment, taken: Taken, approval: ApprovedDecision | None) -> None:
    limit = profiles.get(payment.brand).limits[taken.currency].agent_refund
    if approval is None:
        if taken.amount > limit or takes_two(taken):
            raise ApprovalNeeded(limit)
        return
    objection = objection_to(
        approval, action=RECONCILE, subject=f"payment:{payment.id}", since=payment.created_at
    )
    if objection:
        raise ApprovalNeeded(limit, objection)


def purpose(attempt: Attempt) -> str:
    """What the payment is for that credits what the attempt took, or pays it back: one of both."""
    return f"reconcile:{attempt.id}"
