"""What is known already about a batch of plans: asked before, settled, held or ended. Decides
nothing; locks the rows that settlements and ends of holds are about, in id order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from django.db import connection

from paydesk.kit.arrays import text_array
from paydesk.money.payments.models import Attempt, Hold, Payment
from paydesk.money.payments.plans import (
    HoldEnd,
    NewHold,
    NewPayment,
    Outcome,
    Plan,
    RequestConflict,
    Settlement,
)
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import FINISHED, AttemptState, HoldState, PaymentState

Answer = Outcome | RequestConflict
T = TypeVar("T")

_ASKED = """
SELECT w.n, p.id
FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[]) AS w(n, brand, asked_by, request_key)
CROSS JOIN LATERAL (
    SELECT p.id FROM payments_payment p
    WHERE p.brand = w.brand AND p.asked_by = w.asked_by AND p.request_key = w.request_key LIMIT 1
) p
"""


@dataclass(slots=True)
class Known:
    """Answers by the plan's position for those that need nothing done; the locked rows that the
    others are about, by id."""

    answers: dict[int, Answer] = field(default_factory=dict)
    payments: dict[UUID, Payment] = field(default_factory=dict)
    holds: dict[UUID, Hold] = field(default_factory=dict)


def look(plans: Sequence[Plan]) -> Known:
    """What is known about plans of which no two are about the same request, payment or hold."""
    known = Known()
    by_type: dict[type, dict[int, Plan]] = {}
    for n, plan in enumerate(plans):
        by_type.setdefault(type(plan.subject), {})[n] = plan
    looks: dict[type, Callable[[Mapping[int, Plan], Known], None]] = {
        NewPayment: _asked_before,
        Settlement: _settled_before,
        NewHold: _held_before,
        HoldEnd: _ended_before,
    }
    for kind, found in by_type.items():
        looks[kind](found, known)
    return known


def outcome_of(payment: Payment, *, repeated: bool) -> Outcome:
    """A recorded payment as an outcome."""
    return Outcome(
        id=payment.id,
        state=PaymentState(payment.state),
        number=payment.number,
        reason=Reason(payment.reason) if payment.reason else None,
        facts=payment.facts,
        repeated=repeated,
    )


def _asked_before(plans: Mapping[int, Plan], known: Known) -> None:
    asked = {n: new.asked for n, new in _subjects(plans, NewPayment)}
    columns = (
        list(asked),
        text_array(plan.brand for plan in plans.values()),
        text_array(one.by for one in asked.values()),
        text_array(one.key for one in asked.values()),
    )
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, columns)
        found = dict(cursor.fetchall())
    if not found:
        return
    payments = Payment.objects.in_bulk(found.values())
    for n, payment_id in found.items():
        payment = payments[payment_id]
        same = payment.request_digest == asked[n].digest
        known.answers[n] = (
            outcome_of(payment, repeated=True) if same else RequestConflict(payment.number)
        )


def _settled_before(plans: Mapping[int, Plan], known: Known) -> None:
    said = dict(_subjects(plans, Settlement))
    wanted = [one.payment for one in said.values()]
    rows = Payment.objects.filter(id__in=wanted).order_by("id").select_for_update()
    known.payments = {payment.id: payment for payment in rows}
    tried = Attempt.objects.filter(id__in=[one.attempt for one in said.values() if one.attempt])
    states = {one: AttemptState(state) for one, state in tried.values_list("id", "state")}
    for n, settlement in said.items():
        payment = known.payments[settlement.payment]
        if not _is_news(payment, settlement, states):
            known.answers[n] = outcome_of(payment, repeated=True)


def _is_news(payment: Payment, said: Settlement, attempts: Mapping[UUID, AttemptState]) -> bool:
    """Whether what is said now still counts, whatever order words come in."""
    if payment.state in FINISHED:
        return False
    if said.only_if and payment.reason not in said.only_if:
        return False  # decided meanwhile, on a row that was read before
    if said.attempt is None or said.decided:
        return True
    if payment.reason == Reason.AMOUNT_DIFFERS:
        return False
    paid = attempts[said.attempt] is AttemptState.PAID
    return not paid or said.attempt_state is AttemptState.PAID


def _held_before(plans: Mapping[int, Plan], known: Known) -> None:
    holds = Hold.objects.in_bulk([new.id for _, new in _subjects(plans, NewHold)])
    for n, new in _subjects(plans, NewHold):
        hold = holds.get(new.id)
        if hold is None:
            continue
        stands = (hold.account_id, hold.amount, hold.reason, hold.expires_at)
        same = stands == (new.account, new.amount, new.reason, new.expires_at)
        known.answers[n] = (
            Outcome(hold.id, HoldState(hold.state), repeated=True)
            if same
            else RequestConflict(str(hold.id))
        )


def _ended_before(plans: Mapping[int, Plan], known: Known) -> None:
    ends = dict(_subjects(plans, HoldEnd))
    rows = Hold.objects.filter(id__in=[end.hold for end in ends.values()])
    known.holds = {hold.id: hold for hold in rows.order_by("id").select_for_update()}
    for n, end in ends.items():
        hold = known.holds[end.hold]
        if hold.state != HoldState.HELD:
            known.answers[n] = Outcome(hold.id, HoldState(hold.state), repeated=True)


def _subjects(plans: Mapping[int, Plan], kind: type[T]) -> list[tuple[int, T]]:
    return [(n, plan.subject) for n, plan in plans.items() if isinstance(plan.subject, kind)]
