"""Makes the payment of one occurrence, by the same plans as a customer's own. Records nothing."""

from dataclasses import dataclass

from msgspec.structs import replace

from paydesk.kit.actors import SYSTEM
from paydesk.money.bills import directory, link
from paydesk.money.bills.actions import BillRefused, BillWish, pay_bill
from paydesk.money.bills.protocol import Bill, BillerDown, BillerSilent, Standing
from paydesk.money.payments.actions.transfer import TransferWish, plan_transfer
from paydesk.money.payments.checks import Once
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Outcome
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.payments.submit import submit
from paydesk.money.schedules import rules
from paydesk.money.schedules.models import Occurrence
from paydesk.money.schedules.rules import What


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try: a payment, or why none was made (nothing_due, over_most,
    unknown_reference, no_biller, biller_down)."""

    outcome: Outcome | None = None
    why: str = ""


def pay(one: Occurrence) -> Tried:
    """Make the next try of an occurrence. A try that was made before answers what it answered."""
    key = rules.key(one.schedule_id.hex, one.n, one.tries + 1)
    before = Payment.objects.filter(
        brand=one.brand, asked_by=str(SYSTEM(one.brand)), request_key=key
    ).first()
    if before:
        return Tried(_as_it_stands(before))
    if one.schedule.what == What.BILL:
        return _bill(one, key)
    return Tried(_transfer(one, key))


def _as_it_stands(payment: Payment) -> Outcome:
    return Outcome(
        id=payment.id,
        state=PaymentState(payment.state),
        number=payment.number,
        reason=Reason(payment.reason) if payment.reason else None,
        facts=payment.facts,
        repeated=True,
    )


def _transfer(one: Occurrence, key: str) -> Outcome:
    schedule = one.schedule
    assert schedule.recipient
    assert schedule.amount
    plan = plan_transfer(
        TransferWish(
            payer=schedule.customer,
            recipient=schedule.recipient,
            amount=schedule.amount,
            currency=schedule.currency,
            actor=SYSTEM(one.brand),
            key=key,
            note=schedule.note,
            again=True,  # an equal one moments ago is another schedule's, or the customer's own
        )
    )
    assert isinstance(plan.subject, NewPayment)
    purpose = rules.purpose(str(schedule.id), one.n)
    subject = replace(plan.subject, purpose=purpose)
    # The payer's wallet is locked by every try, so two can't both be the first.
    return submit(replace(plan, subject=subject, checks=(*plan.checks, Once(purpose))))


def _bill(one: Occurrence, key: str) -> Tried:
    schedule = one.schedule
    biller = directory.get(one.brand, schedule.biller)
    if biller is None or not link.is_there():
        return Tried(why="no_biller")
    bill, amount = Bill(Standing.DUE), schedule.amount
    if amount is None:
        try:
            bill = link.get().look_up(one.brand, biller.code, schedule.reference)
        except (BillerDown, BillerSilent):
            return Tried(why="biller_down")
        if bill.standing is not Standing.DUE:
            paid = bill.standing is Standing.PAID
            return Tried(why="nothing_due" if paid else "unknown_reference")
        if bill.amount > (schedule.most or 0):
            return Tried(why="over_most")
        amount = bill.amount
    wish = BillWish(
        customer=schedule.customer,
        biller=biller,
        reference=schedule.reference,
        amount=amount,
        actor=SYSTEM(one.brand),
        key=key,
        bill_number=bill.number,
        purpose="" if bill.number else rules.purpose(str(schedule.id), one.n),
    )
    try:
        return Tried(pay_bill(wish))
    except BillRefused:
        return Tried(why="no_biller")  # its rules changed since
