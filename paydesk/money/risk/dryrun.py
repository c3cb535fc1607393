"""Runs a dry run: reads decisions batch by batch, judges them anew, notes how far it has come.

Commits after each batch, so that nobody's cursor waits for it. Changes nothing but its own row.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.risk import reading
from paydesk.money.risk.conditions import LONGEST, Facts
from paydesk.money.risk.models import Decision, DryRun, DryRunState
from paydesk.money.risk.replay import Decided, Replay

BATCH = 2000


def run(dry_run_id: UUID) -> None:
    """Carry a dry run out. Doing it again starts over; one that is done stays as it is."""
    asked = DryRun.objects.select_related("ruleset").get(id=dry_run_id)
    if asked.state == DryRunState.DONE:
        return
    zone = profiles.get(asked.brand).timezone
    rules = reading.read(asked.ruleset.version, asked.ruleset.rules)
    replay = Replay(rules, zone, asked.since)
    asked.total, asked.done, asked.state = _within(asked).count(), 0, DryRunState.RUNNING
    asked.save(update_fields=["total", "done", "state"])
    for batch in _batches(asked.brand, asked.since - LONGEST, asked.until, zone):
        replay.take(batch)
        asked.done = sum(replay.now.values())
        asked.save(update_fields=["done"])
    asked.state, asked.result, asked.finished_at = DryRunState.DONE, replay.result, clock.now()
    asked.save(update_fields=["state", "result", "finished_at"])


def _within(asked: DryRun) -> QuerySet[Decision]:
    return Decision.objects.filter(brand=asked.brand, at__gte=asked.since, at__lt=asked.until)


def _batches(brand: str, since: datetime, until: datetime, zone: str) -> Iterator[list[Decided]]:
    """Decisions of the brand in the order of time."""
    last: tuple[datetime, UUID] | None = None
    while True:
        found = Decision.objects.filter(brand=brand, at__gte=since, at__lt=until)
        if last:
            found = found.filter(at__gte=last[0]).exclude(at=last[0], payment_id__lte=last[1])
        rows = list(found.order_by("at", "payment_id")[:BATCH])
        if not rows:
            return
        last = (rows[-1].at, rows[-1].payment_id)
        yield [_decided(row, zone) for row in rows]


def _decided(row: Decision, zone: str) -> Decided:
    facts = Facts(
        payment=row.payment_id,
        customer=row.customer_id,
        kind=row.kind,
        amount=row.amount,
        currency=row.currency,
        at=row.at,
        zone=zone,
        recipient=row.recipient_id,
        known_recipient=row.known_recipient,
        device_since=row.device_since,
        stepped_up_at=row.stepped_up_at,
        contact_changed_at=row.contact_changed_at,
        received=row.received,
    )
    return Decided(facts, row.outcome, row.passed)
