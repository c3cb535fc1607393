"""Delivers events to endpoints: tries, growing pauses, a record of each try, a switch-off at last.

The call is made outside any transaction. A try that nobody recorded (a crash) is made again: the
receiver knows the event by its webhook-id.
"""

import json
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from paydesk.kit import clock, ids, shield
from paydesk.kit.actors import SYSTEM
from paydesk.kit.sweeping import each
from paydesk.money.merchants import signing
from paydesk.money.merchants.actions.endpoints import secrets_of
from paydesk.money.merchants.actions.tracing import trace
from paydesk.money.merchants.caller import PATIENCE, Answer, call
from paydesk.money.merchants.models import Delivery, DeliveryTry, Endpoint
from paydesk.money.merchants.rules import DISABLE_AFTER, PAUSES, TOLD, DeliveryState, next_try
from paydesk.people import telling

_CLAIMED = timedelta(seconds=PATIENCE * 6)
"""Longer than a call may take, with the look-up of its name before it."""
_ASIDE = PAUSES[1]
"""What else is due at an endpoint that let a call run out of time waits this long."""
BATCH = 100


def deliver(delivery_ids: Iterable[UUID]) -> int:
    """Try these deliveries once, those that are due; answers how many arrived."""
    return each(_deliver, delivery_ids)


def deliver_due() -> int:
    """Try what is due: what failed and waits, and what a crash left behind."""
    due = Delivery.objects.filter(next_at__lte=clock.now()).order_by("next_at")
    return deliver(list(due.values_list("id", flat=True)[:BATCH]))


def _deliver(delivery_id: UUID) -> bool:
    delivery = _claim(delivery_id)
    if delivery is None:
        return False
    body = body_of(delivery)
    timestamp = int(clock.now().timestamp())
    headers = {
        "content-type": "application/json",
        "user-agent": "Paydesk-Webhooks/1",
        **signing.headers(secrets_of(delivery.endpoint), str(delivery.event_id), timestamp, body),
    }
    answer = call(delivery.endpoint.url, headers, body)
    _record(delivery, headers, body, answer)
    return answer.ok


def body_of(delivery: Delivery) -> bytes:
    """What is sent, byte for byte."""
    event = delivery.event
    content = {
        "type": event.kind,
        "timestamp": event.created_at.isoformat(),
        "live": event.live,
        "data": event.data,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


@transaction.atomic
def _claim(delivery_id: UUID) -> Delivery | None:
    """Take a due delivery for a moment, so that nobody else makes the same call meanwhile."""
    now = clock.now()
    delivery = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("event", "endpoint__merchant__owner__user")
        .filter(id=delivery_id, state=DeliveryState.WAITING, next_at__lte=now)
        .first()
    )
    if delivery is None:
        return None
    endpoint = delivery.endpoint
    off = endpoint.removed_at or (endpoint.disabled_at and not delivery.replayed)
    if off or endpoint.merchant.standing not in TOLD:
        delivery.state, delivery.next_at, delivery.finished_at = DeliveryState.GIVEN_UP, None, now
    else:
        delivery.next_at = now + _CLAIMED
    delivery.save(update_fields=["state", "next_at", "finished_at"])
    return delivery if delivery.next_at else None


@transaction.atomic
def _record(delivery: Delivery, headers: dict[str, str], body: bytes, answer: Answer) -> None:
    now = clock.now()
    delivery.tries += 1
    DeliveryTry.objects.create(
        id=ids.uuid7(),
        brand=delivery.brand,
        delivery=delivery,
        number=delivery.tries,
        at=now,
        milliseconds=answer.milliseconds,
        headers=headers,
        body=body.decode(),
        status=answer.status,
        problem=answer.problem,
        answer=shield.mask(answer.text).text,
    )
    delivery.next_at = None if answer.ok else next_try(delivery.tries, now)
    if answer.ok:
        delivery.state, delivery.finished_at = DeliveryState.DELIVERED, now
    elif delivery.next_at is None:
        delivery.state, delivery.finished_at = DeliveryState.GIVEN_UP, now
    delivery.save(update_fields=["tries", "state", "next_at", "finished_at"])
    _judge(delivery.endpoint_id, ok=answer.ok)
    if answer.problem == "timed_out":
        _set_aside(delivery.endpoint_id)


def _set_aside(endpoint_id: UUID) -> None:
    """Let what is due at a slow endpoint wait, so that others' turns come. Its row is locked."""
    now = clock.now()
    due = Delivery.objects.filter(
        endpoint=endpoint_id, state=DeliveryState.WAITING, next_at__lte=now
    )
    due.update(next_at=now + _ASIDE)


def _judge(endpoint_id: UUID, *, ok: bool) -> None:
    """Keep since when an endpoint only fails; switch it off when that is too long."""
    endpoint = Endpoint.objects.select_for_update(of=("self",)).get(id=endpoint_id)
    now = clock.now()
    if ok:
        endpoint.failing_since = None
    else:
        endpoint.failing_since = endpoint.failing_since or now
        if now - endpoint.failing_since >= DISABLE_AFTER and not endpoint.disabled_at:
            endpoint.disabled_at = now
            _tell_of_silence(endpoint)
    endpoint.save(update_fields=["failing_since", "disabled_at"])


def _tell_of_silence(endpoint: Endpoint) -> None:
    merchant, actor = endpoint.merchant, SYSTEM(endpoint.brand)
    trace(merchant, actor, "endpoint_disabled", endpoint=str(endpoint.id))
    if merchant.owner is None:
        return
    about = {"merchant": merchant.name, "url": endpoint.url, "days": DISABLE_AFTER.days}
    telling.mail(merchant.owner.user, "merchants/endpoint_disabled", actor=actor, params=about)
