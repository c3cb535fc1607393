"""Right and wrong passwords, and new ones. Whether one is right is the bridge's business."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F

from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.people import queries, rules, telling
from paydesk.people.actions.restrictions import LinkMaker, lock_for_wrong_passwords, unlock
from paydesk.people.models import Realm, SignIn, User
from paydesk.people.open_pages import sessions_changed


@transaction.atomic
def count_wrong_password(user: User, *, unlock_link: LinkMaker | None = None) -> bool:
    """Count one more wrong password; at the limit lock the account. Answers whether it did.

    The count starts over with each lock, so that trying on while locked adds no second lock.
    """
    # One statement, so that guesses sent at the same time are each counted.
    User.objects.filter(id=user.id).update(wrong_passwords=F("wrong_passwords") + 1)
    failures = User.objects.select_for_update().get(id=user.id).wrong_passwords
    if queries.sign_in_lock(user) is not None:
        return False
    if user.realm == Realm.STAFF:
        limit = rules.STAFF_WRONG_PASSWORDS
    else:
        limit = profiles.get(user.brand).wrong_password_limit
    if not rules.is_locked_out(failures, limit):
        return False
    User.objects.filter(id=user.id).update(wrong_passwords=0)
    if user.realm == Realm.STAFF:
        _lock_staff(user, failures)
    else:
        lock_for_wrong_passwords(user.customer, times=failures, unlock_link=unlock_link)
    return True


def _lock_staff(user: User, failures: int) -> None:
    user.locked_until = clock.now() + rules.STAFF_LOCK
    User.objects.filter(id=user.id).update(locked_until=user.locked_until)
    _record(user, SYSTEM, "staff.locked")
    telling.mail(
        user,
        "people/staff_locked",
        actor=Actor(ActorKind.SYSTEM, None, ""),
        params={"times": failures, "until": telling.local_time(user, user.locked_until)},
    )


@transaction.atomic
def record_sign_in(user: User, *, device: str, address: str | None) -> SignIn:
    """Note a sign-in that succeeded: when, on what, from where; wrong guesses are forgotten."""
    now = clock.now()
    User.objects.filter(id=user.id).update(last_sign_in_at=now, wrong_passwords=0)
    user.last_sign_in_at, user.wrong_passwords = now, 0
    _record(user, None, "account.signed_in")
    return SignIn.objects.create(
        user=user, brand=user.brand, at=now, device=device[:60], address=address
    )


def change_password(user: User, password: str, *, device: str) -> None:
    """Set a new password; every session but the caller's own ends with the old one.

    It also ends a lock for wrong passwords: whoever got here proved more than a password. The
    caller sends a signed-in person's proof or a mailed link; this action asks for none.
    """
    hashed = make_password(password)
    now = clock.now()
    with transaction.atomic():
        User.objects.filter(id=user.id).update(
            password=hashed, wrong_passwords=0, locked_until=None
        )
        user.password, user.wrong_passwords, user.locked_until = hashed, 0, None
        if user.realm == Realm.CUSTOMER:
            unlock(user.customer, actor=Actor(ActorKind.CUSTOMER, user.customer.id, user.brand))
        _record(user, None, "account.password_changed")
        sessions_changed(user)
        telling.mail(
            user,
            "people/password_changed",
            actor=Actor(ActorKind.SYSTEM, None, user.brand),
            params={"at": telling.local_time(user, now), "device": device},
        )


def _record(user: User, by: object, action: str) -> None:
    """Record in the user's brand; for staff in each brand where they have a role."""
    if user.realm == Realm.CUSTOMER:
        customer = user.customer
        audit.record(
            brand=user.brand,
            actor=Actor(ActorKind.CUSTOMER, customer.id, user.brand),
            action=action,
            subject=f"customer:{customer.id}",
        )
        return
    staff = user.staff_member
    for brand in queries.brands_of(staff.id):
        actor = SYSTEM(brand) if by is SYSTEM else Actor(ActorKind.STAFF, staff.id, brand)
        audit.record(brand=brand, actor=actor, action=action, subject=f"staff:{staff.id}")
