"""What staff decide about a request: grant it, part of it, or refuse it with a reason.

Above the brand's limit a second person has to agree; `decided` runs in the transaction of that
decision, `carry_out_decided` is the job after it. That it is looked at in a case is the desk's.
"""

from uuid import UUID

from django.db import transaction

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.approvals.models import State as ApprovalState
from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import shield
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.refunds import queries
from paydesk.money.refunds.actions.carrying_out import PERSON, carry_out
from paydesk.money.refunds.actions.telling import step
from paydesk.money.refunds.models import RefundRequest
from paydesk.money.refunds.rules import DECIDABLE, State, StepKind, needs_second_person
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission, require

REFUND_REQUEST = "refund_request"
"""Action code of the approval that granting above the limit needs; subject `refund:<uuid>`."""
ANSWER_LENGTH = 500


class NotDecidable(ValueError):
    """The request can't be decided like that: `code` is `decided`, `amount` or `no_answer`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decide(
    request: RefundRequest,
    *,
    staff: StaffMember,
    grant: int,
    answer: str = "",
    case_id: UUID | None = None,
) -> RefundRequest:
    """Grant `grant` minor units of what was asked for (0: refuse, then `answer` says why).

    Runs outside any transaction; what is granted is paid at once, unless it needs the second
    person. Raises NotDecidable, PermissionDenied.
    """
    limit = profiles.get(request.brand).limits[request.currency].agent_refund
    over = needs_second_person(grant, request.payment.refunded, limit)
    wanted = Permission.REFUND_REQUEST if over else Permission.REFUND_WITHIN_LIMIT
    require(staff, request.brand, wanted)
    if not 0 <= grant <= min(request.amount, queries.paid(request.payment, None).rest):
        raise NotDecidable("amount")
    if not grant and not answer.strip():
        raise NotDecidable("no_answer")
    done = _decide(request.id, staff, grant, answer, case_id, over=over)
    return carry_out(done.id) if done.state == State.SENDING else done


@transaction.atomic
def _decide(
    request_id: UUID,
    staff: StaffMember,
    grant: int,
    answer: str,
    case_id: UUID | None,
    *,
    over: bool,
) -> RefundRequest:
    request = _locked(request_id)
    if request.state not in DECIDABLE:
        raise NotDecidable("decided")
    actor = Actor(ActorKind.STAFF, staff.id, request.brand)
    request.answer = shield.mask(answer.strip()).text[:ANSWER_LENGTH]
    request.verdict, request.decided_by = PERSON, str(actor)
    if not grant:
        step(request, StepKind.REFUSED, actor, state=State.REFUSED)
    else:
        request.granted, request.approval_id = grant, None
        if over:
            _ask_second(request, staff, actor, case_id)
        else:
            step(request, StepKind.GRANTED, actor, state=State.SENDING, amount=grant)
    audit.record(
        brand=request.brand,
        actor=actor,
        action="refund.decided",
        subject=f"refund:{request.id}",
        details={"granted": grant, "state": request.state},
    )
    return request


def _ask_second(
    request: RefundRequest, staff: StaffMember, actor: Actor, case_id: UUID | None
) -> None:
    assert request.granted
    asked = approvals.request(
        brand=request.brand,
        action=REFUND_REQUEST,
        subject=f"refund:{request.id}",
        permission=Permission.REFUND_APPROVE,
        staff=staff,
        params={
            "request": str(request.id),
            "payment": str(request.payment_id),
            "amount": request.granted,
            "currency": request.currency,
        },
        case_id=case_id,
        reason=request.answer,
    )
    request.approval_id = asked.id
    step(request, StepKind.SECOND_PERSON, actor, state=State.APPROVAL, amount=request.granted)


def decided(*, request_id: str, brand: str) -> None:
    """What the second person said, on the request. Runs in the transaction of the decision."""
    asked = Request.objects.get(id=request_id, brand=brand)
    if asked.action != REFUND_REQUEST:
        return
    request = _locked(UUID(str(asked.params["request"])))
    if request.state != State.APPROVAL:
        return
    by = asked.decided_by_id
    actor = Actor(ActorKind.STAFF, by, brand) if by else SYSTEM(brand)
    if asked.state == ApprovalState.APPROVED:
        step(request, StepKind.GRANTED, actor, state=State.SENDING, amount=request.granted)
        return
    request.granted, request.approval_id = None, None
    step(request, StepKind.SECOND_PERSON_NO, actor, state=State.ASKED, said=asked.state)


def carry_out_decided(*, request_id: str, brand: str) -> None:
    """Pay a request that the second person agreed to. A job: outside any transaction."""
    found = RefundRequest.objects.filter(approval_id=request_id, brand=brand).first()
    if found is not None:
        carry_out(found.id)


def _locked(request_id: UUID) -> RefundRequest:
    rows = RefundRequest.objects.select_related("customer__user", "payment")
    return rows.select_for_update(of=("self",)).get(id=request_id)
