"""Who may fetch a request: staff with a role in its brand. The only way entry gets one."""

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import PermissionDenied

from paydesk.approvals import queries
from paydesk.approvals.models import Request
from paydesk.people import queries as people
from paydesk.people.models import StaffMember


def request_for(staff: StaffMember, request_id: UUID) -> Request:
    """One request. Raises PermissionDenied when it isn't there or in none of one's brands."""
    found = (
        Request.objects.select_related("requested_by", "decided_by")
        .filter(id=request_id, brand__in=people.brands_of(staff.id))
        .first()
    )
    if found is None:
        raise PermissionDenied("approval")
    return found


def pending_for(staff: StaffMember) -> Sequence[Request]:
    """What waits for a decision in the brands where one has a role."""
    return queries.pending(people.brands_of(staff.id))
