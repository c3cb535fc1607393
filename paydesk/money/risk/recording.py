"""Writes decisions, first acquaintances and reviews down, many at once, inside the caller's
transaction. Decides nothing."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from paydesk.audit.actions import Deed, record_many
from paydesk.kit import ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.risk.conditions import Facts
from paydesk.money.risk.models import KnownRecipient, Review, ReviewState
from paydesk.money.risk.rules import Decision

_COLUMNS = (
    "payment_id, brand, at, customer_id, recipient_id, kind, amount, currency, known_recipient, "
    "device_since, stepped_up_at, contact_changed_at, received, version, outcome, rule, codes, "
    "measured, passed"
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision with its facts, and whether the payment passed in the end."""

    brand: str
    facts: Facts
    decision: Decision
    version: int
    passed: bool


def decisions(judged: Sequence[Judged]) -> None:
    """Record decisions, and the recipients that are no strangers from now on."""
    if not judged:
        return
    foreseen(judged)
    KnownRecipient.objects.bulk_create(_acquaintances(judged), ignore_conflicts=True)


def foreseen(judged: Sequence[Judged]) -> None:
    """Record decisions about money that moves later, if ever: nobody is known by them."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY risk_decision ({_COLUMNS}) FROM STDIN") as copy,
    ):
        for one in judged:
            copy.write_row(_row(one))


def _row(one: Judged) -> tuple[object, ...]:
    facts, decision = one.facts, one.decision
    return (
        facts.payment,
        one.brand,
        facts.at,
        facts.customer,
        facts.recipient,
        facts.kind,
        facts.amount,
        facts.currency,
        facts.known_recipient,
        facts.device_since,
        facts.stepped_up_at,
        facts.contact_changed_at,
        facts.received,
        one.version,
        decision.outcome.value,
        decision.rule,
        json.dumps(decision.codes),
        json.dumps(dict(decision.measured)),
        one.passed,
    )


def _acquaintances(judged: Iterable[Judged]) -> list[KnownRecipient]:
    new = {
        (one.facts.customer, one.facts.recipient): one
        for one in judged
        if one.passed and one.facts.recipient and not one.facts.known_recipient
    }
    return [
        KnownRecipient(
            id=ids.uuid7(),
            brand=one.brand,
            customer_id=customer,
            recipient_id=recipient,
            since=one.facts.at,
        )
        for (customer, recipient), one in new.items()
    ]


@dataclass(frozen=True, slots=True)
class ToReview:
    """A payment that waits for a person; `why` is the reason that its customer reads."""

    payment: UUID
    brand: str
    customer: UUID
    kind: str
    amount: int
    currency: str
    why: str
    at: datetime
    rule: str = ""
    measured: dict[str, object] | None = None


def reviews(waiting: Sequence[ToReview]) -> None:
    """Put payments into the queue of reviews."""
    Review.objects.bulk_create(
        [
            Review(
                payment_id=one.payment,
                brand=one.brand,
                customer_id=one.customer,
                kind=one.kind,
                amount=one.amount,
                currency=one.currency,
                why=one.why,
                rule=one.rule,
                measured=one.measured or {},
                asked_at=one.at,
            )
            for one in waiting
        ]
    )


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a payment's review: how it stands now, and who brought that about."""

    payment: UUID
    state: ReviewState
    actor: Actor


def close(ended: Sequence[Closing], at: datetime) -> None:
    """Take payments out of the queue of reviews, each with its line of audit. A payment that has
    no open review passes by."""
    wanted = [one.payment for one in ended]
    rows = Review.objects.filter(payment_id__in=wanted, state=ReviewState.OPEN)
    found = {row.payment_id: row for row in rows.order_by("payment_id").select_for_update()}
    deeds = []
    for one in ended:
        row = found.get(one.payment)
        if row is None:
            continue
        row.state, row.decided_at = one.state, at
        row.decided_by_id = one.actor.id if one.actor.kind is ActorKind.STAFF else None
        row.save(update_fields=["state", "decided_by", "decided_at"])
        details = {"rule": row.rule, "why": row.why}
        action, subject = f"risk.review_{one.state}", f"payment:{one.payment}"
        deeds.append(Deed(row.brand, one.actor, action, subject, details))
    record_many(deeds)
