"""Rows of what providers told us. Only what is verified is ever applied."""

from django.db import models
from django.db.models import Q


class ProviderNotification(models.Model):
    """What a provider told us, byte for byte as it came, and what became of it."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    provider = models.CharField(max_length=16)
    raw = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    event_id = models.CharField(max_length=64, blank=True)  # the provider's; only if verified
    received_at = models.DateTimeField()
    verified = models.BooleanField()
    refusal = models.CharField(max_length=24, blank=True)  # why it was not believed
    attempt = models.ForeignKey(
        "payments.Attempt", null=True, on_delete=models.PROTECT, related_name="notifications"
    )
    applied_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=24, blank=True)  # what applying it changed

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "provider", "sha256", "verified"], name="notification_bytes_once"
            ),
            models.UniqueConstraint(
                fields=["brand", "provider", "event_id"],
                name="notification_event_once",
                condition=Q(verified=True),
            ),
            models.CheckConstraint(
                condition=Q(verified=True, refusal="") | (Q(verified=False) & ~Q(refusal="")),
                name="notification_refusal_if_unverified",
            ),
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                name="notification_to_apply",
                condition=Q(verified=True, applied_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"notification {self.id}"
