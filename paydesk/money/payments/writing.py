"""Records what became of plans: payments, attempts, holds, then events, audit and reactions.

Called by `submit` inside its transaction and by nobody else. Decides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import F

from paydesk.audit.actions import Deed, record_many
from paydesk.kit import reactions
from paydesk.kit.actors import SYSTEM, ActorKind
from paydesk.kit.events.actions import News, publish_many
from paydesk.money.payments.models import Attempt, Hold, Payment, ProviderNotification
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
from paydesk.money.payments.rules import World
from paydesk.money.payments.states import (
    FINISHED,
    AttemptState,
    Direction,
    HoldState,
    PaymentKind,
    PaymentState,
)

CHANGED = "payments.changed"
"""Fired once a batch with the ids of the payments that it made or changed."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A plan, what was recorded of it, and the payment it is about (none for a hold)."""

    plan: Plan
    outcome: Outcome
    payment: Payment | None = None
    hold: Hold | None = None


def write(plan: Plan, refusal: Refusal | None, world: World) -> Decided:
    """Record one decided plan. `refusal` None: it went ahead, and its items are posted."""
    subject = plan.subject
    match subject:
        case NewPayment():
            return _new_payment(plan, subject, refusal, world.at)
        case Settlement():
            return _settlement(plan, subject, refusal, world.at)
        case NewHold():
            return _new_hold(plan, subject, refusal, world.at)
        case HoldEnd():
            return _hold_end(plan, subject, refusal, world.at)


def _new_payment(plan: Plan, new: NewPayment, refusal: Refusal | None, at: datetime) -> Decided:
    state = PaymentState.FAILED if refusal else new.state
    payment = Payment.objects.create(
        id=new.id,
        brand=plan.brand,
        number=new.number,
        kind=new.kind,
        state=state,
        amount=new.amount,
        currency=new.currency,
        payer_id=new.payer,
        payee_id=new.payee,
        merchant_id=new.merchant,
        fee=new.fee,
        received_amount=new.received_amount,
        received_currency=new.received_currency,
        purpose=new.purpose,
        details=new.details,
        recipient_shown=new.recipient_shown,
        method=new.method,
        note=new.note,
        reason=(refusal.reason if refusal else new.reason) or "",
        facts=dict(refusal.facts if refusal else new.facts),
        created_at=at,
        finished_at=at if state in FINISHED else None,
        booked_at=at if state is PaymentState.SUCCEEDED else None,
        client_version=new.client_version,
        notice_id=new.notice,
        original_id=new.original,
        retry_of_id=new.retry_of,
        approval_id=new.approval,
        asked_by=new.asked.by,
        request_key=new.asked.key,
        request_digest=new.asked.digest,
    )
    if new.attempt and not refusal:
        _first_attempt(payment, new.attempt)
    return Decided(plan, _outcome(payment), payment)


def _first_attempt(payment: Payment, new: NewAttempt) -> None:
    Attempt.objects.create(
        id=new.id,
        brand=payment.brand,
        payment=payment,
        number=1,
        provider=new.provider,
        direction=new.direction,
        token=new.token,
        shown=new.shown,
        terms=new.terms,
        amount=new.amount or _tried_amount(payment, new.direction),
        currency=new.currency or payment.currency,
        state=AttemptState.STARTED,
        client_version=payment.client_version,
        notice_id=payment.notice_id,
        started_at=payment.created_at,
        next_query_at=new.query_at,
    )


def _tried_amount(payment: Payment, direction: Direction) -> int:
    """A charge takes the fee along; what is paid out or given back is the amount alone."""
    return payment.amount + (payment.fee if direction is Direction.CHARGE else 0)


def _settlement(plan: Plan, said: Settlement, refusal: Refusal | None, at: datetime) -> Decided:
    """What became of a payment under way: on the payment, its attempt and what brought the news."""
    payment = Payment.objects.get(id=said.payment)
    if refusal and said.attempt is None and refusal.reason is not Reason.HOLD_EXPIRED:
        # What was decided can't be done now; the payment waits as it did before.
        return Decided(plan, replace(_outcome(payment), **_told(refusal)), payment)
    state, reason, facts = _became(said, refusal)
    payment.state, payment.reason, payment.facts = state, reason or "", facts
    payment.finished_at = at if state in FINISHED else None
    payment.booked_at = at if state is PaymentState.SUCCEEDED else None
    payment.captured = said.captured if state is PaymentState.SUCCEEDED else None
    payment.save(
        update_fields=["state", "reason", "facts", "finished_at", "booked_at", "captured"]
    )
    if said.attempt:
        _told_of_attempt(said, state, at)
    if said.notification:
        ProviderNotification.objects.filter(id=said.notification, applied_at=None).update(
            applied_at=at, attempt_id=said.attempt, result=state
        )
    return Decided(plan, _outcome(payment), payment)


def _told(refusal: Refusal) -> dict[str, Any]:
    return {"reason": refusal.reason, "facts": dict(refusal.facts)}


def _became(
    said: Settlement, refusal: Refusal | None
) -> tuple[PaymentState, Reason | None, dict[str, Any]]:
    """State, reason and facts. Money that the provider took but the wallet can't receive stays
    unfinished (row 19): it is tried again when the next look comes round."""
    if refusal is None:
        return said.state, said.reason, dict(said.facts)
    if said.attempt is None:
        return PaymentState.FAILED, refusal.reason, dict(refusal.facts)
    facts = {"because": refusal.reason.value, **refusal.facts}
    return PaymentState.PROCESSING, Reason.PAID_NOT_CREDITED, facts


