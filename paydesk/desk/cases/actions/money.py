"""What staff do with money from a case: refund a payment, reserve money, release it.

The intent is committed first, under the id that the page made; then `deeds.carry_out` moves the
money under that id and writes the outcome down. Trying again can only ever finish the same deed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.desk.cases.actions import deeds, timeline
from paydesk.desk.cases.actions.account import party, wait_inside
from paydesk.desk.cases.actions.routing import acting
from paydesk.desk.cases.models import Case, Deed
from paydesk.desk.cases.rules import CaseRefused, DeedKind, needs_second_person
from paydesk.kit import clock, shield
from paydesk.money.payments import queries as payments
from paydesk.money.payments.actions import REFUND
from paydesk.money.payments.models import Hold, Payment
from paydesk.money.payments.states import GIVEN_BACK, HoldReason, HoldState, PaymentState
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission, require

NOTE_LENGTH = 140


@dataclass(frozen=True, slots=True)
class Intent:
    """A deed as the page asks for it; `id` is made by the page. `amount` in minor units."""

    id: UUID
    amount: int
    note: str = ""


def refund(case: Case, staff: StaffMember, payment_id: UUID, intent: Intent) -> Deed:
    """Give back (part of) a payment of this case's customer; above the limit, ask for approval.

    Runs outside any transaction. The deed answers with its outcome, or with none while it waits
    for the second person. Raises CaseRefused (`no_payment`, `not_refundable`, `too_old`,
    `too_much`, `already_requested`), PermissionDenied.
    """
    payment = refundable(case, payment_id)
    limit = profiles.get(case.brand).limits[payment.currency].agent_refund
    over = needs_second_person(intent.amount, payment.refunded, limit)
    wanted = Permission.REFUND_REQUEST if over else Permission.REFUND_WITHIN_LIMIT
    require(staff, case.brand, wanted)
    if not 0 < intent.amount <= payment.taken - payment.refunded:
        raise CaseRefused("too_much" if intent.amount > 0 else "amount")
    deed = _intend_refund(case, staff, payment, intent, over=over)
    return deed if deed.approval_id else deeds.carry_out(deed.pk)


def refundable(case: Case, payment_id: UUID) -> Payment:
    """A payment of this case's customer that can be refunded.

    Raises CaseRefused (`no_customer`, `no_payment`, `not_refundable`, `too_old`).
    """
    if case.customer_id is None:
        raise CaseRefused("no_customer")
    payment = Payment.objects.filter(pk=payment_id, brand=case.brand).first()
    if payment is None or case.customer_id not in (payment.payer_id, payment.payee_id):
        raise CaseRefused("no_payment")
    if payment.kind not in GIVEN_BACK or payment.state != PaymentState.SUCCEEDED:
        raise CaseRefused("not_refundable")
    if payments.is_too_old(payment):
        raise CaseRefused("too_old")
    return payment


@transaction.atomic
def _intend_refund(
    case: Case, staff: StaffMember, payment: Payment, intent: Intent, *, over: bool
) -> Deed:
    case = timeline.locked(case.pk)
    deed, is_new = _intend(
        case, staff, DeedKind.REFUND, intent, currency=payment.currency, target=payment.pk
    )
    if not is_new:
        return deed
    if over:
        asked = approvals.request(
            brand=case.brand,
            action=REFUND,
            subject=f"payment:{payment.pk}",
            permission=Permission.REFUND_APPROVE,
            staff=staff,
            params={
                "deed": str(deed.pk),
                "payment": str(payment.pk),
                "amount": deed.amount,
                "currency": deed.currency,
            },
            case_id=case.pk,
            reason=shield.mask(intent.note).text,
        )
        if asked.params.get("deed") != str(deed.pk):
            raise CaseRefused("already_requested")
        _wait_for(deed, asked, case, staff)
        return deed
    params = {"staff": staff.name, "amount": deed.amount, "currency": deed.currency}
    timeline.tell(case, acting(staff, case.brand), "refund_started", params, public=False)
    return deed


def _wait_for(deed: Deed, asked: Request, case: Case, staff: StaffMember) -> None:
    deed.approval_id = asked.pk
    deed.save(update_fields=["approval_id"])
    wait_inside(case, acting(staff, case.brand), staff, asked)


def place_hold(
    case: Case,
    staff: StaffMember,
    intent: Intent,
    *,
    currency: str,
    reason: HoldReason,
    until: datetime,
) -> Deed:
    """Reserve money in the wallet of the case's customer until a moment.

    Raises CaseRefused (`no_customer`, `amount`, `until`), PermissionDenied. Too little money is an
    outcome, not an error.
    """
    require(staff, case.brand, Permission.HOLD_PLACE)
    if case.customer_id is None:
        raise CaseRefused("no_customer")
    party(case, case.customer_id)
    if intent.amount <= 0 or currency not in profiles.get(case.brand).currencies:
        raise CaseRefused("amount")
    if until <= clock.now():
        raise CaseRefused("until")
    with transaction.atomic():
        deed, _ = _intend(
            timeline.locked(case.pk),
            staff,
            DeedKind.HOLD,
            intent,
            currency=currency,
            reason=HoldReason(reason),
            until=until,
        )
    return deeds.carry_out(deed.pk)


def release_hold(case: Case, staff: StaffMember, hold_id: UUID, deed_id: UUID) -> Deed:
    """Release money that is reserved in the wallet of the case's customer.

    Raises CaseRefused (`no_customer`, `hold_over`), PermissionDenied.
    """
    require(staff, case.brand, Permission.HOLD_RELEASE)
    hold = open_hold(case, hold_id, deed_id)
    with transaction.atomic():
        deed, _ = _intend(
            timeline.locked(case.pk),
            staff,
            DeedKind.RELEASE,
            Intent(deed_id, hold.amount),
            currency=hold.currency,
            target=hold.pk,
        )
    return deeds.carry_out(deed.pk)


def open_hold(case: Case, hold_id: UUID, deed_id: UUID | None = None) -> Hold:
    """An open hold of the case's customer (or one that this very deed ended).

    Raises CaseRefused (`hold_over`).
    """
    if case.customer_id is None:
        raise CaseRefused("no_customer")
    hold = Hold.objects.filter(pk=hold_id, brand=case.brand, customer_id=case.customer_id).first()
    known = deed_id is not None and Deed.objects.filter(pk=deed_id, case=case).exists()
    if hold is None or (hold.state != HoldState.HELD and not known):
        raise CaseRefused("hold_over")
    return hold


def _intend(
    case: Case,
    staff: StaffMember,
    kind: DeedKind,
    intent: Intent,
    *,
    currency: str,
    target: UUID | None = None,
    reason: str = "",
    until: datetime | None = None,
) -> tuple[Deed, bool]:
    """Write the intent down, once for its id; the caller holds the case's lock."""
    deed, is_new = Deed.objects.get_or_create(
        pk=intent.id,
        defaults={
            "case": case,
            "brand": case.brand,
            "kind": kind,
            "target": target,
            "amount": intent.amount,
            "currency": currency,
            "reason": reason,
            "note": shield.mask(" ".join(intent.note.split())).text[:NOTE_LENGTH],
            "until": until,
            "staff": staff,
        },
    )
    same = (deed.case_id, deed.kind, deed.target, deed.amount, deed.currency, deed.staff_id)
    if same != (case.pk, kind, target, intent.amount, currency, staff.pk):
        raise CaseRefused("client_id_taken")
    if is_new:
        audit.record(
            brand=case.brand,
            actor=acting(staff, case.brand),
            action=f"case.{kind.value}_intended",
            subject=case.subject,
            details={"deed": deed.pk, "target": target, "amount": deed.amount},
        )
    return deed, is_new
