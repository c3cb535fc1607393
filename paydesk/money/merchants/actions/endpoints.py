"""Webhook endpoints: added, changed, given a new secret, switched off and on, removed."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.money.merchants import addresses, signing
from paydesk.money.merchants.actions.tracing import trace
from paydesk.money.merchants.actions.writing import What, write
from paydesk.money.merchants.models import Endpoint, Merchant
from paydesk.money.merchants.rules import ROTATION_OVERLAP, TOLD, EventKind
from paydesk.notifications import sealing

MOST = 10


class TooMany(ValueError):
    """The merchant has as many endpoints as it may have."""


class NotYet(ValueError):
    """The merchant's standing is none in which an address is called for it."""


@transaction.atomic
def add(
    merchant: Merchant, *, live: bool, url: str, kinds: Collection[str], actor: Actor
) -> tuple[Endpoint, str]:
    """A new endpoint and its signing secret. `kinds` empty: told of everything.

    Raises addresses.Refused, NotYet, TooMany, ValueError for a kind that there is not.
    """
    addresses.check(url)
    merchant = locked_and_told(merchant)
    if Endpoint.objects.filter(merchant=merchant, live=live, removed_at=None).count() >= MOST:
        raise TooMany(str(MOST))
    secret = signing.make_secret()
    made = Endpoint.objects.create(
        id=ids.uuid7(),
        brand=merchant.brand,
        merchant=merchant,
        live=live,
        url=url,
        kinds=_kinds(kinds),
        secret=sealing.seal({"secret": secret}),
        created_at=clock.now(),
    )
    trace(merchant, actor, "endpoint_added", endpoint=str(made.id))
    _write(made, What.ENDPOINT_ADDED)
    return made, secret


@transaction.atomic
def change(
    endpoint: Endpoint,
    *,
    actor: Actor,
    url: str | None = None,
    kinds: Collection[str] | None = None,
    enabled: bool | None = None,
) -> Endpoint:
    """Change what is given. Switching on forgets past failures. Raises as `add`."""
    endpoint = _locked(endpoint.id)
    if url is not None:
        addresses.check(url)
        endpoint.url = url
    if kinds is not None:
        endpoint.kinds = _kinds(kinds)
    if enabled is not None:
        endpoint.disabled_at = None if enabled else endpoint.disabled_at or clock.now()
        endpoint.failing_since = None
    endpoint.save(update_fields=["url", "kinds", "disabled_at", "failing_since"])
    trace(endpoint.merchant, actor, "endpoint_changed", endpoint=str(endpoint.id))
    _write(endpoint, What.ENDPOINT_CHANGED)
    return endpoint


@transaction.atomic
def rotate_secret(endpoint: Endpoint, *, actor: Actor) -> str:
    """A new secret; the old one signs as well until the overlap is over."""
    endpoint = _locked(endpoint.id)
    secret = signing.make_secret()
    endpoint.old_secret, endpoint.old_until = endpoint.secret, clock.now() + ROTATION_OVERLAP
    endpoint.secret = sealing.seal({"secret": secret})
    endpoint.save(update_fields=["secret", "old_secret", "old_until"])
    trace(endpoint.merchant, actor, "endpoint_rotated", endpoint=str(endpoint.id))
    _write(endpoint, What.ENDPOINT_ROTATED)
    return secret


@transaction.atomic
def remove(endpoint: Endpoint, *, actor: Actor) -> None:
    """Tell this address nothing more. What was sent stays on record."""
    now = clock.now()
    if Endpoint.objects.filter(id=endpoint.id, removed_at=None).update(removed_at=now):
        trace(endpoint.merchant, actor, "endpoint_removed", endpoint=str(endpoint.id))
        _write(endpoint, What.ENDPOINT_REMOVED)


def locked_and_told(merchant: Merchant) -> Merchant:
    """The merchant, locked, if addresses may be called for it. Raises NotYet."""
    merchant = Merchant.objects.select_for_update(of=("self",), no_key=True).get(id=merchant.id)
    if merchant.standing not in TOLD:
        raise NotYet(merchant.standing)
    return merchant


def secrets_of(endpoint: Endpoint) -> list[str]:
    """What signs for an endpoint now: its secret, and the old one while they rotate."""
    held = [endpoint.secret]
    if endpoint.old_until and endpoint.old_until > clock.now():
        held.append(endpoint.old_secret)
    return [sealing.unseal(bytes(one))["secret"] for one in held]


def _locked(endpoint_id: UUID) -> Endpoint:
    return Endpoint.objects.select_for_update(of=("self",)).get(id=endpoint_id)


def _kinds(kinds: Collection[str]) -> list[str]:
    return sorted({EventKind(one).value for one in kinds})


def _write(endpoint: Endpoint, what: What) -> None:
    if endpoint.live:
        write(endpoint.merchant, what, endpoint.url)
