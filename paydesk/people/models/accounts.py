"""Who people are: users (two realms), customers, staff with roles, restrictions, sign-ins.

A user is unique by (realm, brand, e-mail) and by (realm, brand, proved phone): the same person in
two brands is two users. Nothing here decides or changes anything; see `rules` and `actions`.
"""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from paydesk.kit import clock, ids
from paydesk.people import naming


class Realm(models.TextChoices):
    """Customers sign in at their brand's door, staff at the desk's; neither at the other's."""

    CUSTOMER = "customer"
    STAFF = "staff"


class User(AbstractBaseUser):
    """One sign-in. `username` is opaque and never typed; people type e-mail, phone or number."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    realm = models.CharField(max_length=8, choices=Realm.choices)
    brand = models.CharField(max_length=16, blank=True)  # "" for staff
    username = models.CharField(max_length=32, unique=True)
    email = models.EmailField(max_length=254)
    phone = models.CharField(max_length=16, null=True, blank=True)
    lang = models.CharField(max_length=8, default="zh-hans")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)
    last_sign_in_at = models.DateTimeField(null=True, blank=True)
    wrong_passwords = models.PositiveSmallIntegerField(default=0)  # since the last right one
    locked_until = models.DateTimeField(null=True, blank=True)  # staff; customers: Restriction
    phone_proved_at = models.DateTimeField(null=True, blank=True)  # by a code sent to it
    contact_changed_at = models.DateTimeField(null=True, blank=True)  # a proved one was replaced
    session_epoch = models.PositiveIntegerField(default=0)  # raised to end all sessions

    last_login = None  # Django would set it from its own clock
    objects = BaseUserManager["User"]()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["realm", "brand", "email"], name="user_email_once"),
            # A number is somebody's only once they proved it; until then anybody may have typed it.
            models.UniqueConstraint(
                fields=["realm", "brand", "phone"],
                condition=Q(phone_proved_at__isnull=False),
                name="user_phone_once",
            ),
            models.CheckConstraint(
                condition=Q(phone_proved_at__isnull=True) | Q(phone__isnull=False),
                name="user_phone_proved_is_there",
            ),
            models.CheckConstraint(
                condition=Q(realm=Realm.STAFF, brand="") | (Q(realm=Realm.CUSTOMER) & ~Q(brand="")),
                name="user_brand_by_realm",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower"),
            models.CheckConstraint(condition=~Q(email=""), name="user_email_given"),
            models.CheckConstraint(
                condition=Q(phone__isnull=True) | Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"),
                name="user_phone_e164",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.realm}:{self.id}"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must hold to go on: it changes with the password, and when everybody
        else is signed out."""
        salt = "paydesk.people.session"
        value = f"{self.password}.{self.session_epoch}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def name(self) -> str:
        """The name of the customer or staff member who signs in with this user."""
        owner = self.customer if self.realm == Realm.CUSTOMER else self.staff_member
        return owner.name


class Customer(models.Model):
    """A customer of one brand. `number` is public: it may be read out and typed."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="customer")
    brand = models.CharField(max_length=16)
    number = models.CharField(max_length=9)
    name = models.CharField(max_length=80)
    identity_level = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "number"], name="customer_number_once"),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[1-9][0-9]{8}$"), name="customer_number_shape"
            ),
            models.CheckConstraint(condition=~Q(brand=""), name="customer_brand_given"),
        ]

    def __str__(self) -> str:
        return f"customer:{self.id}"

    @property
    def masked_name(self) -> str:
        """The name as a stranger may see it: enough to recognise, too little to learn."""
        return naming.masked(self.name)


class StaffMember(models.Model):
    """One who works at the desk; what they may do is in their memberships."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="staff_member")
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"staff:{self.id}"


class Role(models.TextChoices):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Membership(models.Model):
    """A staff member's role in one brand."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    staff = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, related_name="memberships", db_index=False
    )
    brand = models.CharField(max_length=16)
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "brand"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role"),
            models.CheckConstraint(condition=~Q(brand=""), name="membership_brand_given"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.role} of {self.brand}"


class RestrictionKind(models.TextChoices):
    PASSWORD = "password"  # noqa: S105 - a kind of lock
    RISK = "risk"
    IDENTITY = "identity"
    FREEZE = "freeze"


class Scope(models.TextChoices):
    SIGNIN = "signin"
    SEND = "send"
    RECEIVE = "receive"
    ALL = "all"


class Restriction(models.Model):
    """A lock or freeze on a customer: history stays, lifting only fills in the end.

    In force while not lifted and `until` (if any) is not reached. `placed_by` and `lifted_by`
    are an Actor as text.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="restrictions")
    kind = models.CharField(max_length=10, choices=RestrictionKind.choices)
    scope = models.CharField(max_length=8, choices=Scope.choices)
    reason = models.CharField(max_length=40)  # a code, never text
    placed_at = models.DateTimeField(default=clock.now)
    placed_by = models.CharField(max_length=60)
    until = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=60, blank=True)
    approval_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "scope"],
                condition=Q(lifted_at__isnull=True),
                name="restriction_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RestrictionKind.values) & Q(scope__in=Scope.values),
                name="restriction_kind_scope",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by="")
                | (Q(lifted_at__gte=F("placed_at")) & ~Q(lifted_by="")),
                name="restriction_lifted_by",
            ),
            # A freeze ends by a second person's decision, never without one.
            models.CheckConstraint(
                condition=~Q(kind=RestrictionKind.FREEZE)
                | Q(lifted_at__isnull=True)
                | Q(approval_id__isnull=False),
                name="restriction_freeze_needs_approval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.scope} on {self.customer_id}"


class SignIn(models.Model):
    """One sign-in that succeeded: when, on what device, from where."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="sign_ins", db_index=False
    )
    brand = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField(default=clock.now)
    device = models.CharField(max_length=60)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="sign_in_latest")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.at:%F %T}"


class RateCount(models.Model):
    """Rows of Django's database cache: attempts counted once for all processes."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "people_rate_count"

    def __str__(self) -> str:
        return self.cache_key
