"""Rows of refunds: what was asked, what happened to it, disputes of banks, recalls of payers.

The money itself is always a payment of kind refund. Amounts are minor units of the original's
currency; personal text stands in `text` columns only.
"""

from django.db import models
from django.db.models import Q

from paydesk.files.models import StoredFile
from paydesk.money.merchants.models import Merchant
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.refunds.rules import OVER, RecallWhy, Route, State, StepKind, Why
from paydesk.people.models import Customer

_OVER = Q(state__in=sorted(str(one) for one in OVER))


class RefundRequest(models.Model):
    """A customer's wish to have (part of) a payment back."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    number = models.CharField(max_length=16, unique=True)  # public
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="refund_requests", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="refund_requests", db_index=False
    )
    amount = models.BigIntegerField()  # asked for
    granted = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    why = models.CharField(max_length=20)
    text = models.CharField(max_length=1000, blank=True)  # shielded
    state = models.CharField(max_length=12)
    route = models.CharField(max_length=8, default=Route.ORIGINAL.value)
    verdict = models.CharField(max_length=20, blank=True)  # the rule that granted it, or "person"
    answer = models.CharField(max_length=500, blank=True)  # what the customer is told, shielded
    decided_by = models.CharField(max_length=64, blank=True)
    approval_id = models.UUIDField(null=True, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    request_key = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(granted__isnull=True) | Q(granted__gt=0), name="refund_granted_positive"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(str(one) for one in State)), name="refund_state"
            ),
            models.CheckConstraint(
                condition=Q(why__in=sorted(str(one) for one in Why)), name="refund_why"
            ),
            models.UniqueConstraint(
                fields=["payment", "customer"], condition=~_OVER, name="refund_one_open"
            ),
            models.UniqueConstraint(fields=["customer", "request_key"], name="refund_asked_once"),
        ]
        indexes = [
            models.Index(fields=["customer", "-asked_at"], name="refund_by_customer"),
            models.Index(fields=["brand", "asked_at"], condition=~_OVER, name="refund_open"),
            models.Index(fields=["payment"], name="refund_by_payment"),
        ]

    def __str__(self) -> str:
        return f"refund request {self.number}"

    @property
    def purpose(self) -> str:
        """What the payments that carry it out are for."""
        return f"refund:{self.id}"


class Step(models.Model):
    """One line of a request's timeline. `data` holds codes, numbers and minor units only."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    request = models.ForeignKey(
        RefundRequest, on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)  # str(Actor)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=sorted(str(one) for one in StepKind)), name="refund_step_kind"
            )
        ]
        indexes = [models.Index(fields=["request", "id"], name="refund_step_by_request")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.request_id}"


class Evidence(models.Model):
    """A file that a customer showed for a request, or staff for a dispute."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    request = models.ForeignKey(
        RefundRequest, null=True, on_delete=models.PROTECT, related_name="evidence"
    )
    dispute = models.ForeignKey(
        "Dispute", null=True, on_delete=models.PROTECT, related_name="evidence"
    )
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(request__isnull=False, dispute__isnull=True)
                | Q(request__isnull=True, dispute__isnull=False),
                name="evidence_for_one",
            )
        ]

    def __str__(self) -> str:
        return f"evidence {self.id}"


class MerchantPolicy(models.Model):
    """What a merchant promises of itself: money back within so many days, up to so much."""

    merchant = models.OneToOneField(
        Merchant, primary_key=True, on_delete=models.PROTECT, related_name="refund_policy"
    )
    brand = models.CharField(max_length=16)
    days = models.PositiveSmallIntegerField()
    most = models.BigIntegerField(null=True)  # in the payment's currency; None: whatever it was
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.days} days"


class Dispute(models.Model):
    """A charge that the payer's bank takes back unless it is shown to be right (row 49)."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    number = models.CharField(max_length=16, unique=True)
    provider = models.CharField(max_length=16)
    reference = models.CharField(max_length=64)  # the provider's
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=40, blank=True)  # the provider's code
    state = models.CharField(max_length=8)  # open, reviewed, won, lost
    due_at = models.DateTimeField(null=True)
    text = models.CharField(max_length=2000, blank=True)  # our side of it, shielded
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # its money went where the bank decided

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "provider", "reference"], name="dispute_told_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "reviewed", "won", "lost"]), name="dispute_state"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_amount_positive"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(state__in=["won", "lost"]),
                name="dispute_settled_after_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["brand", "due_at"],
                condition=Q(state__in=["open", "reviewed"]),
                name="dispute_open",
            ),
            models.Index(
                fields=["closed_at"],
                condition=Q(settled_at__isnull=True, state__in=["won", "lost"]),
                name="dispute_to_settle",
            ),
        ]

    def __str__(self) -> str:
        return f"dispute {self.number}"

    @property
    def purpose(self) -> str:
        """What the payment is for that takes back what was held."""
        return f"dispute:{self.id}"

    @property
    def rest_purpose(self) -> str:
        """What the payment is for that takes what was not held but is there by the end."""
        return f"{self.purpose}:rest"

    @property
    def house_purpose(self) -> str:
        """What the payment is for by which the house bears the remainder."""
        return f"{self.purpose}:house"

    @property
    def purposes(self) -> tuple[str, str, str]:
        """All that its payments are for."""
        return self.purpose, self.rest_purpose, self.house_purpose


class Recall(models.Model):
    """A transfer that its payer calls back: deceived, or by mistake (row 50)."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    number = models.CharField(max_length=16, unique=True)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="recall")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="recalls")
    why = models.CharField(max_length=4)
    text = models.CharField(max_length=1000, blank=True)  # shielded
    state = models.CharField(max_length=8)  # open, returned, partly, refused
    held = models.BigIntegerField(default=0)  # what is reserved at the recipient
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    answer = models.CharField(max_length=500, blank=True)  # shielded

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(why__in=sorted(str(one) for one in RecallWhy)), name="recall_why"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | Q(state__in=["returned", "partly", "refused"], decided_at__isnull=False),
                name="recall_decided_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["brand", "asked_at"], condition=Q(state="open"), name="recall_open"
            )
        ]

    def __str__(self) -> str:
        return f"recall {self.number}"

    @property
    def purpose(self) -> str:
        """What the payment that brings the money back is for."""
        return f"recall:{self.id}"


class ReturnedRefund(models.Model):
    """A refund that came back to its provider: owed to the wallet until `credit` put it there."""

    attempt = models.OneToOneField(
        Attempt, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40, blank=True)  # the provider's
    returned_at = models.DateTimeField()
    credit = models.OneToOneField(
        Payment, null=True, on_delete=models.PROTECT, related_name="returned_refund"
    )
    credit_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["returned_at"],
                condition=Q(credit__isnull=True),
                name="returned_refund_due",
            )
        ]

    def __str__(self) -> str:
        return f"refund {self.attempt_id} that came back"

    @property
    def purpose(self) -> str:
        """What the payment is for that puts it into the wallet, or pays it back by bank."""
        return f"return:{self.attempt_id}"
