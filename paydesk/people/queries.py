"""Reads about people. The look-ups take the brand first: none sees across brands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.people import naming, rules
from paydesk.people.models import (
    CheckState,
    Customer,
    Device,
    Factor,
    FactorKind,
    IdentityCheck,
    Membership,
    Realm,
    Restriction,
    RestrictionKind,
    Scope,
    SignIn,
    StaffMember,
    User,
)

STAFF_HOME = "CN"
"""Where a number typed at the staff's door is from, which belongs to no brand."""


@dataclass(frozen=True, slots=True)
class SignInLock:
    """Why a user may not sign in just now, told only after a right password or by mail."""

    kind: str
    until: datetime | None
    restriction_id: UUID | None  # None for staff


def find_user(realm: str, brand: str, text: str) -> User | None:
    """The user of one realm and brand who has this e-mail, proved phone or customer number.

    Always two look-ups at most, so that a miss costs what a hit costs.
    """
    typed = naming.normal_email(text)
    number = naming.normal_number(typed)
    if "@" in typed:
        wanted = Q(email=typed)
    elif realm == Realm.CUSTOMER and is_customer_number(number):
        wanted = Q(customer__number=number) | _proved(normal_phone(brand, typed) or "none")
    else:
        phone = normal_phone(brand, typed)
        if phone is None:
            return None
        wanted = _proved(phone)
    return User.objects.filter(wanted, realm=realm, brand=brand).first()


def normal_phone(brand: str, typed: str) -> str | None:
    """A typed phone number as E.164; without a country code it is one of the brand's home."""
    home = profiles.get(brand).exchange.home if brand else STAFF_HOME
    return naming.normal_phone(typed, home)


def _proved(phone: str) -> Q:
    """Whose number it is: one that was only typed is nobody's."""
    return Q(phone=phone, phone_proved_at__isnull=False)


def is_customer_number(text: str) -> bool:
    """Whether `text` is shaped like a customer number, check digit included."""
    return len(text) == 9 and ids.is_public_number(text)


def find_customer(brand: str, text: str) -> Customer | None:
    """The brand's customer with this e-mail, phone or customer number, closed ones included."""
    user = find_user(Realm.CUSTOMER, brand, text)
    if user is None:
        return None
    return Customer.objects.select_related("user").filter(user=user).first()


def customer(brand: str, customer_id: UUID) -> Customer | None:
    """One customer of the brand."""
    return Customer.objects.select_related("user").filter(brand=brand, id=customer_id).first()


def is_taken(brand: str, *, email: str, phone: str | None) -> bool:
    """Whether a customer of the brand already has the (normalised) e-mail, or proved the phone
    number."""
    same = Q(email=email) | _proved(phone) if phone else Q(email=email)
    return User.objects.filter(same, realm=Realm.CUSTOMER, brand=brand).exists()


def active_restrictions(customer_id: UUID, at: datetime | None = None) -> list[Restriction]:
    """The customer's restrictions in force at a moment (now), oldest first."""
    moment = at or clock.now()
    return list(
        Restriction.objects.filter(customer_id=customer_id, placed_at__lte=moment)
        .filter(Q(lifted_at__isnull=True) | Q(lifted_at__gt=moment))
        .filter(Q(until__isnull=True) | Q(until__gt=moment))
        .order_by("placed_at", "id")
    )


def restrictions_in_force(customer_ids: Iterable[UUID]) -> dict[UUID, list[Restriction]]:
    """The restrictions in force now on each of several customers, oldest first; one query."""
    at = clock.now()
    found: dict[UUID, list[Restriction]] = {customer: [] for customer in customer_ids}
    if found:
        held = Restriction.objects.filter(customer_id__in=found, placed_at__lte=at)
        held = held.filter(Q(lifted_at__isnull=True) | Q(lifted_at__gt=at))
        held = held.filter(Q(until__isnull=True) | Q(until__gt=at))
        for one in held.order_by("placed_at", "id"):
            found[one.customer_id].append(one)
    return found


