"""Money that is owed and no wallet can take: staff had it paid out by bank, and one of them records
that; always a second person agrees. What the files say of it is explained by that very payment.
"""

from contextlib import suppress
from datetime import date
from uuid import UUID

from paydesk.kit import shield
from paydesk.money.payments.actions import by_bank, reconcile
from paydesk.money.payments.actions.by_bank import Owed, Transfer
from paydesk.money.payments.models import Payment
from paydesk.money.payouts import actions as payouts
from paydesk.money.reconciliation import waiting
from paydesk.money.reconciliation.actions import by_hand
from paydesk.money.reconciliation.actions.by_hand import Agreed
from paydesk.money.reconciliation.actions.crediting import Disputed, explain_credited
from paydesk.money.refunds import actions as refunds
from paydesk.money.refunds.owed import disputed
from paydesk.people.models import StaffMember

JOB = "reconciliation.pay_back"


class NothingOwed(ValueError):
    """Nothing is owed because of this payment that no wallet could take."""


def ask_to_pay_back(payment: Payment, transfer: Transfer, *, note: str, staff: StaffMember) -> None:
    """Record that what is owed was paid out by bank, once a second person agrees.

    Raises PermissionDenied, NothingOwed, Disputed where its charge's bank has not decided or gave
    it back to the payer, ValueError without a note or the bank's reference.
    """
    told = by_hand.allowed(payment, note=note, staff=staff)
    reference = shield.mask(" ".join(transfer.reference.split())).text
    if not reference:
        raise ValueError("the bank's reference is missing")
    owed = waiting.owed(payment)
    if owed is None:
        raise NothingOwed(payment.number)
    if disputed([payment]):
        raise Disputed(payment.number)
    by_hand.second_asked(
        payment,
        owed.amount,
        owed.currency,
        action=by_bank.PAY_BACK,
        subject=by_bank.subject(payment),
        params={
            "amount": owed.amount,
            "currency": owed.currency,
            "day": transfer.day.isoformat(),
            "reference": reference[: by_bank.REFERENCE_LENGTH],
        },
        note=told,
        staff=staff,
        always=True,
    )


def paying_back_decided(*, request_id: str, brand: str) -> None:
    """A second person decided about what was paid back."""
    by_hand.defer_agreed(request_id, action=by_bank.PAY_BACK, job=JOB)


def carry_out(request_id: UUID) -> None:
    """Book what a second person agreed to. Harmless to repeat."""
    wish = by_hand.agreed(request_id)
    payment, owed = wish.payment, waiting.owed(wish.payment)
    if owed is None:  # done before, but for what follows it
        with suppress(reconcile.NothingToReconcile):
            reconcile.finish(payment, wish.actor)
    elif _stands(wish, owed):
        _book(wish, owed)
    explain_credited(payment.brand)


def _stands(wish: Agreed, owed: Owed) -> bool:
    """Whether it is still what the second person agreed to: a dispute may have come meanwhile."""
    same = (wish.params["amount"], wish.params["currency"]) == (owed.amount, owed.currency)
    return same and not disputed([owed.payment])


def _book(wish: Agreed, owed: Owed) -> None:
    by = by_bank.done(owed.purpose)
    if by is None:
        day = date.fromisoformat(str(wish.params["day"]))
        transfer = Transfer(day, str(wish.params["reference"]))
        outcome = by_bank.pay_back(
            owed, transfer, actor=wish.actor, note=wish.note, approval=wish.decision
        )
        by = by_bank.done(owed.purpose) if outcome.ok else None
    if by:
        payouts.paid_back(owed.payment, by)
        refunds.paid_back(owed.payment, by)
