"""Rows of reconciliation: files of providers, their lines, and what differs from our book.

Amounts are minor units, signed from our side: positive is what the provider owes us. A file is
kept sealed, because a bank's statement names people who are no customers of ours.
"""

from django.db import models
from django.db.models import Q

from paydesk.money.payments.models import Attempt
from paydesk.people.models import StaffMember


class SettlementFile(models.Model):
    """A provider's file of a day, as it was taken in, and how far it was read."""

    class State(models.TextChoices):
        WAITING = "waiting"
        READING = "reading"
        ASKED = "asked"  # brought by a person, waiting for a second one
        READ = "read"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    provider = models.CharField(max_length=16)
    day = models.DateField()
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    sealed = models.BinaryField()
    state = models.CharField(max_length=16, choices=State.choices)
    trouble = models.CharField(max_length=24, blank=True)  # statements.Trouble
    trouble_line = models.PositiveIntegerField(default=0)
    trouble_what = models.CharField(max_length=40, blank=True)
    lines = models.PositiveIntegerField(default=0)  # found in it
    done = models.PositiveIntegerField(default=0)  # matched or told apart so far
    totals = models.JSONField(default=dict)  # by currency: gross and fee
    taken_by = models.CharField(max_length=64)  # str(Actor)
    taken_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    approval_id = models.UUIDField(null=True)  # the second person's, where one was asked

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "provider", "sha256"],
                condition=~Q(state="refused"),
                name="settlement_file_once",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(trouble="") | ~Q(state="refused"),
                name="settlement_file_refused_says_why",
            ),
        ]
        indexes = [models.Index(fields=["brand", "provider", "day"], name="settlement_file_day")]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"


class Line(models.Model):
    """A line of a settlement file."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    file = models.ForeignKey(
        SettlementFile, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    number = models.PositiveIntegerField()
    provider_reference = models.CharField(max_length=64)
    reference = models.UUIDField(null=True)
    about = models.CharField(max_length=16)  # protocol.About
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    attempt = models.ForeignKey(
        Attempt, null=True, on_delete=models.PROTECT, related_name="settlement_lines"
    )
    settles = models.BooleanField(default=False)  # the one line that settles its attempt

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="settlement_line_number"),
            models.UniqueConstraint(
                fields=["attempt"], condition=Q(settles=True), name="settlement_line_settles_once"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.number}"


class Difference(models.Model):
    """Something that a provider's file and our book don't agree on, and how it was explained."""

    class State(models.TextChoices):
        OPEN = "open"
        ASKED = "asked"  # explained, waiting for a second person
        EXPLAINED = "explained"

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    provider = models.CharField(max_length=16)
    day = models.DateField()
    cause = models.CharField(max_length=16)  # rules.Cause
    line = models.OneToOneField(
        Line, null=True, on_delete=models.PROTECT, related_name="difference"
    )
    attempt = models.ForeignKey(
        Attempt, null=True, on_delete=models.PROTECT, related_name="settlement_differences"
    )
    amount = models.BigIntegerField()  # theirs less ours
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, choices=State.choices)
    way = models.CharField(max_length=16, blank=True)  # rules.Way; "" where a rule explained it
    note = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(StaffMember, null=True, on_delete=models.PROTECT, related_name="+")
    approval_id = models.UUIDField(null=True)
    explained_by = models.CharField(max_length=64, blank=True)  # str(Actor)
    explained_at = models.DateTimeField(null=True)
    posted_id = models.UUIDField(null=True)  # the ledger transfer that put it right

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "day"],
                condition=Q(cause="missing_there", line__isnull=True),
                name="settlement_missing_once",
            ),
            models.CheckConstraint(
                condition=Q(state="explained", explained_at__isnull=False)
                | (~Q(state="explained") & Q(explained_at__isnull=True)),
                name="settlement_difference_explained_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["brand", "provider", "day"], name="settlement_difference_day"),
            models.Index(
                fields=["brand", "day"],
                condition=~Q(state="explained"),
                name="settlement_difference_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.amount} {self.currency}"


class PayoutFile(models.Model):
    """A file of payment orders for the bank; its content is made when it is taken."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    count = models.PositiveIntegerField()
    total = models.BigIntegerField()
    made_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand", "-id"], name="payout_file_newest")]

    def __str__(self) -> str:
        return self.message

    @property
    def message(self) -> str:
        """What the bank calls the file: the same each time it is taken."""
        return f"PD{self.id.hex}"[:35]


class PayoutOrder(models.Model):
    """A payout's place in a file: one only."""

    brand = models.CharField(max_length=16)
    file = models.ForeignKey(PayoutFile, on_delete=models.PROTECT, related_name="orders")
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="payout_order")

    def __str__(self) -> str:
        return f"payout {self.attempt_id}"
