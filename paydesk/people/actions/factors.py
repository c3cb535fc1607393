"""Second factors: added, used, removed. Each change is told to the mail address.

A factor is never stored before it was proved once. Secrets are sealed under a key that is not in
the database.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.crypto import constant_time_compare

from paydesk.audit import actions as audit
from paydesk.kit import clock, ids, vault
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people import naming, queries, telling, totp
from paydesk.people.models import Customer, Factor, FactorKind, User

RECOVERY_CODES = 10
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # none that look alike
MOST_PASSKEYS = 10


class FactorRefused(ValueError):
    """The proof is not right, or the factor can't be added; the argument is a code."""


def new_totp_secret() -> str:
    """A fresh secret for an authenticator app, in base 32. Nothing is stored."""
    return totp.new_secret(secrets.token_bytes(totp.SECRET_BYTES))


def add_totp(customer: Customer, *, secret: str, typed: str) -> Factor:
    """Store an app's secret once its first code is right. Raises FactorRefused."""
    step = totp.matching_step(secret, typed, clock.now(), after=0)
    if step is None:
        raise FactorRefused("wrong")
    with transaction.atomic():
        _lock(customer.user)
        Factor.objects.filter(user=customer.user, kind=FactorKind.TOTP).delete()
        made = _make(customer, FactorKind.TOTP, "")
        made.sealed, made.last_step = vault.seal(secret, f"factor:{made.id}"), step
        made.save(force_insert=True)
        _changed(customer, "factor.added", FactorKind.TOTP)
    return made


def add_passkey(customer: Customer, *, credential: str, name: str) -> Factor:
    """Store a passkey that the browser has just proved. Raises FactorRefused."""
    with transaction.atomic():
        _lock(customer.user)
        held = Factor.objects.filter(user=customer.user, kind=FactorKind.PASSKEY)
        if held.count() >= MOST_PASSKEYS:
            raise FactorRefused("too_many")
        made = _make(customer, FactorKind.PASSKEY, naming.normal_name(name)[:60])
        made.public = {"credential": credential}
        made.save(force_insert=True)
        _changed(customer, "factor.added", FactorKind.PASSKEY)
    return made


@transaction.atomic
def make_recovery_codes(customer: Customer) -> list[str]:
    """New recovery codes; earlier ones are good no longer. Shown this once."""
    _lock(customer.user)
    Factor.objects.filter(user=customer.user, kind=FactorKind.RECOVERY).delete()
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    made = _make(customer, FactorKind.RECOVERY, "")
    made.sealed = vault.seal(json.dumps(codes), f"factor:{made.id}")
    made.public = {"left": len(codes)}
    made.save(force_insert=True)
    _changed(customer, "factor.added", FactorKind.RECOVERY)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


@transaction.atomic
def remove(customer: Customer, factor: Factor) -> None:
    """Take a factor away; with the last of app and passkeys the recovery codes go as well."""
    _lock(customer.user)
    Factor.objects.filter(id=factor.id, user=customer.user).delete()
    if not queries.has_second_factor(customer.user_id):
        Factor.objects.filter(user=customer.user).delete()
    _changed(customer, "factor.removed", FactorKind(factor.kind))


def prove_by_app(user: User, typed: str) -> bool:
    """Whether the typed text is a fresh code of the user's app. Each is good once."""
    with transaction.atomic():
        held = Factor.objects.select_for_update().filter(user=user, kind=FactorKind.TOTP).first()
        if held is None:
            return False
        secret = vault.unseal(bytes(held.sealed), f"factor:{held.id}")
        step = totp.matching_step(secret, typed, clock.now(), after=held.last_step)
        if step is None:
            return False
        held.last_step = step
        _used(held)
    return True


def prove_by_recovery(user: User, typed: str) -> bool:
    """Whether the typed text is one of the recovery codes that are left; it is then used up."""
    plain = "".join(char for char in typed.lower() if char in _ALPHABET)
    with transaction.atomic():
        held = (
            Factor.objects.select_for_update().filter(user=user, kind=FactorKind.RECOVERY).first()
        )
        if held is None or not plain:
            return False
        codes: list[str] = json.loads(vault.unseal(bytes(held.sealed), f"factor:{held.id}"))
        left = [code for code in codes if not constant_time_compare(code, plain)]
        if len(left) == len(codes):
            return False
        held.sealed = vault.seal(json.dumps(left), f"factor:{held.id}")
        held.public = {"left": len(left)}
        _used(held)
        customer = user.customer
        _record(customer, "factor.recovery_used", {"left": len(left)})
        telling.mail(
            user, "people/recovery_used", actor=_actor(customer), params={"left": len(left)}
        )
    return True


@transaction.atomic
def note_passkey_used(user: User, credential: str) -> None:
    """Note that a passkey was proved."""
    for held in Factor.objects.filter(user=user, kind=FactorKind.PASSKEY):
        if held.public.get("credential") == credential:
            _used(held)


def _make(customer: Customer, kind: FactorKind, name: str) -> Factor:
    return Factor(
        id=ids.uuid7(),
        user=customer.user,
        brand=customer.brand,
        kind=kind,
        name=name,
        created_at=clock.now(),
    )


def _used(held: Factor) -> None:
    held.last_used_at = clock.now()
    held.save()


def _lock(user: User) -> None:
    User.objects.select_for_update(no_key=True).get(id=user.id)


def _actor(customer: Customer) -> Actor:
    return Actor(ActorKind.CUSTOMER, customer.id, customer.brand)


def _changed(customer: Customer, action: str, kind: FactorKind) -> None:
    _record(customer, action, {"kind": kind.value})
    template = "people/factor_added" if action == "factor.added" else "people/factor_removed"
    at = telling.local_time(customer.user, clock.now())
    telling.mail(
        customer.user, template, actor=_actor(customer), params={"at": at, "kind": kind.value}
    )


def _record(customer: Customer, action: str, details: Mapping[str, Any]) -> None:
    audit.record(
        brand=customer.brand,
        actor=_actor(customer),
        action=action,
        subject=f"customer:{customer.id}",
        details=dict(details),
    )
