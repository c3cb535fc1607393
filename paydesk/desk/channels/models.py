"""Who writes to us on a channel. An identity is a claim: it opens no account until it is proven."""

from django.db import models
from django.db.models import Q

from paydesk.kit import clock, ids


class Identity(models.Model):
    """One correspondent on one channel of one brand: a website visitor, a WeChat user, a number."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    brand = models.CharField(max_length=16)
    channel = models.CharField(max_length=16)
    external_id = models.CharField(max_length=128)
    display_name = models.CharField(max_length=80, blank=True, default="")
    customer = models.ForeignKey(
        "people.Customer", null=True, on_delete=models.PROTECT, related_name="identities"
    )
    proven_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "channel", "external_id"], name="one_identity_per_external_id"
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=True) | Q(proven_at__isnull=False),
                name="identity_linked_only_by_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand}/{self.channel}/{self.id}"
