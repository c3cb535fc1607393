"""Rule sets, what was decided by them, what waits for a person, and who is on a list.

A decision is written once with the facts that it was made from, and never changed (sql/grants).
Payments are named by id alone: this domain knows none.
"""

from django.db import models
from django.db.models import Q

from paydesk.kit import clock, ids
from paydesk.money.risk.rules import Outcome
from paydesk.people.models import Customer, StaffMember


class RuleSetState(models.TextChoices):
    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


class RuleSet(models.Model):
    """One version of a brand's rules, as data. At most one is active; none means the shipped."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    brand = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    rules = models.JSONField()
    state = models.CharField(max_length=8, choices=RuleSetState.choices, default=RuleSetState.DRAFT)
    note = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="risk_drafts")
    made_at = models.DateTimeField(default=clock.now)
    switched_on_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    approval_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "version"], name="ruleset_version_once"),
            models.UniqueConstraint(
                fields=["brand"], condition=Q(state="active"), name="ruleset_one_active"
            ),
            # Nobody switches rules on alone.
            models.CheckConstraint(
                condition=Q(state="draft", approval_id__isnull=True)
                | (~Q(state="draft") & Q(approval_id__isnull=False)),
                name="ruleset_needs_approval",
            ),
        ]

    def __str__(self) -> str:
        return f"rules {self.version} of {self.brand}"


class Decision(models.Model):
    """What was decided about one payment, and from what. The id is the payment's; of one that a
    schedule will make, the schedule's."""

    payment_id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    at = models.DateTimeField()
    customer_id = models.UUIDField()
    recipient_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=16)
    amount = models.BigIntegerField()  # minor units
    currency = models.CharField(max_length=3)
    known_recipient = models.BooleanField()
    device_since = models.DateTimeField(null=True)
    stepped_up_at = models.DateTimeField(null=True)
    contact_changed_at = models.DateTimeField(null=True)
    received = models.BigIntegerField()  # minor units that came in within the day before
    version = models.PositiveIntegerField()  # of the rules; 0: the shipped ones
    outcome = models.CharField(max_length=16)
    rule = models.CharField(max_length=40, blank=True)
    codes = models.JSONField(default=list)
    measured = models.JSONField(default=dict)
    passed = models.BooleanField()  # not refused at once, by whomever

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[one.value for one in Outcome]), name="decision_outcome"
            )
        ]
        indexes = [
            models.Index(fields=["customer_id", "-at"], name="decision_by_customer"),
            models.Index(fields=["brand", "at"], name="decision_by_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} for payment {self.payment_id}"


class KnownRecipient(models.Model):
    """That a customer once sent something to somebody: made when the first payment passed."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    brand = models.CharField(max_length=16)
    customer_id = models.UUIDField()
    recipient_id = models.UUIDField()
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer_id", "recipient_id"], name="known_recipient_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} knows {self.recipient_id}"


class ReviewState(models.TextChoices):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"  # the payment ended undecided: its payer took it back, say


class Review(models.Model):
    """A payment that waits for a person. The id is the payment's."""

    payment_id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="risk_reviews")
    kind = models.CharField(max_length=16)
    amount = models.BigIntegerField()  # minor units
    currency = models.CharField(max_length=3)
    why = models.CharField(max_length=16)  # fraud_screen or screening
    rule = models.CharField(max_length=40, blank=True)
    measured = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ReviewState.choices, default=ReviewState.OPEN)
    decided_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="risk_reviews"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="review_decided_has_time",
            )
        ]
        indexes = [
            models.Index(
                fields=["brand", "asked_at"], condition=Q(state="open"), name="review_open"
            )
        ]

    def __str__(self) -> str:
        return f"review of payment {self.payment_id}"


class DryRunState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class DryRun(models.Model):
    """A rule set tried on what was decided before; it changes nothing but this row."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    brand = models.CharField(max_length=16)
    ruleset = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="dry_runs")
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=DryRunState.choices, default=DryRunState.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    asked_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="dry_runs")
    asked_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["brand", "-asked_at"], name="dry_run_latest")]

    def __str__(self) -> str:
        return f"dry run of {self.ruleset_id}"


class HitState(models.TextChoices):
    OPEN = "open"
    CLEARED = "cleared"  # somebody else of that name
    CONFIRMED = "confirmed"


class Hit(models.Model):
    """A customer whose name stands on a screening list, until somebody has looked."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="screening_hits", db_index=False
    )
    source = models.CharField(max_length=40)
    entry = models.CharField(max_length=40)  # the list's own reference
    score = models.PositiveSmallIntegerField()  # per cent
    state = models.CharField(max_length=10, choices=HitState.choices, default=HitState.OPEN)
    found_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="screening_decisions"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "source", "entry"], name="hit_once")
        ]
        indexes = [
            models.Index(fields=["customer"], condition=~Q(state="cleared"), name="hit_in_force")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.entry}: {self.customer_id}"
