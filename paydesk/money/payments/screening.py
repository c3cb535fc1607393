"""Has risk judge the plans that a person asked for, and turns its decisions into what happens.

Runs inside submit, after the account locks and before anything is posted: three statements for a
batch, none for a batch without `Screened`. Risk gets plain facts and knows no payment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from msgspec.structs import replace

from paydesk.brands import profiles
from paydesk.kit import clock, ids, reactions
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments.checks import Screened
from paydesk.money.payments.plans import Asked, NewPayment, Plan
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.risk import queries as risk
from paydesk.money.risk import recording
from paydesk.money.risk.conditions import MOST_PAST, Facts, Past
from paydesk.money.risk.recording import Judged, ToReview
from paydesk.money.risk.rules import Decision, Outcome, decide
from paydesk.people import presence
from paydesk.people.models import Customer

LOCKED = "risk.locked"
"""Fired with customer_id and brand when a rule stops a customer from sending."""
DAY = timedelta(hours=24)
MOST_RECEIVED = 50  # payments looked at for what came in

_STANDING = """
SELECT w.n, u.contact_changed_at, COALESCE(r.total, 0)
FROM unnest(%s::int[], %s::uuid[], %s::text[]) AS w (n, customer, currency)
JOIN people_customer c ON c.id = w.customer
JOIN people_user u ON u.id = c.user_id
LEFT JOIN LATERAL (
    SELECT sum(amount) AS total
    FROM (
        SELECT amount
        FROM payments_payment
        WHERE payee_id = w.customer AND currency = w.currency AND state = 'succeeded'
          AND created_at > %s
        ORDER BY created_at DESC
        LIMIT %s
    ) AS latest
) AS r ON true
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What risk said about one plan."""

    facts: Facts
    decision: Decision
    version: int


def screened(
    customer: UUID, recipient: UUID | None = None, *, behind: UUID | None = None
) -> Screened:
    """The check that a plan carries: whose money it is and who gets it (a customer, a merchant, a
    bank account), with what this session knows of the one who asks. `behind`: the customer who
    acts for a merchant, whose name the lists know when they don't know the shop's."""
    here = presence.current()
    return Screened(
        customer,
        recipient,
        behind,
        present=here is not None,
        device_since=here.device_since if here else None,
        stepped_up_at=here.stepped_up_at if here else None,
    )


def on_lists(customer: UUID, recipient: UUID) -> Screened:
    """The check of a plan that a program asks for: the lists alone, whatever session there is."""
    return Screened(customer, recipient)


def foresee(
    customer: Customer,
    kind: PaymentKind,
    amount: int,
    currency: str,
    recipient: UUID | None = None,
) -> Verdict | None:
    """What risk would say of this payment (minor units) if whoever sits here asked for it now:
    for money that will move later, when nobody does. None where nobody sits here. Records nothing:
    what the caller does about it is for `remember`.
    """
    check = screened(customer.id, recipient)
    if not check.present:
        return None
    nobody = Asked("", "", "")
    new = NewPayment(ids.uuid7(), "", kind, amount, currency, nobody, payer=customer.id)
    plan = Plan(customer.brand, SYSTEM(customer.brand), new)
    return _verdicts({0: (plan, new, check)}, clock.now())[0]


def remember(brand: str, verdict: Verdict, *, passed: bool) -> None:
    """Keep what was foreseen, in the caller's transaction: it is past for whatever the customer
    asks for next, as a payment would be, and a rule that locks stops him. `passed`: it was let
    through. The recipient got nothing yet, so he is as unknown as before.
    """
    recording.foreseen([Judged(brand, verdict.facts, verdict.decision, verdict.version, passed)])
    if verdict.decision.outcome is Outcome.LOCK:
        reactions.fire(LOCKED, customer_id=str(verdict.facts.customer), brand=brand)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A batch after screening: the plans as they are to be executed, the refusals, and what is
    to be recorded about them, by position."""

    plans: list[Plan]
    refusals: list[Refusal | None]
    verdicts: Mapping[int, Verdict] = field(default_factory=dict)
    listed: frozenset[int] = frozenset()
    held: dict[int, Reason] = field(default_factory=dict)


def screen(plans: Sequence[Plan], refusals: Sequence[Refusal | None], at: datetime) -> Judgement:
    """Judge those plans that carry `Screened` and are not refused already."""
    asked = {
        n: (plan, plan.subject, check)
        for n, plan in enumerate(plans)
        if refusals[n] is None and isinstance(plan.subject, NewPayment)
        for check in plan.checks
        if isinstance(check, Screened)
    }
    if not asked:
        return Judgement(list(plans), list(refusals))
    found = risk.listed(list({side for _, _, check in asked.values() for side in check.sides}))
    listed = frozenset(
        n for n, (_, _, check) in asked.items() if found and not found.isdisjoint(check.sides)
    )
    here = {n: one for n, one in asked.items() if one[2].present and n not in listed}
    verdicts = _verdicts(here, at) if here else {}
    done = Judgement(list(plans), list(refusals), verdicts, listed)
    for n in listed:
        _hold(done, n, Reason.SCREENING, {})
    for n, verdict in verdicts.items():
        _apply(done, n, verdict.decision)
    return done


ToJudge = tuple[Plan, NewPayment, Screened]


