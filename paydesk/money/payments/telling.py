"""Tells of what a batch did: events to those it concerns, the audit, and whatever reacts.

Called by `submit` inside its transaction, once a batch. Writes no payment and decides nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from paydesk.audit.actions import Deed, record_many
from paydesk.kit import reactions
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.kit.events.actions import News, publish_many
from paydesk.money.payments.plans import HoldEnd, NewHold, NewPayment, Outcome, Plan, Settlement
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.writing import Decided, HoldTold, PaymentTold

WRITTEN = "payments.written"
"""Fired once a batch for what must stand or fall with the payments that it made or changed."""
CHANGED = "payments.changed"
"""Fired once a batch for what follows after its commit. Both are told the ids sorted by kind and
by the first word of the purpose: most payments concern nobody, and then nobody has to look."""
DISBURSED = "payments.disbursed"
"""CHANGED for disbursements: they come by the thousand, and hardly anything follows from one."""


Sorted = dict[str, str]
"""Ids of payments, joined by blanks, by their kind or by the first word of their purpose. (Each
text of a job's argument is escaped on its own: a thousand cost more than their payments' COPY.)"""


def announce(decided: Sequence[Decided]) -> None:
    """Events for those it concerns, one audit row per brand, and one firing of CHANGED, after
    which one job runs whatever reacts to it."""
    if not decided:
        return
    publish_many([_news(one.plan, one.about) for one in decided if one.about])
    record_many(_deeds(decided))
    about = [one.about for one in decided if isinstance(one.about, PaymentTold)]
    disbursed = [one for one in about if one.kind is PaymentKind.DISBURSEMENT]
    changed = [one for one in about if one.kind is not PaymentKind.DISBURSEMENT]
    if changed:
        reactions.fire(WRITTEN, **_sorted(changed))
        reactions.fire(CHANGED, **_sorted(changed))
    if disbursed:
        reactions.fire(DISBURSED, **_sorted(disbursed))


def _sorted(about: Sequence[PaymentTold]) -> dict[str, Sorted]:
    of_kind: dict[str, list[str]] = {}
    of_purpose: dict[str, list[str]] = {}
    for one in about:
        of_kind.setdefault(one.kind.value, []).append(str(one.id))
        if one.purpose:
            of_purpose.setdefault(one.purpose.partition(":")[0], []).append(str(one.id))
    return {"of_kind": _joined(of_kind), "of_purpose": _joined(of_purpose)}


def _joined(ids: Mapping[str, Sequence[str]]) -> Sorted:
    return {name: " ".join(those) for name, those in ids.items()}


def _news(plan: Plan, about: PaymentTold | HoldTold) -> News:
    """To whom it concerns, and to the brand's desk: an open case shows what happened at once."""
    desk = f"desk:{plan.brand}"
    if isinstance(about, HoldTold):
        audience = [f"customer:{about.customer}", desk]
        payload: dict[str, Any] = {"hold": str(about.id), "state": about.state}
        return News(plan.brand, "hold.changed", f"hold:{about.id}", audience, plan.actor, payload)
    # A payee hears of money that came, never of somebody's try to send some.
    came = about.state is PaymentState.SUCCEEDED or about.kind is PaymentKind.TOPUP
    audience = [f"customer:{about.payer}"] if about.payer else []
    if came and about.payee:
        audience.append(f"customer:{about.payee}")
    audience.append(desk)
    payment = str(about.id)
    payload = {"payment": payment, "number": about.number, "state": about.state}
    return News(plan.brand, "payment.changed", f"payment:{payment}", audience, plan.actor, payload)


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
    """What ended alike is written once, with its ids: a batch may be a thousand."""
    alike: dict[tuple[Actor, str, str], list[UUID]] = {}
    for one in ones:
        ended = one.plan.actor, _state(one.outcome), one.outcome.reason or ""
        alike.setdefault(ended, []).append(one.outcome.id)
    groups = [
        {"by": str(actor), "state": state, "reason": reason, "ids": ids}
        for (actor, state, reason), ids in alike.items()
    ]
    subject = f"batch:{ones[0].outcome.id}"
    return Deed(brand, SYSTEM(brand), "money.batch", subject, {"of": groups})


def _line(one: Decided) -> dict[str, Any]:
    outcome = one.outcome
    return {
        "id": str(outcome.id),
        "state": _state(outcome),
        "reason": outcome.reason or "",
    }


def _state(outcome: Outcome) -> str:
    return outcome.state or "refused"


def _action(plan: Plan) -> str:
    match plan.subject:
        case NewPayment(kind=kind):
            return kind.value
        case Settlement(decided=True, state=state):
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