def blocks_of(customer_id: UUID) -> rules.Blocks:
    """What the customer's restrictions in force block together."""
    return rules.blocks(held.scope for held in active_restrictions(customer_id))


def sign_in_lock(user: User) -> SignInLock | None:
    """What keeps the user from signing in now, whoever asks: never show it to a guesser."""
    if user.realm == Realm.STAFF:
        until = User.objects.values_list("locked_until", flat=True).get(id=user.id)
        if until and until > clock.now():
            return SignInLock(RestrictionKind.PASSWORD, until, None)
        return None
    for held in active_restrictions(user.customer.id):
        if held.scope == Scope.SIGNIN:
            return SignInLock(held.kind, held.until, held.id)
    return None


def restriction(brand: str, restriction_id: UUID) -> Restriction | None:
    """One restriction of the brand, its customer with it."""
    return (
        Restriction.objects.select_related("customer__user")
        .filter(brand=brand, id=restriction_id)
        .first()
    )


def restrictions_of(customer_id: UUID, limit: int = 50) -> Sequence[Restriction]:
    """The customer's restrictions, lifted ones too, newest first."""
    found = Restriction.objects.filter(customer_id=customer_id)
    return list(found.order_by("-placed_at", "-id")[:limit])


def brands_of(staff_id: UUID) -> list[str]:
    """The codes of the brands in which a staff member has a role."""
    found = Membership.objects.filter(staff_id=staff_id).order_by("brand")
    return list(found.values_list("brand", flat=True))


def memberships_of(staff_id: UUID) -> Sequence[Membership]:
    """A staff member's roles, by brand."""
    return list(Membership.objects.filter(staff_id=staff_id).order_by("brand"))


def staff_of(brand: str) -> Sequence[StaffMember]:
    """Everybody who has a role in the brand, by name."""
    found = StaffMember.objects.filter(memberships__brand=brand, user__is_active=True)
    return list(found.select_related("user").order_by("name"))


def last_sign_ins(user_id: UUID, limit: int = 10) -> Sequence[SignIn]:
    """The user's latest sign-ins, newest first."""
    return list(SignIn.objects.filter(user_id=user_id).order_by("-at", "-id")[:limit])


def device(user_id: UUID, token_digest: str) -> Device | None:
    """The user's device with this cookie, signed out or not."""
    return Device.objects.filter(user_id=user_id, token_digest=token_digest).first()


def devices(user_id: UUID) -> Sequence[Device]:
    """The user's devices, the last used first."""
    return list(Device.objects.filter(user_id=user_id).order_by("-last_seen", "-id")[:50])


def factors(user_id: UUID) -> Sequence[Factor]:
    """The user's second factors, the oldest first."""
    return list(Factor.objects.filter(user_id=user_id).order_by("created_at", "id"))


def has_second_factor(user_id: UUID) -> bool:
    """Whether signing in asks for more than a password: an app or a passkey is there."""
    strong = [FactorKind.TOTP, FactorKind.PASSKEY]
    return Factor.objects.filter(user_id=user_id, kind__in=strong).exists()


def passkeys(user_id: UUID) -> list[str]:
    """The credentials of the user's passkeys."""
    found = Factor.objects.filter(user_id=user_id, kind=FactorKind.PASSKEY)
    return [one.public["credential"] for one in found.order_by("created_at")]


def identity_checks(customer_id: UUID) -> Sequence[IdentityCheck]:
    """What the customer sent in, the newest first."""
    found = IdentityCheck.objects.filter(customer_id=customer_id)
    return list(found.order_by("-submitted_at")[:10])


def waiting_identity(brands: Sequence[str]) -> Sequence[IdentityCheck]:
    """Checks that wait for a person in these brands, the longest wait first."""
    found = IdentityCheck.objects.filter(brand__in=brands, state=CheckState.SUBMITTED)
    return list(found.select_related("customer__user").order_by("submitted_at")[:100])


def is_empty() -> bool:
    """Whether nobody was ever registered in this installation, neither customer nor staff."""
    return not User.objects.exists()
