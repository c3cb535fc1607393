"""Staff join and get roles. What a role may do is data: see `permissions`."""

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import ids
from paydesk.kit.actors import Actor
from paydesk.people.actions.customers import AlreadyRegistered, usable
from paydesk.people.models import Membership, Realm, Role, StaffMember, User
from paydesk.people.open_pages import rights_changed


def create_staff(
    *,
    name: str,
    email: str,
    actor: Actor,
    password: str | None = None,
    password_hash: str | None = None,
    lang: str = "zh-hans",
) -> StaffMember:
    """A new staff member without any role; recorded in the actor's brand.

    Raises AlreadyRegistered("email"), NotUsable.
    """
    clean_name, clean_email = usable(name, email)
    user = User(
        realm=Realm.STAFF,
        brand="",
        username=ids.uuid7().hex,
        email=clean_email,
        lang=lang,
        password=password_hash or make_password(password),
    )
    with transaction.atomic():
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            raise AlreadyRegistered("email") from error
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        staff = StaffMember.objects.create(user=user, name=clean_name)
        audit.record(
            brand=actor.brand,
            actor=actor,
            action="staff.created",
            subject=f"staff:{staff.id}",
        )
    return staff


@transaction.atomic
def grant_role(staff: StaffMember, *, brand: str, role: str, actor: Actor) -> Membership:
    """Give (or change) the staff member's role in a brand.

    Raises ValueError for an unknown role, profiles.UnknownBrandError.
    """
    granted, code = Role(role), profiles.get(brand).code
    membership, _ = Membership.objects.update_or_create(
        staff=staff, brand=code, defaults={"role": granted}
    )
    audit.record(
        brand=code,
        actor=actor,
        action="staff.role_granted",
        subject=f"staff:{staff.id}",
        details={"role": granted.value},
    )
    return membership


@transaction.atomic
def revoke_role(staff: StaffMember, *, brand: str, actor: Actor) -> None:
    """Take the staff member's role in a brand away; nothing happens where there is none."""
    gone, _ = Membership.objects.filter(staff=staff, brand=brand).delete()
    if gone:
        rights_changed(staff, brand)
        audit.record(
            brand=brand,
            actor=actor,
            action="staff.role_revoked",
            subject=f"staff:{staff.id}",
        )
