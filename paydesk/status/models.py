"""Notices: what a brand tells everyone about its service, and when it holds."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from paydesk.kit import ids


class NoticeKind(models.TextChoices):
    """Codes; their names in each language are in texts.py."""

    INCIDENT = "incident"
    MAINTENANCE = "maintenance"
    ANNOUNCEMENT = "announcement"


class Notice(models.Model):
    """Holds from `starts_at` up to, not including, `ends_at`; without an end until it is closed."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    brand = models.CharField(max_length=16)
    kind = models.CharField(max_length=16, choices=NoticeKind)
    components = ArrayField(models.CharField(max_length=32))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    body_zh = models.TextField()
    body_en = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["brand", "starts_at"], name="status_notice_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=NoticeKind.values), name="status_notice_kind"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="status_notice_ends_after_start",
            ),
        ]

    def title(self, language: str) -> str:
        """The title in the reader's language."""
        return self.title_zh if language.lower().startswith("zh") else self.title_en

    def body(self, language: str) -> str:
        """The text in the reader's language."""
        return self.body_zh if language.lower().startswith("zh") else self.body_en