def _told_of_attempt(said: Settlement, state: PaymentState, at: datetime) -> None:
    final = said.attempt_state in {AttemptState.PAID, AttemptState.REFUSED}
    attempts = Attempt.objects.filter(id=said.attempt)
    if said.reference:  # silence takes no name away
        attempts.update(provider_reference=said.reference)
    attempts.update(
        state=said.attempt_state,
        response_code=said.response_code,
        checks=said.checks,
        action=said.action,
        finished_at=at if final else None,
        next_query_at=None if state in FINISHED else said.query_at,
        queries=F("queries") + (1 if said.asked_again else 0),
    )


def _new_hold(plan: Plan, new: NewHold, refusal: Refusal | None, at: datetime) -> Decided:
    if refusal:
        return Decided(plan, Outcome(new.id, None, "", refusal.reason, dict(refusal.facts)))
    hold = Hold.objects.create(
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
    return Decided(plan, Outcome(hold.id, HoldState.HELD), hold=hold)


def _hold_end(plan: Plan, end: HoldEnd, refusal: Refusal | None, at: datetime) -> Decided:
    if refusal:
        return Decided(plan, Outcome(end.hold, None, "", refusal.reason, dict(refusal.facts)))
    hold = Hold.objects.get(id=end.hold)
    hold.state, hold.ended_at, hold.ended_by = end.state, at, str(plan.actor)
    hold.save(update_fields=["state", "ended_at", "ended_by"])
    return Decided(plan, Outcome(hold.id, end.state), hold=hold)


def _outcome(payment: Payment) -> Outcome:
    return Outcome(
        id=payment.id,
        state=PaymentState(payment.state),
        number=payment.number,
        reason=Reason(payment.reason) if payment.reason else None,
        facts=payment.facts,
    )


def announce(decided: Sequence[Decided]) -> None:
    """Events for those it concerns, one audit row per brand, and one firing of CHANGED, after
    which one job runs whatever reacts to it."""
    if not decided:
        return
    publish_many([_news(one) for one in decided if one.payment or one.hold])
    record_many(_deeds(decided))
    changed = [str(one.payment.id) for one in decided if one.payment]
    if changed:
        reactions.fire(CHANGED, payment_ids=changed)


def _news(one: Decided) -> News:
    """To whom it concerns, and to the brand's desk: an open case shows what happened at once."""
    desk = f"desk:{one.plan.brand}"
    if one.hold:
        audience = [f"customer:{one.hold.customer_id}", desk]
        payload: dict[str, Any] = {"hold": str(one.hold.id), "state": one.hold.state}
        return News(
            one.plan.brand, "hold.changed", f"hold:{one.hold.id}", audience, one.plan.actor, payload
        )
    assert one.payment
    payment = one.payment
    # A payee hears of money that came, never of somebody's try to send some.
    came = payment.state == PaymentState.SUCCEEDED or payment.kind == PaymentKind.TOPUP
    people = [payment.payer_id, payment.payee_id if came else None]
    audience = [*(f"customer:{who}" for who in people if who), desk]
    payload = {"payment": str(payment.id), "number": payment.number, "state": payment.state}
    return News(
        payment.brand, "payment.changed", f"payment:{payment.id}", audience, one.plan.actor, payload
    )


def _deeds(decided: Sequence[Decided]) -> list[Deed]:
    """What staff did, each on its own; of all others one audit row per brand."""
    alone = [one for one in decided if one.plan.actor.kind is ActorKind.STAFF]
    gathered: dict[str, list[Decided]] = {}
    for one in decided:
        if one.plan.actor.kind is not ActorKind.STAFF:
            gathered.setdefault(one.plan.brand, []).append(one)
    deeds = [_deed(one) for one in alone]
    for brand, ones in gathered.items():
        deeds.append(_deed(ones[0]) if len(ones) == 1 else _deed_of_many(brand, ones))
    return deeds


def _deed(one: Decided) -> Deed:
    kind = "hold" if isinstance(one.plan.subject, NewHold | HoldEnd) else "payment"
    return Deed(
        one.plan.brand,
        one.plan.actor,
        f"money.{_action(one.plan)}",
        f"{kind}:{one.outcome.id}",
        _line(one) | _details(one.plan),
        personal=one.plan.remark or None,
    )


def _deed_of_many(brand: str, ones: Sequence[Decided]) -> Deed:
    lines = [_line(one) | {"by": str(one.plan.actor)} for one in ones]
    subject = f"batch:{ones[0].outcome.id}"
    return Deed(brand, SYSTEM(brand), "money.batch", subject, {"of": lines})


def _line(one: Decided) -> dict[str, Any]:
    outcome = one.outcome
    return {
        "id": str(outcome.id),
        "state": outcome.state or "refused",
        "reason": outcome.reason or "",
    }


def _action(plan: Plan) -> str:
    match plan.subject:
        case NewPayment(kind=kind):
            return kind.value
        case Settlement(attempt=None, state=state):
            return f"decide_{state.value}"
        case Settlement():
            return "settle"
        case NewHold():
            return "hold"
        case HoldEnd(state=state):
            return f"hold_{state.value}"


def _details(plan: Plan) -> dict[str, Any]:
    match plan.subject:
        case NewPayment() as new:
            return {
                "amount": new.amount,
                "currency": new.currency,
                "original": new.original,
                "approval": new.approval,
            }
        case NewHold() as hold:
            return {"amount": hold.amount, "currency": hold.currency, "why": hold.reason}
        case _:
            return {}
