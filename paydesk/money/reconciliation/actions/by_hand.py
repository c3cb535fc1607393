"""What a person has done with one payment from the reconciliation page: with a note on record, by
one who may, and above the brand's limit in a job after a second person's yes.

For this package's actions only. Moves no money itself.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from paydesk.approvals import actions as approvals
from paydesk.approvals import queries as approvals_queries
from paydesk.approvals.models import Request
from paydesk.approvals.models import State as Decided
from paydesk.brands import profiles
from paydesk.kit import shield
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.payments.models import Payment
from paydesk.money.reconciliation.rules import needs_second_person
from paydesk.people import permissions
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission
from paydesk.people.rules import ApprovedDecision

NOTE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a second person agreed to, and in whose name it is done."""

    payment: Payment
    actor: Actor
    note: str
    decision: ApprovedDecision
    params: dict[str, Any]


def allowed(payment: Payment, *, note: str, staff: StaffMember) -> str:
    """The note as it is kept, secrets masked. Raises PermissionDenied, ValueError without one."""
    permissions.require(staff, payment.brand, Permission.RECONCILIATION_MANAGE)
    kept = shield.mask(" ".join(note.split())).text[:NOTE_LENGTH]
    if not kept:
        raise ValueError("what a person decides needs a note")
    return kept


def second_asked(
    payment: Payment,
    amount: int,
    currency: str,
    *,
    action: str,
    subject: str,
    params: dict[str, Any],
    note: str,
    staff: StaffMember,
    always: bool = False,
) -> bool:
    """Ask a second person where `amount` (minor units) is above the brand's limit, or `always`;
    whether one was. Raises PermissionDenied."""
    if not always and not needs_second_person(amount, _limit(payment.brand, currency)):
        return False
    approvals.request(
        brand=payment.brand,
        action=action,
        subject=subject,
        permission=Permission.RECONCILIATION_MANAGE,
        staff=staff,
        params={"payment": str(payment.id), **params},
        reason=note,
    )
    return True


def _limit(brand: str, currency: str) -> int:
    return profiles.get(brand).limits[currency].agent_refund


def defer_agreed(request_id: str, *, action: str, job: str) -> None:
    """After a second person's yes to `action` the money moves in a job: never inside the decision
    itself."""
    asked = Request.objects.get(pk=request_id)
    if asked.action == action and asked.state == Decided.APPROVED:
        jobs.configure_task(job, allow_unknown=False).defer(request_id=str(asked.pk))


def agreed(request_id: UUID) -> Agreed:
    """What the job has to do. Raises approvals.queries.NotApproved."""
    asked = Request.objects.get(pk=request_id)
    decision = approvals_queries.approved_decision(asked.pk)
    return Agreed(
        payment=Payment.objects.get(id=str(asked.params["payment"]), brand=asked.brand),
        actor=Actor(ActorKind.STAFF, decision.approved_by, asked.brand),
        note=asked.reason[:140],
        decision=decision,
        params=dict(asked.params),
    )


def by(staff: StaffMember, brand: str) -> Actor:
    """Staff as the one who acts in a brand."""
    return Actor(ActorKind.STAFF, staff.id, brand)
