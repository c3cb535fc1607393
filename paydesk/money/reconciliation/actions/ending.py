"""Payouts and refunds of which a provider told another amount: a person ends them, on record; above
the brand's limit a second person agrees first. What the files say of them is matched afterwards.
"""

from contextlib import suppress
from uuid import UUID

from paydesk.money.payments.actions import differing
from paydesk.money.payments.actions.differing import Ending, NothingToEnd
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.reconciliation.actions import by_hand
from paydesk.money.reconciliation.actions.recheck import recheck
from paydesk.people.models import StaffMember

JOB = "reconciliation.end"


def end(payment: Payment, ending: Ending, *, note: str, staff: StaffMember) -> Outcome | None:
    """End a payout or refund of another amount; None while that waits for a second person.

    Runs outside any transaction. Raises PermissionDenied, differing.NothingToEnd, ValueError
    without a note.
    """
    told = by_hand.allowed(payment, note=note, staff=staff)
    attempt = differing.going_out(payment)
    if attempt is None:
        raise NothingToEnd(payment.number)
    if by_hand.second_asked(
        payment,
        differing.at_stake(payment, attempt),
        attempt.currency,
        action=differing.END,
        subject=differing.subject(payment, ending),
        params={"ending": ending.value},
        note=told,
        staff=staff,
    ):
        return None
    actor = by_hand.by(staff, payment.brand)
    outcome = differing.end(payment, ending, actor=actor, note=told)
    recheck(payment.brand)
    return outcome


def ending_decided(*, request_id: str, brand: str) -> None:
    """A second person decided about an ending."""
    by_hand.defer_agreed(request_id, action=differing.END, job=JOB)


def carry_out(request_id: UUID) -> None:
    """End what a second person agreed to. Harmless to repeat."""
    wish = by_hand.agreed(request_id)
    ending = Ending(str(wish.params["ending"]))
    with suppress(NothingToEnd):  # done before
        differing.end(
            wish.payment, ending, actor=wish.actor, note=wish.note, approval=wish.decision
        )
    recheck(wish.payment.brand)
