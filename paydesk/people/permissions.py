"""What staff may do: an enum in code, given to roles by data (roles.toml).

A denial changes nothing; it raises PermissionDenied and leaves one audit entry.
"""

import os
import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people.models import Membership, Role, StaffMember

SHIPPED = Path(__file__).parent / "roles.toml"


class Permission(StrEnum):
    """One thing that may be allowed. The value is what roles.toml and the audit say."""

    CASE_VIEW = "case.view"
    CASE_TAKE = "case.take"
    CASE_REPLY = "case.reply"
    CASE_NOTE = "case.note"
    CASE_HAND_OVER = "case.hand_over"
    CASE_SOLVE = "case.solve"
    CASE_ASSIGN = "case.assign"
    CASE_REOPEN = "case.reopen"
    CUSTOMER_VIEW = "customer.view"
    CUSTOMER_UNLOCK = "customer.unlock"
    CUSTOMER_FREEZE = "customer.freeze"
    UNFREEZE_REQUEST = "customer.unfreeze.request"
    UNFREEZE_APPROVE = "customer.unfreeze.approve"
    MONEY_VIEW = "money.view"
    HOLD_PLACE = "hold.place"
    HOLD_RELEASE = "hold.release"
    REFUND_WITHIN_LIMIT = "refund.within_limit"
    REFUND_REQUEST = "refund.request"
    REFUND_APPROVE = "refund.approve"
    DISPUTE_ANSWER = "dispute.answer"
    RECALL_DECIDE = "recall.decide"
    LIQUIDITY_FUND = "liquidity.fund"
    LIQUIDITY_APPROVE = "liquidity.approve"
    CONFIRMATION_RESEND = "confirmation.resend"
    NOTICE_MANAGE = "notice.manage"
    INSIGHT_VIEW = "insight.view"
    AUDIT_VIEW = "audit.view"
    STAFF_MANAGE = "staff.manage"
    LEDGER_VERIFY = "ledger.verify"
    RECONCILIATION_MANAGE = "reconciliation.manage"
    IDENTITY_REVIEW = "identity.review"
    RISK_VIEW = "risk.view"
    RISK_EDIT = "risk.edit"
    RISK_APPROVE = "risk.approve"
    RISK_REVIEW = "risk.review"
    MERCHANT_VIEW = "merchant.view"
    MERCHANT_MANAGE = "merchant.manage"
    MERCHANT_APPROVE = "merchant.approve"


class RolesError(ValueError):
    """roles.toml says something that is no role or no permission, or leaves one out."""


def read_roles(text: str) -> dict[Role, frozenset[Permission]]:
    """Each role's permissions, those of the roles below included. Raises RolesError."""
    data = tomllib.loads(text)
    if set(data) != set(Role.values):
        raise RolesError(f"needs exactly these roles: {', '.join(Role.values)}")
    known = {permission.value for permission in Permission}
    named = [name for names in data.values() for name in names]
    if wrong := set(named) ^ known:
        raise RolesError(f"unknown or left out: {', '.join(sorted(wrong))}")
    if len(named) != len(set(named)):
        raise RolesError("each permission stands once, under the lowest role that has it")
    roles: dict[Role, frozenset[Permission]] = {}
    held: frozenset[Permission] = frozenset()
    for role in (Role.AGENT, Role.SUPERVISOR, Role.ADMIN):
        held |= {Permission(name) for name in data[role]}
        roles[role] = held
    return roles


@cache
def _roles() -> dict[Role, frozenset[Permission]]:
    return read_roles(Path(os.environ.get("PAYDESK_ROLES") or SHIPPED).read_text(encoding="utf-8"))


def of_role(role: str) -> frozenset[Permission]:
    """The permissions of a role. Raises ValueError for an unknown role."""
    return _roles()[Role(role)]


def may(staff: UUID | StaffMember | Membership, brand: str, permission: Permission) -> bool:
    """Whether a staff member (or a membership) has the permission in that brand."""
    if isinstance(staff, Membership):
        return staff.brand == brand and permission in of_role(staff.role)
    staff_id = staff.id if isinstance(staff, StaffMember) else staff
    role = (
        Membership.objects.filter(staff_id=staff_id, brand=brand, staff__user__is_active=True)
        .values_list("role", flat=True)
        .first()
    )
    return role is not None and permission in of_role(role)


def require(staff: StaffMember, brand: str, permission: Permission) -> None:
    """Raise PermissionDenied unless the staff member has the permission in the brand.

    The denial is recorded, and nothing else is. Call it before the action's transaction: a
    denial inside one would take its own record back with the rest.
    """
    if may(staff, brand, permission):
        return
    with transaction.atomic():
        audit.record(
            brand=brand,
            actor=Actor(ActorKind.STAFF, staff.id, brand),
            action="permission.denied",
            subject=f"staff:{staff.id}",
            details={"permission": permission.value},
        )
    raise PermissionDenied(permission.value)
