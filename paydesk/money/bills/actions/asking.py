"""Asks billers to accept what was held for them, and settles what they answer.

A biller is asked outside any transaction, by whoever claimed the bill for this turn; the answer
is then submitted as a plan that posts or releases the hold.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.kit.money import format_amount
from paydesk.kit.sweeping import each
from paydesk.money.bills import directory, link
from paydesk.money.bills.models import BillPayment
from paydesk.money.bills.protocol import Answer, BillerDown, BillerSilent, BillOrder, Said
from paydesk.money.bills.rules import FIRST_LOOK, BillState, Next, after
from paydesk.money.ledger.rules import Kind
from paydesk.money.payments.actions.review import endings, holds_of
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome, Plan, Settlement
from paydesk.money.payments.reviewing import waits_for_review
from paydesk.money.payments.settling import pause
from paydesk.money.payments.states import FINISHED, PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.people.telling import write

BATCH = 50


def follow(payment_ids: Iterable[UUID]) -> None:
    """Take notice of the bills among these payments, in the transaction that changed them:
    write the row of a new one, tell its payer of a finished one. Idempotent."""
    found = Payment.objects.filter(id__in=list(payment_ids), kind=PaymentKind.BILL)
    begun, ended = [], {}
    for payment in found.select_related("payer__user"):
        if payment.state in FINISHED:
            ended[payment.id] = payment
        elif payment.state == PaymentState.PROCESSING:
            begun.append(_row(payment))
    BillPayment.objects.bulk_create(begun, ignore_conflicts=True)
    open_bills = BillPayment.objects.filter(payment__in=ended).exclude(state=BillState.DONE)
    rows = list(open_bills)
    open_bills.update(state=BillState.DONE, next_ask_at=None)
    for row in rows:
        _tell(ended[row.payment_id], row)


def _row(payment: Payment) -> BillPayment:
    said = payment.details
    assert payment.payer_id
    return BillPayment(
        payment=payment,
        brand=payment.brand,
        customer_id=payment.payer_id,
        biller=said["biller"],
        reference=said["reference"],
        bill_number=said["bill"],
        next_ask_at=payment.created_at + FIRST_LOOK,
    )


def _tell(payment: Payment, row: BillPayment) -> None:
    """A finished payment changes no more, so its payer is written to once."""
    assert payment.payer
    paid = payment.state == PaymentState.SUCCEEDED
    write(
        payment.payer,
        "bills/paid" if paid else "bills/refused",
        {
            "amount": format_amount(payment.amount, payment.currency),
            "biller": payment.recipient_shown,
            "reference": row.reference,
            "confirmation": row.confirmation,
            "number": payment.number,
        },
    )


def ask_due() -> int:
    """Go on with every bill whose time has come; answers how many."""
    due = BillPayment.objects.filter(next_ask_at__lte=clock.now()).order_by("next_ask_at")
    found = list(due.values_list("payment_id", "brand")[:BATCH])
    return each(lambda one: ask(one[0], SYSTEM(one[1])) is not None, found)


def ask(payment_id: UUID, actor: Actor) -> Outcome | None:
    """Have a biller accept a held bill, or say what became of it; None where it is somebody
    else's turn or a person looks into the payment."""
    row = _claim(payment_id)
    if row is None:
        return None
    first = row.asked == 1
    answer = _answer(_order(row), first=first)
    if answer and answer.said is Said.NOT_FOUND and not first:
        # It never arrived. To ask again is safe: the id makes sure that it is paid once.
        answer = _answer(_order(row), first=True)
    if answer and answer.confirmation:
        BillPayment.objects.filter(payment_id=payment_id).update(confirmation=answer.confirmation)
    assert row.started_at
    found = after(answer, started_at=row.started_at, asked=row.asked, at=clock.now())
    return _settle(row, found, actor)


@transaction.atomic
def _claim(payment_id: UUID) -> BillPayment | None:
    """The bill, its next turn put off first: so two workers never ask at the same time.

    The payment is locked first, as whoever settles it does: nobody decides it meanwhile.
    """
    payments = Payment.objects.select_for_update(skip_locked=True, no_key=True)
    payment = payments.filter(id=payment_id).exclude(state__in=FINISHED).first()
    if payment is None:
        return None
    bills = BillPayment.objects.select_for_update(skip_locked=True)
    row = bills.filter(payment=payment).exclude(state=BillState.DONE).first()
    if row is None:
        return None
    row.payment = payment
    now: datetime = clock.now()
    row.next_ask_at = now + pause(row.asked)
    if waits_for_review(payment):
        row.save(update_fields=["next_ask_at"])
        return None
    row.state, row.asked = BillState.ASKED, row.asked + 1
    row.started_at = row.started_at or now
    row.save(update_fields=["state", "asked", "next_ask_at", "started_at"])
    return row


def _answer(order: BillOrder, *, first: bool) -> Answer | None:
    """What the biller says; None if it says nothing. One that is down did nothing."""
    line = link.get()
    try:
        return line.pay(order) if first else line.query(order)
    except BillerSilent:
        return None
    except BillerDown:
        return Answer(Said.REFUSED, code="down") if first else None


def _order(row: BillPayment) -> BillOrder:
    return BillOrder(
        id=row.payment_id,
        brand=row.brand,
        biller=row.biller,
        reference=row.reference,
        bill_number=row.bill_number,
        amount=row.payment.amount,
        currency=row.payment.currency,
    )


def _settle(row: BillPayment, found: Next, actor: Actor) -> Outcome:
    payment = row.payment
    said = Settlement(
        payment=payment.id,
        attempt=None,
        state=found.state,
        attempt_state=None,
        reason=found.reason,
        facts=dict(found.facts),
    )
    held = holds_of(payment)
    locked = tuple({side: None for one in held for side in (one.debit_id, one.credit_id)})
    kinds = {PaymentState.SUCCEEDED: Kind.POST, PaymentState.FAILED: Kind.VOID}
    items = endings(payment, held, kinds[found.state]) if found.state in kinds else ()
    return submit(Plan(payment.brand, actor, said, locked, items=items))


def name_of(row: BillPayment, lang: str) -> str:
    """The biller of a bill as its customers call it."""
    found = directory.get(row.brand, row.biller)
    return found.name(lang) if found else row.biller
