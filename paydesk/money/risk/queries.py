"""Reads what rules are asked about, many customers at once. Never writes.

`known` runs two statements however many payments are judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from paydesk.kit.arrays import uuid_array
from paydesk.money.risk import defaults, reading
from paydesk.money.risk.conditions import LONGEST, MOST_PAST, Past
from paydesk.money.risk.models import (
    DryRun,
    Hit,
    HitState,
    KnownRecipient,
    Review,
    ReviewState,
    RuleSet,
    RuleSetState,
)
from paydesk.money.risk.rules import RuleSet as Rules

_PASTS = """
SELECT w.customer, p.at, p.kind, p.amount, p.currency, p.recipient_id, p.passed
FROM unnest(%s::uuid[]) AS w (customer)
CROSS JOIN LATERAL (
    SELECT at, kind, amount, currency, recipient_id, passed
    FROM risk_decision
    WHERE customer_id = w.customer AND at > %s
    ORDER BY at DESC
    LIMIT %s
) AS p
ORDER BY w.customer, p.at DESC
"""
_LISTED = "SELECT customer_id FROM risk_hit WHERE customer_id = ANY(%s::uuid[]) AND state <> %s"


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier decisions say: each customer's past, newest first, and known pairs."""

    pasts: dict[UUID, list[Past]]
    pairs: frozenset[tuple[UUID, UUID]]


def known(pairs: Sequence[tuple[UUID, UUID | None]], at: datetime) -> Known:
    """What is known about (customer, recipient) pairs at a moment."""
    customers = list({customer for customer, _ in pairs})
    pasts: dict[UUID, list[Past]] = {customer: [] for customer in customers}
    with connection.cursor() as cursor:
        cursor.execute(_PASTS, [customers, at - LONGEST, MOST_PAST])
        for customer, *row in cursor.fetchall():
            pasts[customer].append(Past(*row))
    wanted = {(c, r) for c, r in pairs if r}
    rows = KnownRecipient.objects.filter(
        customer_id__in=customers, recipient_id__in={r for _, r in wanted}
    ).values_list("customer_id", "recipient_id")
    return Known(pasts, frozenset(wanted & set(rows)) if wanted else frozenset())


def listed(customers: Sequence[UUID]) -> frozenset[UUID]:
    """Those of the customers about whom a screening hit is open or confirmed."""
    if not customers:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_LISTED, [uuid_array(customers), HitState.CLEARED])
        return frozenset(customer for (customer,) in cursor.fetchall())


def rules_of(brands: Sequence[str]) -> dict[str, Rules]:
    """The rules in force, by brand: the active set, or what the program ships with."""
    rows = RuleSet.objects.filter(brand__in=brands, state=RuleSetState.ACTIVE)
    active = {one.brand: reading.read(one.version, one.rules) for one in rows}
    return {brand: active.get(brand, defaults.shipped()) for brand in brands}


def rule_sets(brand: str) -> Sequence[RuleSet]:
    """A brand's rule sets, the newest first."""
    found = RuleSet.objects.filter(brand=brand).select_related("made_by")
    return list(found.order_by("-version"))


def dry_runs(ruleset: RuleSet, limit: int = 5) -> Sequence[DryRun]:
    """The latest dry runs of a rule set."""
    return list(ruleset.dry_runs.order_by("-asked_at")[:limit])


def reviews(brands: Sequence[str], *, waiting: bool = True) -> QuerySet[Review]:
    """What waits for a person in these brands, the longest wait first; or what was decided."""
    found = Review.objects.filter(brand__in=brands).select_related("customer", "decided_by")
    if waiting:
        return found.filter(state=ReviewState.OPEN).order_by("asked_at")
    return found.exclude(state=ReviewState.OPEN).order_by("-decided_at")


def hits(brands: Sequence[str]) -> Sequence[Hit]:
    """Screening hits that nobody has looked at, the oldest first."""
    found = Hit.objects.filter(brand__in=brands, state=HitState.OPEN)
    return list(found.select_related("customer").order_by("found_at"))
