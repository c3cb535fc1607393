"""A step of a request: written down, told to its customer by event and mail, told to the desk.
That a request has come to its end is fired as `refund.ended`. And what happens to a dispute.

For this package's actions only; every function runs in the caller's transaction.
"""

from typing import Any

from paydesk.audit import actions as audit
from paydesk.kit import clock, ids, reactions
from paydesk.kit.actors import Actor
from paydesk.kit.events import actions as events
from paydesk.kit.money import format_amount
from paydesk.money.refunds.models import Dispute, RefundRequest, Step
from paydesk.money.refunds.rules import OVER, State, StepKind
from paydesk.people.telling import write

SILENT = frozenset({StepKind.EVIDENCE, StepKind.SECOND_PERSON, StepKind.SECOND_PERSON_NO})
"""Steps that nobody is written to about: one's own doing, and what is between colleagues."""


def step(
    request: RefundRequest,
    kind: StepKind,
    actor: Actor,
    *,
    state: State | None = None,
    **data: Any,
) -> Step:
    """Add a line to the timeline, move the request to `state`, and tell whom it concerns.

    The caller holds the request's row and saves what else it changed.
    """
    at = clock.now()
    made = Step.objects.create(
        id=ids.uuid7(),
        brand=request.brand,
        request=request,
        kind=kind,
        at=at,
        by=str(actor),
        data=data,
    )
    if state is not None:
        request.state = state
    request.changed_at = at
    request.save()
    events.publish(
        brand=request.brand,
        kind="refund.changed",
        subject=f"refund:{request.id}",
        audience=[f"customer:{request.customer_id}", f"desk:{request.brand}"],
        actor=actor,
        payload={"refund": str(request.id), "number": request.number, "state": request.state},
    )
    if kind not in SILENT:
        _write(request, kind, data)
    if state in OVER:
        reactions.fire("refund.ended", request_id=str(request.id), brand=request.brand)
    return made


def _write(request: RefundRequest, kind: StepKind, data: dict[str, Any]) -> None:
    amount = request.granted if request.granted is not None else request.amount
    write(
        request.customer,
        f"refunds/{kind.value}",
        {
            "number": request.number,
            "payment": request.payment.number,
            "amount": format_amount(amount, request.currency),
            "asked": format_amount(request.amount, request.currency),
            "answer": request.answer,
        },
    )


def dispute(row: Dispute, actor: Actor, action: str, **more: Any) -> None:
    """Tell the desk that a dispute changed, and write it into the audit with `more`, plain
    values."""
    events.publish(
        brand=row.brand,
        kind="dispute.changed",
        subject=f"dispute:{row.id}",
        audience=[f"desk:{row.brand}"],
        actor=actor,
        payload={"dispute": row.number, "state": row.state},
    )
    details = {"payment": row.payment_id, "amount": row.amount, "reason": row.reason}
    audit.record(
        brand=row.brand,
        actor=actor,
        action=action,
        subject=f"dispute:{row.id}",
        details=details | more,
    )
