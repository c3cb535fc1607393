"""Cases and their timelines. A timeline only grows; its sequence is given under the case's lock."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from paydesk.desk.cases.rules import DeedKind, EntryKind, Priority, State, Topic
from paydesk.kit import clock, ids
from paydesk.kit.actors import ActorKind


def new_number() -> str:
    """A fresh public case number."""
    return ids.public_number(8)


class Case(models.Model):
    """One matter of one correspondent. `last_sequence` is the sequence of its latest entry.

    `waiting_since` is set while the customer waits for us; `rank_at` orders the queue.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    number = models.CharField(max_length=12, unique=True, default=new_number)
    brand = models.CharField(max_length=16)
    channel = models.CharField(max_length=16)
    customer = models.ForeignKey(
        "people.Customer", null=True, on_delete=models.PROTECT, related_name="cases", db_index=False
    )
    identity = models.ForeignKey(
        "channels.Identity", null=True, on_delete=models.PROTECT, related_name="cases"
    )
    payment_id = models.UUIDField(null=True)
    topic = models.CharField(max_length=24, choices=[(t, t) for t in Topic])
    lang = models.CharField(max_length=8, default="zh-hans")
    state = models.CharField(max_length=20, default=State.OPEN, choices=[(s, s) for s in State])
    priority = models.SmallIntegerField(default=Priority.NORMAL)
    queue = models.CharField(max_length=24, blank=True, default="")
    assignee = models.ForeignKey(
        "people.StaffMember",
        null=True,
        on_delete=models.PROTECT,
        related_name="cases",
        db_index=False,
    )
    last_sequence = models.IntegerField(default=0)
    opened_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    waiting_since = models.DateTimeField(null=True)
    rank_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    first_response_due = models.DateTimeField(null=True)
    first_responded_at = models.DateTimeField(null=True)
    solved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | Q(identity__isnull=False),
                name="case_has_a_correspondent",
            ),
            models.CheckConstraint(
                condition=Q(waiting_since__isnull=True, rank_at__isnull=True)
                | Q(waiting_since__isnull=False, rank_at__isnull=False),
                name="case_waits_and_ranks_together",
            ),
        ]
        indexes = [
            models.Index(
                fields=["brand", "rank_at"],
                name="case_queue",
                condition=Q(assignee__isnull=True, rank_at__isnull=False),
            ),
            models.Index(fields=["assignee", "state"], name="case_of_agent"),
            models.Index(fields=["customer", "-opened_at"], name="case_of_customer"),
            models.Index(fields=["brand", "-changed_at"], name="case_recent"),
            models.Index(fields=["brand", "taken_at"], name="case_takes"),
        ]

    def __str__(self) -> str:
        return f"{self.brand}/{self.number}"

    @property
    def subject(self) -> str:
        """How audit and events name this case."""
        return f"case:{self.pk}"

    @property
    def live(self) -> bool:
        """Whether it is neither solved nor closed."""
        return self.state not in (State.SOLVED, State.CLOSED)

    @property
    def late_since(self) -> datetime | None:
        """The first-answer deadline while it is still owed."""
        return self.first_response_due if self.first_responded_at is None else None


class Entry(models.Model):
    """One line of a case's timeline. `internal` lines are for staff only, whatever their kind.

    `data` holds codes and parameters (rendered in the reader's language), never prose.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries", db_index=False)
    brand = models.CharField(max_length=16)
    sequence = models.IntegerField()
    kind = models.CharField(max_length=8, choices=[(k, k) for k in EntryKind])
    internal = models.BooleanField(default=False)
    client_id = models.UUIDField(null=True)
    author_kind = models.CharField(max_length=8, choices=[(k, k) for k in ActorKind])
    author_id = models.UUIDField(null=True)
    body = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["case", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["case", "sequence"], name="one_entry_per_sequence"),
            models.UniqueConstraint(fields=["case", "client_id"], name="one_entry_per_client_id"),
            models.CheckConstraint(
                condition=~Q(kind=EntryKind.NOTE) | Q(internal=True), name="notes_are_internal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.sequence}"


class Attachment(models.Model):
    """A stored file on an entry."""

    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="attachments", db_index=False
    )
    file = models.ForeignKey(
        "files.StoredFile", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    position = models.SmallIntegerField()

    class Meta:
        ordering = ["entry", "position"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "position"], name="one_file_per_position"),
            models.UniqueConstraint(fields=["file"], name="file_on_one_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.position}"


class ReadMark(models.Model):
    """How far one reader has got in a case: what reached his screen, what he has seen."""

    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="read_marks", db_index=False
    )
    reader_kind = models.CharField(max_length=8, choices=[(k, k) for k in ActorKind])
    reader_id = models.UUIDField()
    delivered = models.IntegerField(default=0)
    read = models.IntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "reader_kind", "reader_id"], name="one_read_mark_per_reader"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.reader_kind}:{self.read}"


class Miss(models.Model):
    """A deadline that passed unmet. Written once, never changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="misses", db_index=False)
    brand = models.CharField(max_length=16)
    kind = models.CharField(max_length=24)
    due_at = models.DateTimeField()
    noted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "due_at"], name="one_miss_per_deadline")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.kind}"


class Look(models.Model):
    """When a member of staff last opened a case's customer: one audited look per opening."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="looks", db_index=False)
    staff = models.ForeignKey("people.StaffMember", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "staff"], name="one_look_per_case_and_staff")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.staff_id}"


class Presence(models.Model):
    """When a member of staff's desk was last open: who vanishes gives his waiting cases back."""

    staff = models.OneToOneField(
        "people.StaffMember", primary_key=True, on_delete=models.CASCADE, related_name="presence"
    )
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.staff_id}"


class Deed(models.Model):
    """Something that a case does with money: the intent is committed before anything moves.

    `id` is made by the page that asks and is the key the money moves under, so that it moves only
    once however often it is tried. `target` is the payment to refund or the hold to release.
    `amount` is in minor units. `outcome` stays empty until it is known.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deeds")
    brand = models.CharField(max_length=16)
    kind = models.CharField(max_length=8, choices=[(k, k) for k in DeedKind])
    target = models.UUIDField(null=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=16, blank=True, default="")  # of a hold
    note = models.CharField(max_length=140, blank=True, default="")
    until = models.DateTimeField(null=True)  # of a hold
    staff = models.ForeignKey("people.StaffMember", on_delete=models.PROTECT, related_name="+")
    approval_id = models.UUIDField(null=True, unique=True)
    outcome = models.CharField(max_length=40, blank=True, default="")
    number = models.CharField(max_length=16, blank=True, default="")  # the refund's
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="deed_amount_positive"),
            models.CheckConstraint(
                condition=Q(outcome="", finished_at__isnull=True)
                | (~Q(outcome="") & Q(finished_at__isnull=False)),
                name="deed_outcome_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="deed_unfinished", condition=Q(outcome="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"
