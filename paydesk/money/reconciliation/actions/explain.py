"""A person explains a difference: with a note, on record, above the limit with a second person."""

from uuid import UUID

from django.db import transaction

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.approvals.models import State as Decided
from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import clock, shield
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.reconciliation import booking
from paydesk.money.reconciliation.models import Difference
from paydesk.money.reconciliation.rules import CHOSEN, POSTS, Cause, Way, needs_second_person
from paydesk.people import permissions
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission

ACTION = "reconciliation.explain"
State = Difference.State


class AlreadyExplained(ValueError):
    """Somebody explained it before, or it waits for a second person."""


def explain(difference: Difference, *, way: Way, note: str, staff: StaffMember) -> Difference:
    """Explain an open difference; above the brand's limit it waits for a second person.

    Raises PermissionDenied, AlreadyExplained, ValueError without a note.
    """
    permissions.require(staff, difference.brand, Permission.RECONCILIATION_MANAGE)
    told = shield.mask(" ".join(note.split())).text[:300]
    if not told or way not in CHOSEN:
        raise ValueError("an explanation needs a note; a credit explains by itself")
    return _explain(difference.id, way, told, staff)


@transaction.atomic
def _explain(difference_id: UUID, way: Way, note: str, staff: StaffMember) -> Difference:
    found = Difference.objects.select_for_update().get(id=difference_id)
    if found.state != State.OPEN:
        raise AlreadyExplained(str(difference_id))
    found.way, found.note, found.asked_by = way, note, staff
    limit = profiles.get(found.brand).limits[found.currency].agent_refund
    if needs_second_person(found.amount, limit):
        asked = approvals.request(
            brand=found.brand,
            action=ACTION,
            subject=f"difference:{found.id}",
            permission=Permission.RECONCILIATION_MANAGE,
            staff=staff,
            params={"difference": str(found.id), "way": way.value},
            reason=note,
        )
        found.state, found.approval_id = State.ASKED, asked.id
        found.save()
        return found
    _settle(found, Actor(ActorKind.STAFF, staff.id, found.brand))
    return found


def decided(*, request_id: str, brand: str) -> None:
    """What a second person decided, in the transaction of the decision."""
    asked = Request.objects.select_related("decided_by").get(pk=request_id)
    if asked.action != ACTION:
        return
    found = Difference.objects.select_for_update().get(id=asked.params["difference"])
    if found.state != State.ASKED or found.approval_id != asked.pk:
        return
    if asked.state == Decided.APPROVED and asked.decided_by:
        _settle(found, Actor(ActorKind.STAFF, asked.decided_by.id, brand))
        return
    found.state, found.approval_id, found.way, found.note = State.OPEN, None, "", ""
    found.save()


def _settle(found: Difference, actor: Actor) -> None:
    way = Way(found.way)
    # A wrong fee was booked as the fee it was: clearing has nothing to be put right.
    if way in POSTS and found.amount and found.cause != Cause.FEE:
        found.posted_id = booking.put_right(
            found.brand, found.provider, found.currency, found.amount, way
        )
    found.state, found.explained_at, found.explained_by = State.EXPLAINED, clock.now(), str(actor)
    found.save()
    audit.record(
        brand=found.brand,
        actor=actor,
        action="reconciliation.explained",
        subject=f"difference:{found.id}",
        details={"way": way, "amount": found.amount, "currency": found.currency},
        personal=found.note,
    )
