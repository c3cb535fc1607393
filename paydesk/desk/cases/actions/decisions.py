"""What a second person's decision does to the case that asked for it.

`decided` runs in the transaction of the decision and lifts freezes there; a refund moves money
and so is carried out by a job after commit. paydesk.wiring connects both to `approval.decided`.
"""

from uuid import UUID

from paydesk.approvals import queries as approvals
from paydesk.approvals.models import Request, State
from paydesk.desk.cases.actions import clockwork, deeds, timeline
from paydesk.desk.cases.actions.routing import acting
from paydesk.desk.cases.models import Case, Deed
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.money.payments.actions import REFUND
from paydesk.people import actions as people
from paydesk.people import queries as people_queries
from paydesk.people.rules import UNFREEZE


def decided(*, request_id: str, brand: str) -> None:
    """Lift the freeze that was approved, and tell the case how the decision went."""
    asked = Request.objects.select_related("decided_by", "requested_by").get(pk=request_id)
    if asked.case_id is None:
        return
    actor = acting(asked.decided_by, brand) if asked.decided_by else SYSTEM(brand)
    about = UUID(str(asked.params["customer"])) if asked.action == UNFREEZE else None
    lifted = asked.state == State.APPROVED and about and _unfreeze(asked, about, actor)
    if asked.action == REFUND and asked.state != State.APPROVED:
        deeds.give_up(UUID(str(asked.params["deed"])))
    case, others = timeline.locked_with_others(asked.case_id, about if lifted else None)
    params = {
        "action": asked.action,
        "state": asked.state,
        "by": asked.decided_by.name if asked.decided_by else "",
        "approval": str(asked.pk),
    }
    timeline.tell(case, actor, "approval_decided", params, public=False)
    if lifted:
        for one in (case, *others):
            timeline.tell(one, actor, "unfrozen", {"who": lifted}, public=False)
    if not _others_wait(case, asked):
        clockwork.decided_inside(case)
    case.save()
    timeline.changed(case, actor)


def carry_out_decided(*, request_id: str, brand: str) -> None:
    """Move the money that an approved request asked for. A job: outside any transaction."""
    deed = Deed.objects.filter(approval_id=request_id, brand=brand).first()
    if deed is not None:
        deeds.carry_out(deed.pk)


def _unfreeze(asked: Request, about: UUID, actor: Actor) -> str:
    """Lift the freezes; answers the customer's name, or nothing if none was left to lift."""
    customer = people_queries.customer(asked.brand, about)
    if customer is None:
        return ""
    decision = approvals.approved_decision(asked.pk)
    return customer.name if people.lift_freeze(customer, actor=actor, approval=decision) else ""


def _others_wait(case: Case, asked: Request) -> bool:
    others = approvals.of_case(case.brand, case.pk)
    return any(one.state == State.PENDING and one.pk != asked.pk for one in others)
