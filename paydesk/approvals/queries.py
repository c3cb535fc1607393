"""Reads requests and decisions. Changes nothing."""

from collections.abc import Sequence
from uuid import UUID

from paydesk.approvals.models import Request, State
from paydesk.approvals.rules import ApprovedDecision
from paydesk.kit import clock


class NotApproved(Exception):
    """The request is not approved, so nothing may be done on it."""


def pending(brands: Sequence[str]) -> Sequence[Request]:
    """What waits for a decision in these brands and has not expired, the most pressing first."""
    found = Request.objects.filter(
        brand__in=list(brands), state=State.PENDING, expires_at__gt=clock.now()
    )
    return list(found.select_related("requested_by").order_by("expires_at", "id"))


def approved(brand: str, action: str, limit: int) -> Sequence[Request]:
    """What a second person agreed to of one action in a brand, the latest first."""
    found = Request.objects.filter(brand=brand, action=action, state=State.APPROVED)
    related = found.select_related("requested_by__user", "decided_by__user")
    return list(related.order_by("-decided_at", "-id")[:limit])


def of_case(brand: str, case_id: UUID) -> Sequence[Request]:
    """Every request that came up in a case, oldest first."""
    found = Request.objects.filter(brand=brand, case_id=case_id)
    return list(found.select_related("requested_by", "decided_by").order_by("created_at", "id"))


def approved_decision(request_id: UUID) -> ApprovedDecision:
    """The second person's yes as the plain value that actions take. Raises NotApproved."""
    found = Request.objects.filter(id=request_id, state=State.APPROVED).first()
    if found is None or found.decided_by_id is None or found.decided_at is None:
        raise NotApproved(str(request_id))
    return ApprovedDecision(
        request_id=found.id,
        action=found.action,
        subject=found.subject,
        requested_by=found.requested_by_id,
        requested_at=found.created_at,
        approved_by=found.decided_by_id,
        approved_at=found.decided_at,
    )
