"""What every desk page shows around its content: who works, for which brands, what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.approvals import access as approvals
from paydesk.approvals.models import Request
from paydesk.brands import profiles
from paydesk.kit.events import queries as events
from paydesk.people import access as people
from paydesk.people import queries as people_queries
from paydesk.people.models import Membership, Role, StaffMember
from paydesk.people.permissions import Permission, may


@dataclass(frozen=True, slots=True)
class Post:
    """One membership as the menu shows it."""

    code: str
    name: str
    role_name: str


def staff_of(request: HttpRequest) -> StaffMember:
    """The member of staff who asks. Raises PermissionDenied for anybody else."""
    return people.require_staff(request)


def brand_name(code: str) -> str:
    """A brand's name in the reader's language."""
    return profiles.get(code).name(get_language() or "zh")


def role_name(role: str) -> str:
    """What a role is called."""
    names = {Role.AGENT: _("客服"), Role.SUPERVISOR: _("主管"), Role.ADMIN: _("管理员")}
    return names[Role(role)]


def posts(staff: StaffMember) -> list[Post]:
    """The brands that one works for."""
    held: Sequence[Membership] = people_queries.memberships_of(staff.pk)
    return [Post(one.brand, brand_name(one.brand), role_name(one.role)) for one in held]


def decidable(staff: StaffMember, requests: Sequence[Request]) -> list[Request]:
    """Those requests that this member of staff may decide."""
    return [
        one
        for one in requests
        if one.requested_by_id != staff.pk and may(staff, one.brand, Permission(one.permission))
    ]


def context(staff: StaffMember, place: str) -> dict[str, Any]:
    """Template variables of the frame."""
    held = posts(staff)
    return {
        "cursor": str(events.position()),
        "staff": staff,
        "place": place,
        "memberships": held,
        "brands": held,
        "pending": len(decidable(staff, approvals.pending_for(staff))),
        "may_risk": any(may(staff, one.code, Permission.RISK_VIEW) for one in held),
        "may_reconcile": any(
            may(staff, one.code, Permission.RECONCILIATION_MANAGE) for one in held
        ),
        "may_merchants": any(may(staff, one.code, Permission.MERCHANT_VIEW) for one in held),
    }
