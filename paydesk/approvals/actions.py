"""Ask for a second person, decide as one, and let what nobody decided expire.

Carrying the decision out is not done here: `approval.decided` is fired in the transaction of the
decision, and whoever asked listens for it (paydesk.wiring).
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from paydesk.approvals import rules
from paydesk.approvals.models import Request, State
from paydesk.audit import actions as audit
from paydesk.kit import clock, reactions, shield
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.kit.events import actions as events
from paydesk.kit.sweeping import each
from paydesk.people import permissions
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission

EXPIRE_BATCH = 200


class DecisionNotPossible(Exception):
    """The request can't be decided like this; `refusal` says why."""

    def __init__(self, refusal: rules.Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@transaction.atomic
def request(
    *,
    brand: str,
    action: str,
    subject: str,
    permission: Permission,
    staff: StaffMember,
    params: Mapping[str, str | int] | None = None,
    case_id: UUID | None = None,
    reason: str = "",
    lasts: timedelta = rules.LASTS,
) -> Request:
    """Ask that a second person with `permission` agrees to `action` on `subject`.

    `params` holds ids and codes; secrets in `reason` are masked. While the same wish is pending it
    is answered instead of a new one. Whether `staff` may ask is for the caller to have required.
    """
    now = clock.now()
    _expire(Request.objects.filter(brand=brand, action=action, subject=subject))
    made, is_new = Request.objects.get_or_create(
        brand=brand,
        action=action,
        subject=subject,
        state=State.PENDING,
        defaults={
            "params": dict(params or {}),
            "permission": Permission(permission).value,
            "case_id": case_id,
            "requested_by": staff,
            "reason": shield.mask(reason).text[:500],
            "created_at": now,
            "expires_at": now + lasts,
        },
    )
    if is_new:
        _changed(made, Actor(ActorKind.STAFF, staff.id, brand), "approval.requested")
    return made


def decide(asked: Request, *, staff: StaffMember, approve: bool, note: str = "") -> Request:
    """Decide as the second person; the same decision by the same person again changes nothing.

    Raises PermissionDenied (recorded) without the permission that the request names in its
    brand, DecisionNotPossible when one asked for it oneself, it expired, or was decided otherwise.
    """
    needed = Permission(asked.permission)
    permissions.require(staff, asked.brand, needed)
    refused, decided = _decide(asked.id, staff, approve=approve, note=note)
    if refused is rules.Refusal.NOT_ALLOWED:
        raise PermissionDenied(needed.value)
    if refused:
        _record_refusal(decided, staff, refused)
        raise DecisionNotPossible(refused)
    return decided


@transaction.atomic
def _decide(
    request_id: UUID, staff: StaffMember, *, approve: bool, note: str
) -> tuple[rules.Refusal | None, Request]:
    asked = Request.objects.select_for_update().get(id=request_id)
    now = clock.now()
    refused = rules.refusal(
        rules.Wish(asked.requested_by_id, asked.expires_at, asked.state, asked.decided_by_id),
        decider=staff.id,
        # Asked again under the row's lock: a role may have been taken since.
        allowed=permissions.may(staff, asked.brand, Permission(asked.permission)),
        approve=approve,
        now=now,
    )
    if refused or asked.state != State.PENDING:
        return refused, asked
    asked.state = State.APPROVED if approve else State.REFUSED
    asked.decided_by, asked.decided_at = staff, now
    asked.note = shield.mask(note).text[:500]
    asked.save(update_fields=["state", "decided_by", "decided_at", "note"])
    actor = Actor(ActorKind.STAFF, staff.id, asked.brand)
    _changed(asked, actor, f"approval.{asked.state}")
    reactions.fire("approval.decided", request_id=str(asked.id), brand=asked.brand)
    return None, asked


@transaction.atomic
def _record_refusal(asked: Request, staff: StaffMember, refused: rules.Refusal) -> None:
    audit.record(
        brand=asked.brand,
        actor=Actor(ActorKind.STAFF, staff.id, asked.brand),
        action="approval.decision_refused",
        subject=f"approval:{asked.id}",
        details={"refusal": refused.value},
    )


def expire() -> int:
    """Expire what nobody decided in time, a batch at a time; answer how many. Fires as decided.

    Each in a transaction of its own: what reacts locks cases, in no order over several requests.
    """
    overdue = Request.objects.filter(state=State.PENDING, expires_at__lte=clock.now())
    return each(
        _expire_one, list(overdue.order_by("id").values_list("id", flat=True)[:EXPIRE_BATCH])
    )


@transaction.atomic
def _expire_one(request_id: UUID) -> int:
    return _expire(Request.objects.filter(id=request_id))


def _expire(among: QuerySet[Request]) -> int:
    overdue = (
        among.filter(state=State.PENDING, expires_at__lte=clock.now())
        .select_for_update(skip_locked=True)
        .order_by("id")[:EXPIRE_BATCH]
    )
    count = 0
    for asked in overdue:
        asked.state, asked.decided_at = State.EXPIRED, clock.now()
        asked.save(update_fields=["state", "decided_at"])
        _changed(asked, SYSTEM(asked.brand), "approval.expired")
        reactions.fire("approval.decided", request_id=str(asked.id), brand=asked.brand)
        count += 1
    return count


def _changed(asked: Request, actor: Actor, action: str) -> None:
    events.publish(
        brand=asked.brand,
        kind="approval.changed",
        subject=f"approval:{asked.id}",
        audience=[f"desk:{asked.brand}", f"staff:{asked.requested_by_id}"],
        actor=actor,
        payload={
            "approval": str(asked.id),
            "state": asked.state,
            "case": str(asked.case_id) if asked.case_id else None,
        },
    )
    details = {"action": asked.action, "about": asked.subject}
    if asked.case_id:
        details["case"] = str(asked.case_id)
    audit.record(
        brand=asked.brand,
        actor=actor,
        action=action,
        subject=f"approval:{asked.id}",
        details=details,
        personal=asked.note or asked.reason or None,
    )
