"""What staff do about an account from a case: unlock, freeze, ask that a freeze be lifted.

The account is the case's customer's, or the other side's of the payment that the case is about.
A freeze ends only by a second person's decision (see `decisions`).
"""

from uuid import UUID

from django.db import transaction

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.audit import actions as audit
from paydesk.desk.cases.actions import clockwork, timeline
from paydesk.desk.cases.actions.routing import acting
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import CaseRefused, FreezeReason
from paydesk.kit.actors import Actor
from paydesk.money.payments.models import Payment
from paydesk.people import actions as people
from paydesk.people import queries as people_queries
from paydesk.people.models import Customer, Restriction, RestrictionKind, Scope, StaffMember
from paydesk.people.permissions import Permission, require
from paydesk.people.rules import UNFREEZE


def party(case: Case, customer_id: UUID) -> Customer:
    """A customer whom this case is about: its own, or either side of its payment.

    Raises CaseRefused (`no_customer`) for anybody else.
    """
    concerned = {case.customer_id}
    if case.payment_id:
        payment = Payment.objects.get(pk=case.payment_id, brand=case.brand)
        concerned |= {payment.payer_id, payment.payee_id}
    found = people_queries.customer(case.brand, customer_id) if customer_id in concerned else None
    if found is None:
        raise CaseRefused("no_customer")
    return found


def unlock(case: Case, staff: StaffMember) -> list[Restriction]:
    """Lift the case's customer's lock for wrong passwords.

    Raises CaseRefused (`no_customer`, `not_locked`), PermissionDenied.
    """
    require(staff, case.brand, Permission.CUSTOMER_UNLOCK)
    customer, actor = _own(case), acting(staff, case.brand)
    with transaction.atomic():
        lifted = people.unlock(customer, actor=actor)
        if not lifted:
            raise CaseRefused("not_locked")
        params = {"staff": staff.name, "who": customer.name}
        _noted(case, actor, "unlocked", params, customer)
        return lifted


def freeze(
    case: Case,
    staff: StaffMember,
    customer_id: UUID,
    *,
    scope: str = Scope.ALL,
    reason: FreezeReason = FreezeReason.CUSTOMER_ASKED,
) -> Restriction:
    """Freeze an account of this case at once: sending, receiving, or all.

    Raises CaseRefused (`no_customer`, `already_frozen`), PermissionDenied.
    """
    require(staff, case.brand, Permission.CUSTOMER_FREEZE)
    customer, actor = party(case, customer_id), acting(staff, case.brand)
    with transaction.atomic():
        if any(held.scope in (scope, Scope.ALL) for held in freezes(customer.pk)):
            raise CaseRefused("already_frozen")
        placed = people.place_freeze(customer, scope=scope, reason=reason.value, actor=actor)
        params = {"staff": staff.name, "who": customer.name, "scope": str(scope)}
        _noted(case, actor, "frozen", params, customer)
        return placed


def ask_unfreeze(case: Case, staff: StaffMember, customer_id: UUID, *, reason: str) -> Request:
    """Ask a second person to lift the freezes of an account of this case; the case waits inside.

    Raises CaseRefused (`no_customer`, `not_frozen`), PermissionDenied.
    """
    require(staff, case.brand, Permission.UNFREEZE_REQUEST)
    customer = party(case, customer_id)
    with transaction.atomic():
        if not freezes(customer.pk):
            raise CaseRefused("not_frozen")
        asked = approvals.request(
            brand=case.brand,
            action=UNFREEZE,
            subject=f"customer:{customer.pk}",
            permission=Permission.UNFREEZE_APPROVE,
            staff=staff,
            params={"customer": str(customer.pk)},
            case_id=case.pk,
            reason=reason,
        )
        if asked.case_id != case.pk or asked.requested_by_id != staff.pk:
            raise CaseRefused("already_requested")
        wait_inside(case, acting(staff, case.brand), staff, asked, who=customer.name)
        return asked


def freezes(customer_id: UUID) -> list[Restriction]:
    """The freezes in force on a customer."""
    held = people_queries.active_restrictions(customer_id)
    return [one for one in held if one.kind == RestrictionKind.FREEZE]


def wait_inside(
    case: Case, actor: Actor, staff: StaffMember, asked: Request, *, who: str = ""
) -> None:
    """The case waits for a colleague's decision on `asked`; said once for each request. `who`:
    the customer it is about, where that may be another than the case's."""
    case = timeline.locked(case.pk)
    said = case.entries.filter(data__params__approval=str(asked.pk), data__code="approval_asked")
    if said.exists():
        return
    clockwork.wait_inside(case)
    case.save()
    params = {"staff": staff.name, "action": asked.action, "approval": str(asked.pk), "who": who}
    timeline.tell(case, actor, "approval_asked", params, public=False)
    timeline.changed(case, actor)


def _own(case: Case) -> Customer:
    if case.customer_id is None:
        raise CaseRefused("no_customer")
    return party(case, case.customer_id)


def _noted(case: Case, actor: Actor, code: str, params: dict[str, str], customer: Customer) -> None:
    """The line in the timeline, also of the customer's other cases that are not closed, and the
    audit entry that ties the deed to this case."""
    case, others = timeline.locked_with_others(case.pk, customer.pk)
    for one in (case, *others):
        timeline.tell(one, actor, code, params, public=False)
    timeline.changed(case, actor)
    audit.record(
        brand=case.brand,
        actor=actor,
        action=f"case.{code}",
        subject=case.subject,
        details={"customer": customer.pk},
    )
