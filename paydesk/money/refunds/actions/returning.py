"""A refund that a provider gave back and that came back to it: it goes into the wallet instead.

That it came back is noted first, then what is put into the wallet is a payment of its own; the
refund stays as it was recorded. While the wallet can't receive, the credit waits and is tried
again: it stays owed. To a closed account it is never tried: staff see it listed, and pay it
back by bank.
"""

from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import F

from paydesk.audit import actions as audit
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.kit.sweeping import each
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes
from paydesk.money.payments.actions import asking
from paydesk.money.payments.checks import CanReceive, Once
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.money.refunds.actions.telling import step
from paydesk.money.refunds.models import RefundRequest, ReturnedRefund
from paydesk.money.refunds.rules import StepKind
from paydesk.people import queries as people

BATCH = 50


def returned(*, attempt_id: str, code: str) -> bool:
    """Put a refund that came back into the wallet of whom it was for; whether this did it.

    A job: outside any transaction, harmless to repeat. Where the wallet can't receive now,
    `credit_due` goes on; where there is nobody to give it to, nothing is done.
    """
    row = _taken(UUID(attempt_id), code)
    return row is not None and row.credit_id is None and _is_able(row) and _credit(row)


def credit_due() -> int:
    """Credit what came back and is not credited yet; answers how many were."""
    left = (
        ReturnedRefund.objects.filter(credit=None, customer__closed_at=None)
        .select_related("attempt__payment", "customer__user")
        .order_by("returned_at")
    )
    # Wallets frozen for long don't fill the batch.
    return each(_credit, islice((row for row in left if _is_able(row)), BATCH))


@transaction.atomic
def paid_back(payment: Payment, by: Payment) -> bool:
    """Note that a refund that came back was paid out by bank instead; whether this did."""
    found = ReturnedRefund.objects.filter(attempt__payment=payment, credit=None)
    return bool(found.update(credit=by))


def _is_able(row: ReturnedRefund) -> bool:
    """Whether the wallet takes credits: a refused try would only fill the history."""
    return row.customer.closed_at is None and not people.blocks_of(row.customer_id).receive


@transaction.atomic
def _taken(attempt_id: UUID, code: str) -> ReturnedRefund | None:
    attempts = Attempt.objects.select_related("payment__payee", "payment__original__payer")
    attempt = attempts.get(id=attempt_id)
    refund = attempt.payment
    customer = refund.payee or (refund.original.payer if refund.original else None)
    if customer is None:
        return None
    row, is_new = ReturnedRefund.objects.get_or_create(
        attempt=attempt,
        defaults={
            "brand": refund.brand,
            "customer": customer,
            "code": code[:40],
            "returned_at": clock.now(),
        },
    )
    if is_new:
        audit.record(
            brand=row.brand,
            actor=SYSTEM(row.brand),
            action="refund.returned",
            subject=f"payment:{refund.id}",
            details={"code": row.code, "attempt": attempt_id},
        )
    return row


def _credit(row: ReturnedRefund) -> bool:
    outcome = submit(_plan(row))
    if outcome.state is PaymentState.SUCCEEDED:
        return _done(row, outcome)
    # Refused under the locks (frozen just now): the next try needs a key of its own.
    ReturnedRefund.objects.filter(attempt=row.attempt_id, credit_tries=row.credit_tries).update(
        credit_tries=F("credit_tries") + 1
    )
    return False


def _plan(row: ReturnedRefund) -> Plan:
    attempt, refund, customer = row.attempt, row.attempt.payment, row.customer
    known = accounts.chart(refund.brand, customer)
    source = known.clearing(refund.currency, attempt.provider)
    target = known.wallet(customer, refund.currency)
    new = _new(row, refund)
    checks = (Once(new.purpose), CanReceive(target, customer.id, own=True))
    item = Item(new.id, Kind.PLAIN, source, target, refund.amount, codes.RETURNED)
    return Plan(refund.brand, SYSTEM(row.brand), new, (source, target), checks, (item,))


def _new(row: ReturnedRefund, refund: Payment) -> NewPayment:
    purpose = row.purpose
    key = f"{purpose}:{row.credit_tries}" if row.credit_tries else purpose
    return NewPayment(
        id=ids.uuid7(),
        number=asking.public_number(),
        kind=PaymentKind.TOPUP,
        amount=refund.amount,
        currency=refund.currency,
        asked=asking.asked(SYSTEM(row.brand), key, {"returned": str(refund.id)}),
        payee=row.customer_id,
        purpose=purpose,
        details={"refund": refund.number, "code": row.code},
        method=dict(refund.method),
    )


@transaction.atomic
def _done(row: ReturnedRefund, credit: Outcome) -> bool:
    """Note the credit and tell whoever asked for the refund, once; whether this was it."""
    changed = ReturnedRefund.objects.filter(attempt=row.attempt_id, credit=None).update(
        credit=credit.id
    )
    refund = row.attempt.payment
    if not changed or not refund.purpose.startswith("refund:"):
        return bool(changed)
    rows = RefundRequest.objects.select_related("customer__user", "payment")
    request = rows.select_for_update(of=("self",)).get(
        id=UUID(refund.purpose.removeprefix("refund:"))
    )
    actor = SYSTEM(request.brand)
    step(request, StepKind.RETURNED, actor, payment=credit.number, amount=refund.amount)
    return True
