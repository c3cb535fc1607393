"""Carrying out what a case decided to do with money, and writing down what became of it.

Safe to run again at any point: the money moves under the deed's own id, the outcome is written
once. Never runs inside a transaction.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from paydesk.approvals import queries as approvals
from paydesk.approvals.models import Request
from paydesk.approvals.models import State as ApprovalState
from paydesk.audit import actions as audit
from paydesk.desk.cases.actions import timeline
from paydesk.desk.cases.actions.routing import acting
from paydesk.desk.cases.models import Deed
from paydesk.desk.cases.rules import DeedKind
from paydesk.kit import clock
from paydesk.kit.actors import Actor
from paydesk.kit.sweeping import each
from paydesk.money.payments import actions as payments
from paydesk.money.payments.models import Hold, Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import HoldReason, HoldState, PaymentState

DONE = "done"
NOT_APPROVED = "not_approved"
LEFT_BEHIND = timedelta(seconds=30)
_BATCH = 50


def carry_out(deed_id: UUID) -> Deed:
    """Do what the deed says, unless it is done or still waits for its approval."""
    deed = Deed.objects.select_related("case__customer__user", "staff").get(pk=deed_id)
    if deed.outcome or not _may_proceed(deed):
        return deed
    if deed.kind == DeedKind.HOLD and deed.until and deed.until <= clock.now():
        # Left behind for longer than it was to last: nothing is left to reserve.
        placed = Hold.objects.filter(pk=deed.pk).exists()
        return _finish(deed.pk, DONE if placed else str(HoldState.EXPIRED), "")
    try:
        outcome = _submit(deed)
    except payments.ApprovalNeeded:  # the limit is another one by now
        return _finish(deed.pk, str(Reason.APPROVAL_NEEDED), "")
    return _finish(deed.pk, _code(outcome), outcome.number)


def carry_out_left_behind() -> int:
    """Finish deeds whose process died between intent and outcome; answers how many it looked at."""
    before = clock.now() - LEFT_BEHIND
    approved = Request.objects.filter(state=ApprovalState.APPROVED)
    left = Deed.objects.filter(outcome="", created_at__lt=before).filter(
        Q(approval_id__isnull=True) | Q(approval_id__in=approved.values("pk"))
    )
    found = list(left.order_by("created_at").values_list("pk", flat=True)[:_BATCH])
    each(carry_out, found)
    return len(found)


def give_up(deed_id: UUID) -> None:
    """Close a deed that was not approved. Runs in the transaction of the decision."""
    _finish(deed_id, NOT_APPROVED, "")


def _may_proceed(deed: Deed) -> bool:
    if deed.approval_id is None:
        return True
    return Request.objects.filter(pk=deed.approval_id, state=ApprovalState.APPROVED).exists()


def _submit(deed: Deed) -> Outcome:
    actor = acting(deed.staff, deed.brand)
    if deed.kind == DeedKind.HOLD:
        return _submit_hold(deed, actor)
    assert deed.target is not None
    if deed.kind == DeedKind.REFUND:
        decision = approvals.approved_decision(deed.approval_id) if deed.approval_id else None
        return payments.refund(
            original=Payment.objects.get(pk=deed.target),
            amount=deed.amount,
            reason=deed.note,
            actor=actor,
            key=str(deed.pk),
            approval=decision,
        )
    return payments.release_hold(Hold.objects.get(pk=deed.target), actor=actor)


def _submit_hold(deed: Deed, actor: Actor) -> Outcome:
    assert deed.case.customer is not None
    assert deed.until is not None
    return payments.place_hold(
        customer=deed.case.customer,
        amount=deed.amount,
        currency=deed.currency,
        reason=HoldReason(deed.reason),
        expires_at=deed.until,
        actor=actor,
        hold_id=deed.pk,
    )


def _code(outcome: Outcome) -> str:
    """`done`, or why not. A hold that ended before is as released as can be."""
    if outcome.state in (PaymentState.SUCCEEDED, HoldState.HELD, HoldState.RELEASED):
        return DONE
    if outcome.state == HoldState.EXPIRED:
        return str(HoldState.EXPIRED)
    return str(outcome.reason or outcome.state or "unknown")


@transaction.atomic
def _finish(deed_id: UUID, outcome: str, number: str) -> Deed:
    deed = Deed.objects.select_related("staff").select_for_update(of=("self",)).get(pk=deed_id)
    if deed.outcome:
        return deed
    deed.outcome, deed.number, deed.finished_at = outcome, number, clock.now()
    deed.save(update_fields=["outcome", "number", "finished_at"])
    if outcome != NOT_APPROVED:
        _tell(deed)
    audit.record(
        brand=deed.brand,
        actor=acting(deed.staff, deed.brand),
        action=f"case.{deed.kind}_finished",
        subject=f"case:{deed.case_id}",
        details={"deed": deed.pk, "outcome": outcome, "number": number},
    )
    return deed


def _tell(deed: Deed) -> None:
    """The line that says how it went; a refund that was paid is told to the customer too."""
    case = timeline.locked(deed.case_id)
    params: dict[str, object] = {
        "staff": deed.staff.name,
        "amount": deed.amount,
        "currency": deed.currency,
        "number": deed.number,
        "why": deed.outcome,
    }
    if deed.until:
        params["until"] = deed.until.isoformat()
    done = deed.outcome == DONE
    code = {
        DeedKind.REFUND: "refund_paid" if done else "refund_failed",
        DeedKind.HOLD: "hold_placed" if done else "hold_failed",
        DeedKind.RELEASE: "hold_released" if done else "release_failed",
    }[DeedKind(deed.kind)]
    actor = acting(deed.staff, deed.brand)
    timeline.tell(case, actor, code, params, public=done and deed.kind == DeedKind.REFUND)
    timeline.changed(case, actor)
