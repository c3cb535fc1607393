"""API keys: made, rotated with an overlap, revoked, and marked as used. The text leaves once."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.money.merchants import keys
from paydesk.money.merchants.actions.tracing import trace
from paydesk.money.merchants.actions.writing import What, write
from paydesk.money.merchants.models import ApiKey, Merchant
from paydesk.money.merchants.rules import ROTATION_OVERLAP, Scope, Standing

MOST = 20
"""Keys in force that one merchant may have."""


class TooMany(ValueError):
    """The merchant has as many keys as it may have."""


class NotYet(ValueError):
    """A key for live money is for an active merchant only; none at all for one that is out."""


class Over(NotYet):
    """The key opens nothing any more, so there is nothing to rotate."""


@transaction.atomic
def make(
    merchant: Merchant, *, live: bool, label: str, scopes: Collection[Scope], actor: Actor
) -> tuple[ApiKey, str]:
    """A new key and its text, which nobody can see again. Raises TooMany, NotYet, ValueError for
    a key that may do nothing."""
    wanted = sorted({Scope(one).value for one in scopes})
    if not wanted:
        raise ValueError("a key without a scope opens nothing")
    merchant = _locked_with_room(merchant.id, live=live)
    made, text = _make(merchant, live=live, label=label, scopes=wanted, replaces=None, actor=actor)
    _write(made, What.KEY_MADE)
    return made, text


@transaction.atomic
def rotate(
    key: ApiKey, *, actor: Actor, overlap: timedelta = ROTATION_OVERLAP
) -> tuple[ApiKey, str]:
    """A new key with the same scopes; the old one opens until `overlap` is over, or until it
    would have ended anyway. Both count until then. Raises TooMany, NotYet, Over."""
    merchant = _locked_with_room(key.merchant_id, live=key.live)
    old = ApiKey.objects.select_for_update(of=("self",)).get(id=key.id)
    if not is_in_force(old):
        raise Over("this key is over")
    over = clock.now() + overlap
    old.expires_at = min(old.expires_at or over, over)
    old.save(update_fields=["expires_at"])
    made, text = _make(
        merchant, live=old.live, label=old.label, scopes=old.scopes, replaces=old, actor=actor
    )
    _write(made, What.KEY_ROTATED)
    return made, text


@transaction.atomic
def revoke(key: ApiKey, *, actor: Actor) -> None:
    """Let a key open nothing from now on. Doing it again changes nothing."""
    changed = ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=clock.now())
    if changed:
        trace(key.merchant, actor, "key_revoked", key=str(key.id))


def used(key_ids: Collection[UUID]) -> None:
    """Note that keys were used now. Whoever calls does so about once a minute a key."""
    ApiKey.objects.filter(id__in=list(key_ids)).update(last_used_at=clock.now())


def is_in_force(key: ApiKey) -> bool:
    """Whether a key opens something at this moment."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > clock.now())


_MAY_HAVE = {
    True: {Standing.ACTIVE},
    False: {Standing.SANDBOX, Standing.ACTIVE, Standing.SUSPENDED},
}


def _locked_with_room(merchant_id: UUID, *, live: bool) -> Merchant:
    """The merchant, locked, if it may have one more key of this kind. Raises NotYet, TooMany."""
    merchant = Merchant.objects.select_for_update(of=("self",)).get(id=merchant_id)
    if merchant.standing not in _MAY_HAVE[live]:
        raise NotYet(merchant.standing)
    if ApiKey.objects.filter(_in_force(), merchant=merchant).count() >= MOST:
        raise TooMany(str(MOST))
    return merchant


def _write(key: ApiKey, what: What) -> None:
    if key.live:
        write(key.merchant, what, f"{key.prefix}… {key.label}")


def _in_force() -> Q:
    return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=clock.now()))


def _make(
    merchant: Merchant,
    *,
    live: bool,
    label: str,
    scopes: list[str],
    replaces: ApiKey | None,
    actor: Actor,
) -> tuple[ApiKey, str]:
    fresh = keys.make(live=live)
    made = ApiKey.objects.create(
        id=ids.uuid7(),
        brand=merchant.brand,
        merchant=merchant,
        live=live,
        label=" ".join(label.split())[:60],
        prefix=fresh.prefix,
        digest=fresh.digest,
        scopes=scopes,
        created_at=clock.now(),
        created_by=str(actor),
        replaces=replaces,
    )
    trace(merchant, actor, "key_made", key=str(made.id), scopes=scopes)
    return made, fresh.text
