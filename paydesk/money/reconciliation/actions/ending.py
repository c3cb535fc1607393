"""Payouts and refunds of which a provider told another amount: a person ends them, on record; above
the brand's limit a second person agrees first. What the files say of them is matched afterwards.
"""

from contextlib import suppress
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from paydesk.approvals import actions as approvals
from paydesk.approvals import queries as approvals_queries
from paydesk.approvals.models import Request
from paydesk.approvals.models import State as Decided
from paydesk.brands import profiles
from paydesk.kit import shield
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.payments.actions import differing
from paydesk.money.payments.actions.differing import Ending, NothingToEnd
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.reconciliation.actions.recheck import recheck
from paydesk.money.reconciliation.rules import needs_second_person
from paydesk.people import permissions
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission

JOB = "reconciliation.end"


def end(payment: Payment, ending: Ending, *, note: str, staff: StaffMember) -> Outcome | None:
    """End a payout or refund of another amount; None while that waits for a second person.

    Runs outside any transaction. Raises PermissionDenied, differing.NothingToEnd, ValueError
    without a note.
    """
    permissions.require(staff, payment.brand, Permission.RECONCILIATION_MANAGE)
    told = shield.mask(" ".join(note.split())).text[:300]
    if not told:
        raise ValueError("an ending needs a note")
    attempt = differing.going_out(payment)
    if attempt is None:
        raise NothingToEnd(payment.number)
    amount = differing.at_stake(payment, attempt)
    limit = profiles.get(payment.brand).limits[attempt.currency].agent_refund
    if needs_second_person(amount, limit):
        approvals.request(
            brand=payment.brand,
            action=differing.END,
            subject=differing.subject(payment, ending),
            permission=Permission.RECONCILIATION_MANAGE,
            staff=staff,
            params={"payment": str(payment.id), "ending": ending.value},
            reason=told,
        )
        return None
    actor = Actor(ActorKind.STAFF, staff.id, payment.brand)
    outcome = differing.end(payment, ending, actor=actor, note=told)
    recheck(payment.brand)
    return outcome


def ending_decided(*, request_id: str, brand: str) -> None:
    """After a second person's yes the money moves in a job: never inside the decision itself."""
    asked = Request.objects.get(pk=request_id)
    if asked.action == differing.END and asked.state == Decided.APPROVED:
        jobs.configure_task(JOB, allow_unknown=False).defer(request_id=str(asked.pk))


def carry_out(request_id: UUID) -> None:
    """End what a second person agreed to. Harmless to repeat."""
    asked = Request.objects.get(pk=request_id)
    decision = approvals_queries.approved_decision(asked.pk)
    payment = Payment.objects.get(id=str(asked.params["payment"]), brand=asked.brand)
    actor = Actor(ActorKind.STAFF, decision.approved_by, asked.brand)
    ending = Ending(str(asked.params["ending"]))
    with suppress(NothingToEnd):  # done before
        differing.end(payment, ending, actor=actor, note=asked.reason[:140], approval=decision)
    recheck(asked.brand)
