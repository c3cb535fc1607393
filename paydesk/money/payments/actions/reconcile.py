"""Crediting what a provider really took: another amount than ordered (row 21), or for a payment
that had been given up (row 19). A person decides; above the brand's limit a second one agrees.

The first payment ends as failed, a new one carries what was paid: no payment's terms change. So
a merchant is paid as was ordered or not at all: what came for a purchase is the payer's, in the
wallet, and the order can be paid again.
"""

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
    """The provider took nothing for this payment that was not credited, or not in its currency."""


def paid_uncredited(payment: Payment) -> tuple[Attempt, int] | None:
    """The attempt for which a provider took money that nobody got, and how many minor units."""
    attempt = _charge(payment)
    if attempt is None or getter(payment) is None:
        return None
    if credit_of(attempt):
        return None
    if payment.state == PaymentState.PROCESSING and payment.reason == Reason.AMOUNT_DIFFERS:
        same = payment.facts.get("notified_currency") == attempt.currency
        return (attempt, int(payment.facts["notified"])) if same else None
    return _contradicted(payment, attempt)


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
    """The payment that credited what the attempt took; None while nobody had it credited."""
    done = Payment.objects.filter(purpose=_purpose(attempt), state=PaymentState.SUCCEEDED)
    return done.first()


def _contradicted(payment: Payment, attempt: Attempt) -> tuple[Attempt, int] | None:
    """What a provider said it took after the payment had been given up."""
    if payment.state != PaymentState.FAILED:
        return None
    told = ProviderNotification.objects.filter(attempt=attempt, verified=True, result=CONTRADICTS)
    last = told.order_by("received_at").last()
    if last is None:
        return None
    answer = registry.get(last.provider).reread(last.brand, bytes(last.raw)).answer
    same = answer.said is Said.PAID and answer.currency == attempt.currency
    return (attempt, answer.amount) if same else None


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
        return _finish(payment, actor)
    attempt, amount = found
    _check_approval(payment, amount, attempt.currency, approval)
    plans = [_credit(payment, attempt, amount, actor, note, approval)]
    if payment.state == PaymentState.PROCESSING:
        # In the same transaction: afterwards nobody would look for the payment any more.
        plans.append(_ending(payment, attempt, actor))
    done = submit_many(plans)
    for answer in done:
        if isinstance(answer, Exception):
            raise answer
    credited = done[0]
    assert isinstance(credited, Outcome)
    return credited


def _finish(payment: Payment, actor: Actor) -> Outcome:
    """End a payment that waits though it was credited: its two plans were parted, by a fault in
    the first try at both and a crash in the second."""
    attempt = _charge(payment)
    credited = credit_of(attempt) if attempt else None
    if attempt is None or credited is None or payment.state != PaymentState.PROCESSING:
        raise NothingToReconcile(payment.number)
    submit(_ending(payment, attempt, actor))
    return outcome_of(credited, repeated=True)


def _credit(
    payment: Payment,
    attempt: Attempt,
    amount: int,
    actor: Actor,
    note: str,
    approval: ApprovedDecision | None,
) -> Plan:
    payee = getter(payment)
    assert payee
    chart = accounts.chart(payment.brand, payee)
    source = chart.clearing(attempt.currency, attempt.provider)
    target = chart.wallet(payee, attempt.currency)
    new = _new(payment, attempt, amount, payee, approval)
    checks = (Once(_purpose(attempt)), CanReceive(target, payee.id, own=True))
    item = Item(new.id, Kind.PLAIN, source, target, amount, codes.RECONCILED)
    return Plan(payment.brand, actor, new, (source, target), checks, (item,), remark=note)


def _new(
    payment: Payment,
    attempt: Attempt,
    amount: int,
    payee: Customer,
    approval: ApprovedDecision | None,
) -> NewPayment:
    new_id: UUID = ids.uuid7()
    return NewPayment(
        id=new_id,
        number=asking.public_number(),
        kind=PaymentKind.TOPUP,
        amount=amount,
        currency=attempt.currency,
        # Each try has a key of its own: one that was refused may be tried again, `Once` guards.
        asked=asking.asked(
            SYSTEM(payment.brand), f"rec:{new_id.hex}", {"kind": RECONCILE, "of": payment.id}
        ),
        payee=payee.id,
        purpose=_purpose(attempt),
        details={"reconciles": payment.number},
        method=payment.method,
        retry_of=payment.id,
        approval=approval.request_id if approval else None,
    )


def _ending(payment: Payment, attempt: Attempt, actor: Actor) -> Plan:
    said = Settlement(
        payment=payment.id,
        attempt=None,
        state=PaymentState.FAILED,
        attempt_state=None,
        reason=Reason.AMOUNT_DIFFERS,
        facts={**payment.facts, "reconciled": str(attempt.id)},
        only_if=frozenset({Reason.AMOUNT_DIFFERS}),
    )
    # Once the credit is there: where it was refused, the payment goes on waiting for it.
    return Plan(payment.brand, actor, said, checks=(Followed(_purpose(attempt)),))


def _check_approval(
    payment: Payment, amount: int, currency: str, approval: ApprovedDecision | None
) -> None:
    limit = profiles.get(payment.brand).limits[currency].agent_refund
    if approval is None:
        if amount > limit:
            raise ApprovalNeeded(limit)
        return
    objection = objection_to(
        approval, action=RECONCILE, subject=f"payment:{payment.id}", since=payment.created_at
    )
    if objection:
        raise ApprovalNeeded(limit, objection)


def _purpose(attempt: Attempt) -> str:
    return f"reconcile:{attempt.id}"
