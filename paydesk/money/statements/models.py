"""Rows of the statements domain: exports that were asked for, and months that were closed.

Neither holds an amount that the ledger does not prove.
"""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from paydesk.files.models import StoredFile
from paydesk.people.models import Customer


class ExportKind(StrEnum):
    HISTORY = "history"
    STATEMENT = "statement"
    EVIDENCE = "evidence"


class ExportFormat(StrEnum):
    EXCEL = "xlsx"
    CSV = "csv"
    PDF = "pdf"


class ExportState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN = frozenset({ExportState.QUEUED, ExportState.RUNNING})


def _values(names: type[StrEnum]) -> list[str]:
    return sorted(str(name) for name in names)


class Export(models.Model):
    """A file that is being made of a customer's payments."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="exports", db_index=False
    )
    kind = models.CharField(max_length=16)
    format = models.CharField(max_length=8)
    wanted = models.JSONField(default=dict)  # filters, month, payments: as rules.py writes them
    lang = models.CharField(max_length=8)
    state = models.CharField(max_length=16)
    rows_done = models.BigIntegerField(default=0)
    rows_expected = models.BigIntegerField(default=0)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL)
    problem = models.CharField(max_length=24, blank=True)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)  # when the file goes

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=_values(ExportKind)), name="export_kind"),
            models.CheckConstraint(
                condition=Q(format__in=_values(ExportFormat)), name="export_format"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_values(ExportState)), name="export_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(expires_at__isnull=False), name="export_done_expires"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-asked_at"], name="export_by_customer"),
            models.Index(fields=["expires_at"], name="export_to_expire", condition=Q(state="done")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} export {self.id}"


class MonthClosed(models.Model):
    """A wallet's month as the ledger proved it when its statement was first asked for."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="months")
    account_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    first_day = models.DateField()  # of the month, in the brand's zone
    opening = models.BigIntegerField()
    credited = models.BigIntegerField()
    debited = models.BigIntegerField()
    closing = models.BigIntegerField()
    entries = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)  # of the statement's lines, see rules.seal
    closed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "first_day"], name="month_once"),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("credited") - F("debited")),
                name="month_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m} of {self.account_id}"
