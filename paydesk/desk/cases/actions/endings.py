"""What the end of a refund request or a recall does to its case: the outcome is said, and the case
is solved with it, by whoever decided, else by the system.

paydesk.wiring connects both to the reactions of refunds. Once however often it is run; where the
customer waits for words, or something else about the payment is open, the case stays open.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from paydesk.approvals import queries as approvals
from paydesk.approvals.models import State as ApprovalState
from paydesk.audit import actions as audit
from paydesk.desk.cases.actions import clockwork, timeline
from paydesk.desk.cases.actions.giving_back import case_for_recall, case_for_request
from paydesk.desk.cases.actions.routing import acting, done
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import State
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM, ActorKind
from paydesk.money.refunds import queries as refunds
from paydesk.money.refunds.models import Recall, RefundRequest
from paydesk.money.refunds.rules import OVER
from paydesk.money.refunds.rules import State as Standing
from paydesk.people.models import StaffMember

OPEN_RECALL = "open"


def open_for_request(request_id: UUID, brand: str) -> None:
    """Open the case of a request that waits for a person, unless it has ended meanwhile."""
    if not RefundRequest.objects.filter(id=request_id, state__in=OVER).exists():
        case_for_request(request_id, brand)
        request_ended(request_id, brand)  # it may have, before there was a case to tell


def open_for_recall(recall_id: UUID, brand: str) -> None:
    """Open the case of a recall, unless it has ended meanwhile."""
    if Recall.objects.filter(id=recall_id, state=OPEN_RECALL).exists():
        case_for_recall(recall_id, brand)
        recall_ended(recall_id, brand)


def request_failed(request_id: UUID, brand: str) -> None:
    """What was granted could not be paid and a person decides again: the case waits for us."""
    one = RefundRequest.objects.get(id=request_id, brand=brand)
    if one.state == Standing.ASKED:
        _resume(case_for_request(request_id, brand))


def request_ended(request_id: UUID, brand: str) -> None:
    """Tell the cases of a request what came of it, and solve them. Nothing while it is open."""
    one = RefundRequest.objects.get(id=request_id, brand=brand)
    if one.state not in OVER:
        return
    ending = "stays" if refunds.stays_in_wallet(one) else one.state
    params = {
        "amount": one.granted or one.amount,
        "currency": one.currency,
        "number": one.number,
    }
    for case in _cases(one.customer_id, one.payment_id, "refund_asked", one.number):
        _end(case, f"request_{ending}", params, one.decided_by)


def recall_ended(recall_id: UUID, brand: str) -> None:
    """Likewise of a recall."""
    one = Recall.objects.select_related("payment").get(id=recall_id, brand=brand)
    if one.state == OPEN_RECALL:
        return
    back = refunds.came_back(one)
    params = {
        "amount": back or one.payment.amount,
        "currency": one.payment.currency,
        "number": one.number,
    }
    whole = one.payment.refunded >= one.payment.taken  # staff may have refunded all of it first
    ending = "returned" if one.state == "refused" and whole else one.state
    if ending == "refused":
        marks = {"partly": bool(back), "gone": refunds.is_gone(one.payment)}
        params |= {name: True for name, holds in marks.items() if holds}
    for case in _cases(one.customer_id, one.payment_id, "recall_asked", one.number):
        _end(case, f"recall_ended_{ending}", params, one.decided_by)


def _cases(customer_id: UUID, payment_id: UUID, code: str, number: str) -> list[Case]:
    """The cases in which it was asked for: seldom more than one, none where a rule decided."""
    found = Case.objects.filter(customer_id=customer_id, payment_id=payment_id)
    said = {"entries__data__code": code, "entries__data__params__number": number}
    return list(found.filter(**said).exclude(state=State.CLOSED).distinct())


@transaction.atomic
def _resume(case: Case) -> None:
    case = timeline.locked(case.pk)
    if case.state == State.WAITING_CUSTOMER:
        clockwork.requeue(case)
        case.save()
        timeline.changed(case, SYSTEM(case.brand))


@transaction.atomic
def _end(case: Case, code: str, params: Mapping[str, Any], decided_by: str) -> None:
    case = timeline.locked(case.pk)
    if case.entries.filter(data__code=code, data__params__number=params["number"]).exists():
        return
    timeline.say(case, code, dict(params))
    if case.live and not _is_wanted(case):
        _solve(case, _staff(decided_by))
    else:
        timeline.changed(case, SYSTEM(case.brand))


def _is_wanted(case: Case) -> bool:
    """Whether there is more to do in a live case than what has just ended."""
    asked = approvals.of_case(case.brand, case.pk)
    if timeline.has_unanswered(case) or any(one.state == ApprovalState.PENDING for one in asked):
        return True
    assert case.customer_id
    requests, recalls = (
        refunds.open_of(case.customer_id),
        refunds.open_recalls_of(case.customer_id),
    )
    concerned = {one.payment_id for one in requests} | {one.payment_id for one in recalls}
    return case.payment_id in concerned


def _solve(case: Case, staff: StaffMember | None) -> None:
    """Solve it; for the customer the decision was the answer that he waited for."""
    if staff is not None:
        clockwork.answered(case, staff.pk)
    clockwork.stop_waiting(case, State.SOLVED)
    case.solved_at = clock.now()
    if staff is not None:
        actor = acting(staff, case.brand)
        done(case, actor, "solved", {"staff": staff.name}, public=True)
        return
    system = SYSTEM(case.brand)
    case.save()
    timeline.say(case, "solved_itself")
    timeline.changed(case, system)
    audit.record(brand=case.brand, actor=system, action="case.solved", subject=case.subject)


def _staff(decided_by: str) -> StaffMember | None:
    """Who decided, from the actor as it was written down; None where nobody of the staff did."""
    kind, _, known = decided_by.partition(":")
    return StaffMember.objects.filter(pk=known).first() if kind == ActorKind.STAFF else None
