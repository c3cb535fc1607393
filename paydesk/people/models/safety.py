"""What proves that somebody is who they say: devices, second factors, codes, documents.

Secrets lie sealed under a key outside the database (kit.vault); codes are kept as digests only.
"""

from django.db import models
from django.db.models import Q

from paydesk.files.models import StoredFile
from paydesk.kit import clock, ids
from paydesk.people.models.accounts import Customer, StaffMember, User


class Device(models.Model):
    """A browser that somebody signed in with, known again by a cookie of its own."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="devices", db_index=False)
    brand = models.CharField(max_length=16, blank=True)
    token_digest = models.CharField(max_length=64)
    name = models.CharField(max_length=60)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    session_key = models.CharField(max_length=40, blank=True)
    signed_out_at = models.DateTimeField(null=True)
    wrong_passwords = models.PositiveSmallIntegerField(default=0)  # since the last right one

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "token_digest"], name="device_once")]

    def __str__(self) -> str:
        return f"{self.name} of {self.user_id}"


class FactorKind(models.TextChoices):
    TOTP = "totp"  # an authenticator app
    PASSKEY = "passkey"
    RECOVERY = "recovery"  # a list of codes, each good once


class Factor(models.Model):
    """A second factor. `sealed` holds its secret: the app's key, or the codes that are left;
    `public` what a passkey shows the world."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="factors")
    brand = models.CharField(max_length=16, blank=True)
    kind = models.CharField(max_length=8, choices=FactorKind.choices)
    name = models.CharField(max_length=60)
    sealed = models.BinaryField(default=bytes)
    public = models.JSONField(default=dict)
    last_step = models.BigIntegerField(default=0)  # no code of an app is taken twice
    created_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], condition=~Q(kind="passkey"), name="factor_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=FactorKind.values), name="factor_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"


class CodePurpose(models.TextChoices):
    STEP_UP = "step_up"
    PHONE = "phone"


class OneTimeCode(models.Model):
    """A code that was sent to an address. Only the newest of a user and purpose is good."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="codes", db_index=False)
    brand = models.CharField(max_length=16, blank=True)
    purpose = models.CharField(max_length=8, choices=CodePurpose.choices)
    to_address = models.CharField(max_length=254)
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "purpose", "-sent_at"], name="code_latest")]

    def __str__(self) -> str:
        return f"{self.purpose} code of {self.user_id}"


class CheckState(models.TextChoices):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"


class IdentityCheck(models.Model):
    """Documents that a customer sent in, and what a person made of them."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="identity_checks")
    level = models.PositiveSmallIntegerField()  # the one asked for
    document = models.CharField(max_length=16)
    unfreeze = models.BooleanField(default=False)  # sent in to have a freeze lifted
    state = models.CharField(max_length=9, choices=CheckState.choices, default=CheckState.SUBMITTED)
    submitted_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="identity_decisions"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=24, blank=True)  # a code; why it was refused

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state="submitted"), name="identity_check_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", decided_at__isnull=True)
                | (~Q(state="submitted") & Q(decided_at__isnull=False)),
                name="identity_check_decided_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="identity_check_refused_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["brand", "submitted_at"],
                condition=Q(state="submitted"),
                name="identity_check_open",
            )
        ]

    def __str__(self) -> str:
        return f"identity check of {self.customer_id}"


class IdentityDocument(models.Model):
    """One picture of a check."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    identity_check = models.ForeignKey(
        IdentityCheck, on_delete=models.PROTECT, related_name="documents", db_index=False
    )
    brand = models.CharField(max_length=16)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8)  # front, back, face

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identity_check", "side"], name="identity_side_once")
        ]

    def __str__(self) -> str:
        return f"{self.side} of {self.identity_check_id}"
