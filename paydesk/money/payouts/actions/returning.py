"""A withdrawal that the bank sends back after it was paid (row 43): the wallet gets it again.

The message is taken first, then the credit is made as a payment of its own, linked to the
withdrawal. While the wallet can't receive, the credit waits and is tried again: it stays owed. To a
closed account it is never tried: staff see it listed, and pay it back by bank.
The fee stays: sending it did cost.
"""

import logging
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from paydesk.audit import actions as audit
from paydesk.kit import ids
from paydesk.kit.actors import SYSTEM
from paydesk.kit.money import format_amount
from paydesk.kit.sweeping import each
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes
from paydesk.money.payments.actions import asking
from paydesk.money.payments.checks import CanReceive, Once
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.plans import NewPayment, Plan
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.money.payouts.models import Withdrawal
from paydesk.money.payouts.rules import WithdrawalState
from paydesk.people import queries as people
from paydesk.people.telling import write

BATCH = 50
log = logging.getLogger(__name__)


@transaction.atomic
def take_return(attempt_id: UUID, *, code: str, amount: int, currency: str, at: datetime) -> bool:
    """Note that the bank sent `amount` (minor units) of a paid withdrawal back; False if that is
    known, not one of ours, or not what went out: then a person looks, and nothing is credited.

    Idempotent. The credit follows by `credit_due`.
    """
    row = Withdrawal.objects.select_for_update().filter(attempt_id=attempt_id).first()
    if row is None or row.state != WithdrawalState.SENDING:
        return False
    payment = Payment.objects.get(id=row.payment_id)
    if payment.state != PaymentState.SUCCEEDED:
        return False  # what was never paid can't come back; payments settles it
    if (amount, currency) != (payment.amount, payment.currency):
        log.error("withdrawal %s came back with another amount", row.payment_id)
        return False
    row.state, row.returned_at = WithdrawalState.RETURNING, at
    row.return_code = code[:40]
    row.save(update_fields=["state", "returned_at", "return_code"])
    audit.record(
        brand=row.brand,
        actor=SYSTEM(row.brand),
        action="payouts.returned",
        subject=f"payment:{row.payment_id}",
        details={"code": row.return_code, "attempt": attempt_id},
    )
    return True


def credit_due() -> int:
    """Credit what came back and is not credited yet; answers how many were."""
    each(_note, _credited_unnoted())
    left = (
        Withdrawal.objects.filter(state=WithdrawalState.RETURNING, customer__closed_at=None)
        .select_related("payment", "customer__user")
        .order_by("returned_at")
    )
    # A refused try would only fill the history. Wallets frozen for long don't fill the batch.
    able = (row for row in left if not people.blocks_of(row.customer_id).receive)
    return each(_credit, islice(able, BATCH))


@transaction.atomic
def paid_back(payment: Payment, by: Payment) -> bool:
    """Note that what came back of a withdrawal was paid out once more; whether this did."""
    found = Withdrawal.objects.filter(payment=payment, state=WithdrawalState.RETURNING)
    return bool(found.update(state=WithdrawalState.RETURNED, credit=by))


def _credited_unnoted() -> QuerySet[Withdrawal]:
    """Those of closed accounts that were credited before they closed, by a process that died before
    it noted that. (An open one's credit is asked for again, and answered as it was.)"""
    rows = Withdrawal.objects.filter(state=WithdrawalState.RETURNING, payment__refunded__gt=0)
    return rows.filter(customer__closed_at__isnull=False).select_related("payment", "customer")


def _note(row: Withdrawal) -> bool:
    credits = row.payment.refunds.filter(state=PaymentState.SUCCEEDED)
    _done(row, credits.values_list("id", flat=True)[0])
    return True


def _credit(row: Withdrawal) -> bool:
    outcome = submit(_plan(row))
    if outcome.state is PaymentState.SUCCEEDED:
        _done(row, outcome.id)
        return True
    # Refused under the locks (frozen just now): the next try needs a key of its own.
    Withdrawal.objects.filter(payment=row.payment_id, credit_tries=row.credit_tries).update(
        credit_tries=row.credit_tries + 1
    )
    return False


def _plan(row: Withdrawal) -> Plan:
    payment = row.payment
    assert row.attempt_id
    provider = Attempt.objects.values_list("provider", flat=True).get(id=row.attempt_id)
    known = accounts.chart(row.brand, row.customer)
    wallet = known.wallet(row.customer, payment.currency)
    clearing = known.clearing(payment.currency, provider)
    new = _new(row)
    item = Item(new.id, Kind.PLAIN, clearing, wallet, payment.amount, codes.RETURNED)
    checks = (CanReceive(wallet, row.customer_id, own=True), Once(new.purpose))
    return Plan(row.brand, SYSTEM(row.brand), new, (clearing, wallet), checks, (item,))


def _new(row: Withdrawal) -> NewPayment:
    payment = row.payment
    assert row.returned_at
    key = f"returned:{row.payment_id}:{row.credit_tries}"
    return NewPayment(
        id=ids.uuid7(),
        number=asking.public_number(),
        kind=PaymentKind.REFUND,
        amount=payment.amount,
        currency=payment.currency,
        asked=asking.asked(SYSTEM(row.brand), key, {"returned": str(row.payment_id)}),
        payee=row.customer_id,
        original=payment.id,
        purpose=row.return_purpose,
        details={"withdrawal": str(payment.id)},
        recipient_shown=payment.recipient_shown,
        reason=Reason.BANK_RETURNED,
        facts={
            "code": row.return_code,
            "returned_at": row.returned_at.isoformat(),
            "amount": payment.amount,
            "currency": payment.currency,
        },
    )


@transaction.atomic
def _done(row: Withdrawal, credit: UUID) -> None:
    changed = Withdrawal.objects.filter(
        payment=row.payment_id, state=WithdrawalState.RETURNING
    ).update(state=WithdrawalState.RETURNED, credit_id=credit)
    if changed:
        write(
            row.customer,
            "payouts/returned",
            {
                "amount": format_amount(row.payment.amount, row.payment.currency),
                "bank": row.payment.recipient_shown,
                "number": row.payment.number,
            },
        )