def _verdicts(asked: Mapping[int, ToJudge], at: datetime) -> dict[int, Verdict]:
    """Decisions in the order of the plans: an earlier plan of the batch is past for a later."""
    rules = risk.rules_of(list({plan.brand for plan, _, _ in asked.values()}))
    known = risk.known([(check.customer, check.recipient) for _, _, check in asked.values()], at)
    standing = _standing(asked, at)
    verdicts = {}
    for n, (plan, new, check) in asked.items():
        past = known.pasts[check.customer]
        facts = Facts(
            payment=new.id,
            customer=check.customer,
            kind=new.kind.value,
            amount=new.amount,
            currency=new.currency,
            at=at,
            zone=profiles.get(plan.brand).timezone,
            recipient=check.recipient,
            known_recipient=(check.customer, check.recipient) in known.pairs,
            device_since=check.device_since,
            stepped_up_at=check.stepped_up_at,
            contact_changed_at=standing[n][0],
            received=standing[n][1],
            past=tuple(past[:MOST_PAST]),
        )
        ruleset = rules[plan.brand]
        decision = decide(facts, ruleset)
        passed = decision.outcome in {Outcome.ALLOW, Outcome.REVIEW}
        past.insert(0, Past(at, facts.kind, facts.amount, facts.currency, facts.recipient, passed))
        verdicts[n] = Verdict(facts, decision, ruleset.version)
    return verdicts


def _standing(asked: Mapping[int, ToJudge], at: datetime) -> dict[int, tuple[datetime | None, int]]:
    """When contact data was changed and what came in within a day (minor units), by position."""
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDING,
            [
                list(asked),
                [check.customer for _, _, check in asked.values()],
                [new.currency for _, new, _ in asked.values()],
                at - DAY,
                MOST_RECEIVED,
            ],
        )
        return {n: (changed, int(total)) for n, changed, total in cursor.fetchall()}


def _apply(done: Judgement, n: int, decision: Decision) -> None:
    facts: dict[str, Any] = {"rule": decision.rule, "explanation": decision.explanation}
    match decision.outcome:
        case Outcome.ALLOW:
            return
        case Outcome.REVIEW if done.plans[n].items:
            _hold(done, n, Reason.FRAUD_SCREEN, facts)
        case Outcome.SECOND_FACTOR | Outcome.REVIEW:  # what moves nothing yet can't be held
            done.refusals[n] = Refusal(Reason.SPEED_RULE, {**facts, "second_factor": True})
        case Outcome.WAIT:
            until = decision.until.isoformat() if decision.until else None
            facts |= {"until": until, "second_factor": False}
            done.refusals[n] = Refusal(Reason.SPEED_RULE, facts)
        case Outcome.LOCK:
            done.refusals[n] = Refusal(Reason.FRAUD_SCREEN, {**facts, "locked": True})


def _hold(done: Judgement, n: int, reason: Reason, facts: dict[str, Any]) -> None:
    """Reserve instead of moving, until a person decides. A plan that moves nothing is refused."""
    plan = done.plans[n]
    assert isinstance(plan.subject, NewPayment)
    facts = {"review": str(plan.subject.id), **facts}
    if not plan.items:
        done.refusals[n] = Refusal(reason, facts)
        return
    subject = replace(plan.subject, state=PaymentState.PROCESSING, reason=reason, facts=facts)
    held = tuple(_until_decided(item) for item in plan.items)
    done.plans[n] = replace(plan, subject=subject, items=held)
    done.held[n] = reason


def _until_decided(item: Item) -> Item:
    """What moves money is a hold instead, and none lapses meanwhile: after that the ledger neither
    posts nor voids it, and no decision could be carried out."""
    if item.kind in {Kind.PLAIN, Kind.HOLD}:
        return item._replace(kind=Kind.HOLD, expires_at=None)
    return item


def record(done: Judgement, refused: Sequence[bool], at: datetime) -> None:
    """Write down what was decided, once it is known which payments were refused; queue what waits
    for a person, and tell of customers who may send nothing from now on."""
    if not done.verdicts and not done.listed:
        return
    recording.decisions(
        [
            Judged(done.plans[n].brand, v.facts, v.decision, v.version, passed=not refused[n])
            for n, v in done.verdicts.items()
        ]
    )
    waiting = [_review(done, n, at) for n in done.held if not refused[n]]
    if waiting:
        recording.reviews(waiting)
    locked = {
        (v.facts.customer, done.plans[n].brand)
        for n, v in done.verdicts.items()
        if v.decision.outcome is Outcome.LOCK
    }
    for customer, brand in sorted(locked):
        reactions.fire(LOCKED, customer_id=str(customer), brand=brand)


def _review(done: Judgement, n: int, at: datetime) -> ToReview:
    plan, verdict = done.plans[n], done.verdicts.get(n)
    assert isinstance(plan.subject, NewPayment)
    new = plan.subject
    [check] = [c for c in plan.checks if isinstance(c, Screened)]
    return ToReview(
        payment=new.id,
        brand=plan.brand,
        customer=check.customer,
        kind=new.kind.value,
        amount=new.amount,
        currency=new.currency,
        why=done.held[n].value,
        at=at,
        rule=verdict.decision.rule if verdict else "",
        measured=dict(verdict.decision.measured) if verdict else {},
    )
