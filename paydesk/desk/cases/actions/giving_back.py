"""What a case has to do with refunds asked for and transfers called back: it is opened for them,
and they are decided from it. The money and the request itself are the refunds domain's.
"""

from uuid import UUID

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.desk.cases.actions import clockwork, timeline
from paydesk.desk.cases.actions.conversation import open_case
from paydesk.desk.cases.actions.routing import acting
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import CaseRefused, State, Topic, after_message
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.payments import queries as payments
from paydesk.money.refunds import access, actions
from paydesk.money.refunds import queries as refunds
from paydesk.money.refunds.access import RefundNotFound
from paydesk.money.refunds.actions import NotDecidable, NotRecallable, StillHeld
from paydesk.money.refunds.models import Recall, RefundRequest
from paydesk.money.refunds.rules import State as Standing
from paydesk.people.models import Customer, StaffMember

CHANNEL = "chat"


def case_for_request(request_id: UUID, brand: str) -> Case:
    """The live case about a request's payment, opened now if there is none.

    The same for whoever asks: the reaction to the request, or a colleague who opens it.
    """
    request = RefundRequest.objects.select_related("customer__user", "payment").get(
        id=request_id, brand=brand
    )
    params = {"amount": request.amount, "currency": request.currency, "number": request.number}
    return _case(request.customer, request.payment_id, Topic.REFUND, "refund_asked", params)


def case_for_recall(recall_id: UUID, brand: str) -> Case:
    """The live case about a recalled transfer, opened now if there is none."""
    row = Recall.objects.select_related("customer__user", "payment").get(id=recall_id, brand=brand)
    amount = {"amount": row.payment.amount, "currency": row.payment.currency}
    params = {**amount, "number": row.number, "held": row.held, "why": row.why}
    return _case(row.customer, row.payment_id, Topic.THEFT, "recall_asked", params)


@transaction.atomic
def _case(
    customer: Customer, payment_id: UUID, topic: Topic, code: str, params: dict[str, object]
) -> Case:
    payment = payments.payment(customer.brand, payment_id)
    actor = Actor(ActorKind.CUSTOMER, customer.pk, customer.brand)
    case = open_case(
        brand=customer.brand,
        channel=CHANNEL,
        customer=customer,
        topic=topic,
        actor=actor,
        lang=customer.user.lang,
        payment=payment,
    )
    case = timeline.locked(case.pk)
    said = case.entries.filter(data__code=code, data__params__number=params["number"])
    if not said.exists():
        timeline.tell(case, actor, code, dict(params), public=True)
        timeline.changed(case, actor)
    return case


def decide_request(
    case: Case, staff: StaffMember, request_id: UUID, *, grant: int, answer: str
) -> RefundRequest:
    """Grant `grant` minor units of a request of this case's customer, or refuse it (0).

    Runs outside any transaction. Raises CaseRefused (`no_request`, `decided`, `amount`,
    `no_answer`), PermissionDenied.
    """
    try:
        request = access.request_in_case(case.brand, case.customer_id, request_id)
        done = actions.decide(request, staff=staff, grant=grant, answer=answer, case_id=case.pk)
    except RefundNotFound:
        raise CaseRefused("no_request") from None
    except NotDecidable as error:
        raise CaseRefused(error.code) from None
    params = {
        "staff": staff.name,
        "amount": grant or request.amount,
        "currency": request.currency,
        "number": request.number,
    }
    code = "refund_refused" if not grant else "refund_granted"
    if done.state == Standing.APPROVAL:
        code = "refund_waits"
    _noted(case, staff, code, params, decided=done.state not in (Standing.ASKED, Standing.APPROVAL))
    return done


def decide_recall(
    case: Case, staff: StaffMember, recall_id: UUID, *, give_back: bool, answer: str
) -> Recall:
    """Give back what is held for a recall of this case's customer, or set it free; where nothing
    is held, what was refunded of the transfer ends it.

    Runs outside any transaction. Raises CaseRefused (`no_request`, `decided`, `nothing_held`,
    `still_held`), PermissionDenied.
    """
    try:
        row = access.recall_in_case(case.brand, case.customer_id, recall_id)
        done = actions.decide_recall(row, staff=staff, give_back=give_back, answer=answer)
    except RefundNotFound:
        raise CaseRefused("no_request") from None
    except StillHeld:
        raise CaseRefused("still_held") from None
    except NotRecallable:
        raise CaseRefused("nothing_held" if give_back else "decided") from None
    params = {
        "staff": staff.name,
        "amount": refunds.came_back(done) or done.payment.amount,
        "currency": done.payment.currency,
        "number": done.number,
        "held": done.held,
    }
    code = "recall_returned" if give_back else "recall_refused"
    _noted(case, staff, code, params, decided=True)
    return done


@transaction.atomic
def _noted(
    case: Case, staff: StaffMember, code: str, params: dict[str, object], *, decided: bool
) -> None:
    actor = acting(staff, case.brand)
    case = timeline.locked(case.pk)
    timeline.tell(case, actor, code, params, public=False)
    if case.live:
        _in_hand(case, staff, decided=decided, waits=code == "refund_waits")
    timeline.changed(case, actor)
    audit.record(
        brand=case.brand,
        actor=actor,
        action=f"case.{code}",
        subject=case.subject,
        details={"number": params["number"], "amount": params["amount"]},
    )


def _in_hand(case: Case, staff: StaffMember, *, decided: bool, waits: bool) -> None:
    """Who decides has the case; a decision is an answer, except to what the customer wrote."""
    if case.assignee_id is None:
        clockwork.assign(case, staff.pk)
    if waits:
        clockwork.wait_inside(case)
    elif decided and not timeline.has_unanswered(case):
        case.state = after_message(State(case.state), from_customer=False)
        clockwork.answered(case, staff.pk)
    case.save()
