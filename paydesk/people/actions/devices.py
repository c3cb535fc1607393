"""Which browsers somebody signed in with: known again, named, signed out."""

from hashlib import sha256
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.db.models import F

from paydesk.audit import actions as audit
from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people import naming, telling
from paydesk.people.models import Customer, Device, Realm, User
from paydesk.people.open_pages import sessions_changed

MOST_NAME = 60


def digest_of(token: str) -> str:
    """What is stored of a device's cookie."""
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def note_device(
    user: User, *, token: str, name: str, address: str | None, session_key: str
) -> Device:
    """Note that somebody signed in on a device. A customer is told of one that is new, except of
    the very first."""
    now = clock.now()
    others = Device.objects.filter(user=user).exists()
    device, is_new = Device.objects.get_or_create(
        user=user,
        token_digest=digest_of(token),
        defaults={
            "id": ids.uuid7(),
            "brand": user.brand,
            "name": name[:MOST_NAME],
            "first_seen": now,
            "last_seen": now,
        },
    )
    device.last_seen, device.address, device.signed_out_at = now, address, None
    device.session_key, device.wrong_passwords = session_key, 0
    device.save()
    if is_new and others and user.realm == Realm.CUSTOMER:
        telling.mail(
            user,
            "people/new_device",
            actor=Actor(ActorKind.SYSTEM, None, user.brand),
            params={"at": telling.local_time(user, now), "device": device.name},
        )
    return device


def touch(user: User, *, token: str, session_key: str) -> None:
    """Note that a known device is still in use."""
    Device.objects.filter(user=user, token_digest=digest_of(token)).update(
        last_seen=clock.now(), session_key=session_key, signed_out_at=None
    )


def count_wrong_password(user: User, token: str) -> None:
    """Count a wrong password against the device that it came from, if that is the user's."""
    Device.objects.filter(user=user, token_digest=digest_of(token)).update(
        wrong_passwords=F("wrong_passwords") + 1
    )


@transaction.atomic
def rename(device: Device, name: str) -> None:
    """Give a device a name of its owner's. Raises ValueError for an empty one."""
    clean = naming.normal_name(name)[:MOST_NAME]
    if not clean:
        raise ValueError("a device needs a name")
    Device.objects.filter(id=device.id).update(name=clean)


@transaction.atomic
def sign_out(customer: Customer, device: Device) -> None:
    """End the session of one device."""
    _end(device)
    _record(customer, "account.device_signed_out", device=str(device.id))
    sessions_changed(customer.user)


@transaction.atomic
def sign_out_others(customer: Customer, *, keep: str) -> None:
    """End every session but the one of the device `keep` (its cookie): the caller renews that
    session's own mark, because all marks change."""
    user = customer.user
    User.objects.filter(id=user.id).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    for device in Device.objects.filter(user=user).exclude(token_digest=digest_of(keep)):
        _end(device)
    _record(customer, "account.others_signed_out")
    sessions_changed(user)


def _end(device: Device) -> None:
    if device.session_key:
        import_module(settings.SESSION_ENGINE).SessionStore(device.session_key).delete()
    device.session_key, device.signed_out_at = "", clock.now()
    device.save(update_fields=["session_key", "signed_out_at"])


def _record(customer: Customer, action: str, **details: str) -> None:
    audit.record(
        brand=customer.brand,
        actor=Actor(ActorKind.CUSTOMER, customer.id, customer.brand),
        action=action,
        subject=f"customer:{customer.id}",
        details=details,
    )
