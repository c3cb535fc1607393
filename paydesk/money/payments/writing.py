"""Records what became of plans: payments, attempts, holds; each kind of row in one statement.

Called by `submit` inside its transaction and by nobody else. Decides nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from paydesk.money.payments import copying, updating
from paydesk.money.payments.known import Known, outcome_of
from paydesk.money.payments.models import Attempt, Hold, Payment
from paydesk.money.payments.plans import (
    HoldEnd,
    NewAttempt,
    NewHold,
    NewPayment,
    Outcome,
    Plan,
    Settlement,
)
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.states import (
    FINISHED,
    AttemptState,
    Direction,
    HoldState,
    PaymentKind,
    PaymentState,
)


class PaymentTold(NamedTuple):
    """As much of a payment as is told of it."""

    id: UUID
    number: str
    kind: PaymentKind
    state: PaymentState
    payer: UUID | None
    payee: UUID | None
    purpose: str


class HoldTold(NamedTuple):
    """As much of a hold as is told of it."""

    id: UUID
    customer: UUID
    state: HoldState


class Decided(Struct, frozen=True):
    """A plan, its outcome, and the payment or hold that changed (None: nothing did)."""

    plan: Plan
    outcome: Outcome
    about: PaymentTold | HoldTold | None = None


Judged = tuple[Plan, Refusal | None]
"""A plan and why it was refused; None: it went ahead, and its items are posted."""


def write(judged: Sequence[Judged], known: Known, at: datetime) -> list[Decided]:
    """Record decided plans, in their order."""
    by_type: dict[type, list[tuple[int, Judged]]] = {}
    for n, one in enumerate(judged):
        by_type.setdefault(type(one[0].subject), []).append((n, one))
    writers: dict[type, Callable[[Sequence[Judged], Known, datetime], list[Decided]]] = {
        NewPayment: _new_payments,
        Settlement: _settlements,
        NewHold: _new_holds,
        HoldEnd: _hold_ends,
    }
    done: dict[int, Decided] = {}
    for kind, ones in by_type.items():
        written = writers[kind]([one for _, one in ones], known, at)
        done |= zip((n for n, _ in ones), written, strict=True)
    return [done[n] for n in range(len(judged))]


def _new_payments(judged: Sequence[Judged], _: Known, at: datetime) -> list[Decided]:
    new = [
        (plan, plan.subject, refusal)
        for plan, refusal in judged
        if isinstance(plan.subject, NewPayment)
    ]
    copying.copy_in(new, at)
    Attempt.objects.bulk_create(
        _first_attempt(plan.brand, payment, payment.attempt, at)
        for plan, payment, refusal in new
        if payment.attempt and not refusal
    )
    return [_made(plan, payment, refusal) for plan, payment, refusal in new]


def _made(plan: Plan, new: NewPayment, refusal: Refusal | None) -> Decided:
    state = copying.state_of(new, refusal)
    reason = refusal.reason if refusal else new.reason
    facts = dict(refusal.facts if refusal else new.facts)
    told = PaymentTold(new.id, new.number, new.kind, state, new.payer, new.payee, new.purpose)
    return Decided(plan, Outcome(new.id, state, new.number, reason, facts), told)


def _first_attempt(brand: str, payment: NewPayment, new: NewAttempt, at: datetime) -> Attempt:
    # A charge takes the fee along; what is paid out or given back is the amount alone.
    whole = payment.amount + (payment.fee if new.direction is Direction.CHARGE else 0)
    return Attempt(
        id=new.id,
        brand=brand,
        payment_id=payment.id,
        number=1,
        provider=new.provider,
        direction=new.direction,
        token=new.token,
        shown=new.shown,
        terms=new.terms,
        amount=new.amount or whole,
        currency=new.currency or payment.currency,
        state=AttemptState.STARTED,
        client_version=payment.client_version,
        notice_id=payment.notice,
        started_at=at,
        next_query_at=new.query_at,
    )


def _settlements(judged: Sequence[Judged], known: Known, at: datetime) -> list[Decided]:
    """What became of payments under way: on the payments, their attempts and what brought it."""
    decided, changed, said = [], [], []
    for plan, refusal in judged:
        assert isinstance(plan.subject, Settlement)
        payment = known.payments[plan.subject.payment]
        if _waits_on(plan.subject, refusal):
            assert refusal
            outcome = outcome_of(payment, repeated=False)
            outcome = replace(outcome, reason=refusal.reason, facts=dict(refusal.facts))
            decided.append(Decided(plan, outcome))
            continue
        _change(payment, plan.subject, refusal, at)
        changed.append(payment)
        said.append((_asked_next(payment, plan.subject, refusal), PaymentState(payment.state)))
        decided.append(Decided(plan, outcome_of(payment, repeated=False), _told(payment)))
    updating.payments(changed)
    updating.attempts(said, at)
    updating.notifications(said, at)
    return decided


def _waits_on(said: Settlement, refusal: Refusal | None) -> bool:
    """Whether what was decided can't be done now, so that the payment waits as it did before.

    So does one whose hold has lapsed: it is over when the hold is released, never before.
    """
    return refusal is not None and said.decided


def _change(payment: Payment, said: Settlement, refusal: Refusal | None, at: datetime) -> None:
    state, reason, facts = _became(said, refusal)
    payment.state, payment.reason, payment.facts = state, reason or "", facts
    payment.finished_at = at if state in FINISHED else None
    payment.booked_at = at if state is PaymentState.SUCCEEDED else None
    payment.captured = said.captured if state is PaymentState.SUCCEEDED else None
    if said.transfer and state is PaymentState.SUCCEEDED:
        payment.details = {**payment.details, "transfer": str(said.transfer)}


def _asked_next(payment: Payment, said: Settlement, refusal: Refusal | None) -> Settlement:
    """What was said, without a next question where the customer's own account is closed: no wallet
    will ever take the top-up, it is listed for staff (queries.owed_to_closed)."""
    closed = refusal is not None and refusal.reason is Reason.SENDER_CLOSED
    return replace(said, query_at=None) if closed and payment.kind == PaymentKind.TOPUP else said


def _became(
    said: Settlement, refusal: Refusal | None
) -> tuple[PaymentState, Reason | None, dict[str, Any]]:
    """State, reason and facts. Money that the provider took but the wallet can't receive stays
    unfinished (row 19): it is tried again when the next look comes round, if one does."""
    if refusal is None:
        return said.state, said.reason, dict(said.facts)
    if said.decided:
        return PaymentState.FAILED, refusal.reason, dict(refusal.facts)
    facts = {"because": refusal.reason.value, **refusal.facts}
    return PaymentState.PROCESSING, Reason.PAID_NOT_CREDITED, facts


def _told(payment: Payment) -> PaymentTold:
    return PaymentTold(
        payment.id,
        payment.number,
        PaymentKind(payment.kind),
        PaymentState(payment.state),
        payment.payer_id,
        payment.payee_id,
        payment.purpose,
    )


def _new_holds(judged: Sequence[Judged], _: Known, at: datetime) -> list[Decided]:
    rows, decided = [], []
    for plan, refusal in judged:
        assert isinstance(plan.subject, NewHold)
        if refusal:
            decided.append(Decided(plan, _refused(plan.subject.id, refusal)))
            continue
        rows.append(_hold(plan, plan.subject, at))
        told = HoldTold(plan.subject.id, plan.subject.customer, HoldState.HELD)
        decided.append(Decided(plan, Outcome(told.id, told.state), told))
    Hold.objects.bulk_create(rows)
    return decided


def _hold(plan: Plan, new: NewHold, at: datetime) -> Hold:
    return Hold(
        id=new.id,
        brand=plan.brand,
        customer_id=new.customer,
        account_id=new.account,
        amount=new.amount,
        currency=new.currency,
        reason=new.reason,
        state=HoldState.HELD,
        placed_by=str(plan.actor),
        placed_at=at,
        expires_at=new.expires_at,
    )


def _hold_ends(judged: Sequence[Judged], known: Known, at: datetime) -> list[Decided]:
    rows, decided = [], []
    for plan, refusal in judged:
        end = plan.subject
        assert isinstance(end, HoldEnd)
        if refusal:
            decided.append(Decided(plan, _refused(end.hold, refusal)))
            continue
        hold = known.holds[end.hold]
        hold.state, hold.ended_at, hold.ended_by = end.state, at, str(plan.actor)
        rows.append(hold)
        told = HoldTold(hold.id, hold.customer_id, end.state)
        decided.append(Decided(plan, Outcome(hold.id, end.state), told))
    updating.holds(rows)
    return decided


def _refused(hold: UUID, refusal: Refusal) -> Outcome:
    return Outcome(hold, None, "", refusal.reason, dict(refusal.facts))
