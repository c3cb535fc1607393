"""Writes down what merchants are to be told of, and puts it on its way to their endpoints.

Runs inside the transaction of the change or in a job after it; either way an event about one
subject is written once.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.types import JSONValue

from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.money.merchants.actions.endpoints import locked_and_told
from paydesk.money.merchants.actions.tracing import trace
from paydesk.money.merchants.models import Delivery, Endpoint, Merchant, MerchantEvent
from paydesk.money.merchants.rules import REPLAYS_A_MINUTE, DeliveryState, EventKind, wants

DELIVER = "merchants.deliver"
TRY_AGAIN = "merchants.deliver_due"
"""Lock of what is sent once more: it takes no place from what is sent first."""


class TooOften(ValueError):
    """The merchant asked for more replays and pings within a minute than it may."""


@dataclass(frozen=True, slots=True)
class Word:
    """One thing to tell: `data` as the API shows it; `subject` makes it known again."""

    brand: str
    merchant: UUID
    live: bool
    kind: EventKind
    subject: str
    data: dict[str, Any]


@transaction.atomic
def tell(words: Sequence[Word]) -> list[MerchantEvent]:
    """Record events and their deliveries; those already told are left out."""
    known = set(
        MerchantEvent.objects.filter(subject__in=[one.subject for one in words]).values_list(
            "kind", "subject"
        )
    )
    now = clock.now()
    made = [
        MerchantEvent(
            id=ids.uuid7(),
            brand=one.brand,
            merchant_id=one.merchant,
            live=one.live,
            kind=one.kind,
            subject=one.subject,
            data=one.data,
            created_at=now,
        )
        for one in words
        if (one.kind, one.subject) not in known
    ]
    MerchantEvent.objects.bulk_create(made)
    _send(made)
    return made


@transaction.atomic
def replay(event: MerchantEvent, endpoint: Endpoint, *, actor: Actor) -> Delivery:
    """Send an event to an endpoint once more, under the same webhook-id.

    Raises endpoints.NotYet, TooOften.
    """
    merchant = locked_and_told(endpoint.merchant)
    _require_patience(merchant)
    delivery = Delivery(
        id=ids.uuid7(),
        brand=event.brand,
        event=event,
        endpoint=endpoint,
        replayed=True,
        next_at=clock.now(),
        created_at=clock.now(),
    )
    delivery.save()
    _defer([delivery], lock=TRY_AGAIN)
    trace(merchant, actor, "event_replayed", event=str(event.id))
    return delivery


@transaction.atomic
def ping(endpoint: Endpoint, *, actor: Actor) -> MerchantEvent:
    """Tell one endpoint a word without content, so that its owner sees whether it hears.

    Raises endpoints.NotYet, TooOften.
    """
    merchant = endpoint.merchant
    event = MerchantEvent.objects.create(
        id=ids.uuid7(),
        brand=merchant.brand,
        merchant=merchant,
        live=endpoint.live,
        kind=EventKind.PING,
        subject=f"ping:{ids.uuid7()}",
        data={"endpoint": str(endpoint.id)},
        created_at=clock.now(),
    )
    replay(event, endpoint, actor=actor)
    return event


def _require_patience(merchant: Merchant) -> None:
    minute_ago = ids.first_at(clock.now() - timedelta(minutes=1))
    asked = Delivery.objects.filter(endpoint__merchant=merchant, replayed=True, id__gt=minute_ago)
    if asked.count() >= REPLAYS_A_MINUTE:
        raise TooOften(str(REPLAYS_A_MINUTE))


def _send(made: Sequence[MerchantEvent]) -> None:
    listening: dict[tuple[UUID, bool], list[Endpoint]] = defaultdict(list)
    for endpoint in Endpoint.objects.filter(
        merchant__in={one.merchant_id for one in made}, disabled_at=None, removed_at=None
    ):
        listening[endpoint.merchant_id, endpoint.live].append(endpoint)
    now = clock.now()
    deliveries = [
        Delivery(
            id=ids.uuid7(),
            brand=event.brand,
            event=event,
            endpoint=endpoint,
            state=DeliveryState.WAITING,
            next_at=now,
            created_at=now,
        )
        for event in made
        for endpoint in listening[event.merchant_id, event.live]
        if wants(endpoint.kinds, event.kind)
    ]
    Delivery.objects.bulk_create(deliveries)
    _defer(deliveries)


def _defer(deliveries: Sequence[Delivery], lock: str = DELIVER) -> None:
    for start in range(0, len(deliveries), 50):
        part: list[JSONValue] = [str(one.id) for one in deliveries[start : start + 50]]
        jobs.configure_task(DELIVER, allow_unknown=False, lock=lock).defer(delivery_ids=part)
