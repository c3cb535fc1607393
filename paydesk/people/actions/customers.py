"""Customers come, prove their address and go. Sign-in and restrictions are next door."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import clock, ids, reactions
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people import naming, queries
from paydesk.people.models import Customer, Realm, User
from paydesk.people.open_pages import sessions_changed

NUMBER_DIGITS = 9
NUMBER_TRIES = 20


class AlreadyRegistered(Exception):
    """The e-mail or the phone number belongs to another customer of the brand."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class NotUsable(ValueError):
    """A name, e-mail or phone number that can't be stored; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def register_customer(
    *,
    brand: str,
    name: str,
    email: str,
    phone: str | None,
    password: str | None = None,
    password_hash: str | None = None,
    lang: str = "zh-hans",
    verified: bool = False,
    phone_proved: bool = False,
    identity_level: int = 0,
    actor: Actor | None = None,
) -> Customer:
    """Register a customer; `verified` says that the e-mail address is already proved, and
    `phone_proved` that the number is: one that is not counts for nothing until then.

    Give a `password`, or the `password_hash` of one where many share it (demo, tests). Fires
    `customer.registered`. Raises AlreadyRegistered, NotUsable, profiles.UnknownBrandError.
    """
    profile = profiles.get(brand)
    clean_name, clean_email = usable(name, email)
    clean_phone = queries.normal_phone(profile.code, phone) if phone else None
    if phone and clean_phone is None:
        raise NotUsable("phone")
    user = User(
        realm=Realm.CUSTOMER,
        brand=profile.code,
        username=ids.uuid7().hex,
        email=clean_email,
        phone=clean_phone,
        lang=lang,
        phone_proved_at=clock.now() if clean_phone and phone_proved else None,
        # Hashed before the transaction begins: it takes long, on purpose.
        password=password_hash or make_password(password),
    )
    with transaction.atomic():
        return _store(user, clean_name, verified, identity_level, actor)


def usable(name: str, email: str) -> tuple[str, str]:
    """Name and e-mail as they are stored. Raises NotUsable."""
    clean_name, clean_email = naming.normal_name(name), naming.normal_email(email)
    if not naming.is_name(clean_name):
        raise NotUsable("name")
    if "@" not in clean_email:
        raise NotUsable("email")
    return clean_name, clean_email


def _store(
    user: User, name: str, verified: bool, identity_level: int, actor: Actor | None
) -> Customer:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyRegistered("phone" if "user_phone_once" in str(error) else "email") from error
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    customer = Customer.objects.create(
        user=user,
        brand=user.brand,
        number=_free_number(user.brand),
        name=name,
        identity_level=identity_level,
    )
    audit.record(
        brand=user.brand,
        actor=actor or Actor(ActorKind.CUSTOMER, customer.id, user.brand),
        action="customer.registered",
        subject=f"customer:{customer.id}",
        details={"verified": verified},
    )
    reactions.fire("customer.registered", customer_id=str(customer.id), brand=user.brand)
    return customer


def _free_number(brand: str) -> str:
    for _ in range(NUMBER_TRIES):
        number = ids.public_number(NUMBER_DIGITS)
        if not Customer.objects.filter(brand=brand, number=number).exists():
            return number
    raise RuntimeError("no free customer number found")


@transaction.atomic
def prove_email(user: User) -> bool:
    """Note that the owner of the user's e-mail address answered; False if that was known."""
    changed = EmailAddress.objects.filter(user=user, email=user.email, verified=False).update(
        verified=True
    )
    if changed and user.realm == Realm.CUSTOMER:
        audit.record(
            brand=user.brand,
            actor=Actor(ActorKind.CUSTOMER, user.customer.id, user.brand),
            action="customer.email_proved",
            subject=f"customer:{user.customer.id}",
        )
    return bool(changed)


@transaction.atomic
def set_identity_level(customer: Customer, *, level: int, actor: Actor) -> None:
    """Note how far the customer's identity is verified: an index into the brand's levels.

    Raises ValueError for a level that the brand has not.
    """
    if not 0 <= level < len(profiles.get(customer.brand).identity_levels):
        raise ValueError(f"{customer.brand} has no identity level {level}")
    Customer.objects.filter(id=customer.id).update(identity_level=level)
    customer.identity_level = level
    audit.record(
        brand=customer.brand,
        actor=actor,
        action="customer.identity_level",
        subject=f"customer:{customer.id}",
        details={"level": level},
    )


@transaction.atomic
def close_customer(customer: Customer, *, actor: Actor) -> None:
    """Close the account: no more sign-in, and payments to it explain themselves. Idempotent.

    Fires `customer.closed`, on which its wallet is closed; paying out comes before.
    """
    locked = Customer.objects.select_for_update(no_key=True).get(id=customer.id)
    if locked.closed_at is None:
        locked.closed_at = clock.now()
        Customer.objects.filter(id=locked.id).update(closed_at=locked.closed_at)
        User.objects.filter(id=locked.user_id).update(is_active=False)
        audit.record(
            brand=locked.brand,
            actor=actor,
            action="customer.closed",
            subject=f"customer:{locked.id}",
        )
        sessions_changed(locked.user)
        reactions.fire("customer.closed", customer_id=str(locked.id), brand=locked.brand)
    customer.closed_at = locked.closed_at


@transaction.atomic
def set_language(customer: Customer, lang: str, *, actor: Actor) -> None:
    """Remember the language that messages to this customer are written in. Raises ValueError."""
    if lang not in dict(settings.LANGUAGES):
        raise ValueError(lang)
    changed = User.objects.filter(id=customer.user_id).exclude(lang=lang).update(lang=lang)
    if changed:
        audit.record(
            brand=customer.brand,
            actor=actor,
            action="customer.language",
            subject=f"customer:{customer.id}",
            details={"lang": lang},
        )
