"""Rows of schedules: what is to be paid again, and what became of each time."""

from datetime import time

from django.db import models
from django.db.models import F, Q

from paydesk.money.payments.models import Payment
from paydesk.money.schedules.calendar import Plan, Rhythm
from paydesk.money.schedules.rules import OccurrenceState, OnMissed, ScheduleState
from paydesk.people.models import Customer


class Schedule(models.Model):
    """A payment to be made at a moment, or again and again."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="schedules", db_index=False
    )
    what = models.CharField(max_length=12)
    recipient = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="scheduled_for"
    )  # of a transfer
    biller = models.CharField(max_length=16, blank=True)
    reference = models.CharField(max_length=40, blank=True)
    amount = models.BigIntegerField(null=True)  # null: what the biller then says is due
    most = models.BigIntegerField(null=True)  # of such a bill: more than this is not paid
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=140, blank=True)
    rhythm = models.CharField(max_length=8)
    first_on = models.DateField()  # local to the brand, as is the minute
    minute = models.PositiveSmallIntegerField()
    ends_on = models.DateField(null=True)
    times = models.PositiveSmallIntegerField(null=True)
    on_missed = models.CharField(max_length=12, default=OnMissed.RUN_LATE.value)
    state = models.CharField(max_length=12, default=ScheduleState.ACTIVE.value)
    next_n = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)  # null once it is over
    made_at = models.DateTimeField()
    request_key = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "request_key"], name="schedule_once"),
            models.CheckConstraint(
                condition=Q(what="transfer", recipient__isnull=False, biller="")
                | Q(what="bill", recipient__isnull=True) & ~Q(biller=""),
                name="schedule_has_its_side",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(amount__isnull=True, what="bill", most__gt=0),
                name="schedule_amount_positive",
            ),
            models.CheckConstraint(
                condition=Q(rhythm__in=[one.value for one in Rhythm]), name="schedule_rhythm"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in ScheduleState]), name="schedule_state"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["active", "paused"]) ^ Q(next_at__isnull=True),
                name="schedule_live_has_next",
            ),
            models.CheckConstraint(condition=Q(minute__lt=24 * 60), name="schedule_minute"),
        ]
        indexes = [
            models.Index(fields=["customer", "-made_at"], name="schedule_by_customer"),
            models.Index(fields=["next_at"], name="schedule_to_run", condition=Q(state="active")),
        ]

    def __str__(self) -> str:
        return f"schedule {self.id}"

    @property
    def plan(self) -> Plan:
        """Its dates."""
        at = time(self.minute // 60, self.minute % 60)
        return Plan(Rhythm(self.rhythm), self.first_on, at, self.ends_on, self.times)


class Occurrence(models.Model):
    """One time that a schedule fell due."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    schedule = models.ForeignKey(
        Schedule, on_delete=models.CASCADE, related_name="occurrences", db_index=False
    )
    n = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=12)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    payment = models.ForeignKey(
        Payment, null=True, on_delete=models.PROTECT, related_name="occurrences"
    )  # the latest try
    why = models.CharField(max_length=24, blank=True)  # why no payment was even tried: rules
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["schedule", "n"], name="occurrence_once"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in OccurrenceState]),
                name="occurrence_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "waiting"]) ^ Q(ended_at__isnull=False),
                name="occurrence_ended_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="running") ^ Q(next_try_at__isnull=True),
                name="occurrence_running_has_try",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True)
                | Q(ended_at__gte=F("due_at"))
                | Q(state="skipped"),
                name="occurrence_ends_after_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], name="occurrence_to_try", condition=Q(state="running")
            ),
            models.Index(
                fields=["payment"], name="occurrence_by_payment", condition=Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"occurrence {self.n} of {self.schedule_id}"
