"""Role × permission, exhaustively; denials leave their record and nothing else."""

import pytest
from django.core.exceptions import PermissionDenied

from paydesk.audit.models import Entry
from paydesk.kit import ids
from paydesk.kit.actors import SYSTEM
from paydesk.people import actions, permissions
from paydesk.people.models import Role, User
from paydesk.people.permissions import Permission, RolesError
from tests.factories import StaffFactory

AGENT = {
    Permission.CASE_VIEW,
    Permission.CASE_TAKE,
    Permission.CASE_REPLY,
    Permission.CASE_NOTE,
    Permission.CASE_HAND_OVER,
    Permission.CASE_SOLVE,
    Permission.CUSTOMER_VIEW,
    Permission.MONEY_VIEW,
    Permission.CUSTOMER_UNLOCK,
    Permission.CUSTOMER_FREEZE,
    Permission.UNFREEZE_REQUEST,
    Permission.HOLD_PLACE,
    Permission.HOLD_RELEASE,
    Permission.REFUND_WITHIN_LIMIT,
    Permission.REFUND_REQUEST,
    Permission.DISPUTE_ANSWER,
    Permission.CONFIRMATION_RESEND,
    Permission.MERCHANT_VIEW,
    Permission.IDENTITY_REVIEW,
}
SUPERVISOR = AGENT | {
    Permission.CASE_ASSIGN,
    Permission.CASE_REOPEN,
    Permission.UNFREEZE_APPROVE,
    Permission.REFUND_APPROVE,
    Permission.RECALL_DECIDE,
    Permission.LIQUIDITY_FUND,
    Permission.LIQUIDITY_APPROVE,
    Permission.NOTICE_MANAGE,
    Permission.RECONCILIATION_MANAGE,
    Permission.INSIGHT_VIEW,
    Permission.AUDIT_VIEW,
    Permission.MERCHANT_MANAGE,
    Permission.RISK_VIEW,
    Permission.RISK_EDIT,
    Permission.RISK_APPROVE,
    Permission.RISK_REVIEW,
    Permission.MERCHANT_APPROVE,
}
ADMIN = SUPERVISOR | {
    Permission.STAFF_MANAGE,
    Permission.LEDGER_VERIFY,
}
EXPECTED = {Role.AGENT: AGENT, Role.SUPERVISOR: SUPERVISOR, Role.ADMIN: ADMIN}

MATRIX = [
    pytest.param(role, permission, permission in EXPECTED[role], id=f"{role}-{permission}")
    for role in Role
    for permission in Permission
]


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "permission", "allowed"), MATRIX)
def test_what_each_role_may_do(
    staff_factory: StaffFactory, role: Role, permission: Permission, allowed: bool
) -> None:
    staff = staff_factory(role=role, brands=["topay"])
    before = Entry.objects.count()
    assert permissions.may(staff, "topay", permission) is allowed
    assert not permissions.may(staff, "gopay", permission)
    if allowed:
        permissions.require(staff, "topay", permission)
        assert Entry.objects.count() == before
        return
    with pytest.raises(PermissionDenied, match=permission.value):
        permissions.require(staff, "topay", permission)
    denied = Entry.objects.get(action="permission.denied")
    assert (denied.subject, denied.details) == (
        f"staff:{staff.id}",
        {"permission": permission.value},
    )


@pytest.mark.django_db
def test_no_role_no_permission_and_none_after_it_was_taken(staff_factory: StaffFactory) -> None:
    nobody, agent = staff_factory(role=None), staff_factory(role="agent")
    assert not permissions.may(nobody, "topay", Permission.CASE_VIEW)
    assert not permissions.may(ids.uuid7(), "topay", Permission.CASE_VIEW)
    assert permissions.may(agent.id, "topay", Permission.CASE_VIEW)
    actions.revoke_role(agent, brand="topay", actor=SYSTEM("topay"))
    assert not permissions.may(agent, "topay", Permission.CASE_VIEW)


@pytest.mark.django_db
def test_who_is_switched_off_may_nothing(staff_factory: StaffFactory) -> None:
    staff = staff_factory(role="admin")
    User.objects.filter(id=staff.user_id).update(is_active=False)
    assert not permissions.may(staff, "topay", Permission.CASE_VIEW)


@pytest.mark.django_db
def test_a_changed_role_counts_at_once(staff_factory: StaffFactory) -> None:
    staff = staff_factory(role="agent")
    membership = actions.grant_role(staff, brand="topay", role="supervisor", actor=SYSTEM("topay"))
    assert permissions.may(membership, "topay", Permission.REFUND_APPROVE)
    assert not permissions.may(membership, "gopay", Permission.REFUND_APPROVE)
    assert permissions.may(staff, "topay", Permission.REFUND_APPROVE)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"case.view",', "", "case.view"),
        ('"case.view",', '"case.view", "case.burn",', "case.burn"),
        ("admin = [", "owner = [", "exactly these roles"),
        ('"staff.manage",', '"staff.manage", "case.view",', "stands once"),
    ],
)
def test_a_wrong_roles_file_is_refused(old: str, new: str, complaint: str) -> None:
    text = permissions.SHIPPED.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(RolesError, match=complaint):
        permissions.read_roles(text.replace(old, new, 1))
