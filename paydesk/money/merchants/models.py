"""Rows of the merchants domain. They record; what may happen to them is decided in actions."""

from django.db import models
from django.db.models import Q

STANDINGS = ("applied", "sandbox", "active", "suspended", "closed")


class Merchant(models.Model):
    """A shop or a service that takes payments of one brand's customers."""

    id = models.UUIDField(primary_key=True)  # UUIDv7; owner of its ledger accounts
    brand = models.CharField(max_length=16)
    number = models.CharField(max_length=16, unique=True)  # public, random
    name = models.CharField(max_length=80)  # as payers see it
    standing = models.CharField(max_length=16, default="applied")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(standing__in=STANDINGS), name="merchant_standing"),
        ]
        indexes = [models.Index(fields=["brand", "-created_at"], name="merchant_by_brand")]

    def __str__(self) -> str:
        return f"merchant {self.number}"
