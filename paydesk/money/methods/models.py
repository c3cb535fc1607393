"""Rows of saved means of payment: a provider's token and what may be shown of it. No number.

A method is never deleted: payments name the token they used; a removed one is no longer offered.
"""

from django.db import models
from django.db.models import Q

from paydesk.people.models import Customer


class SavedMethod(models.Model):
    """A card or account that a customer may pay with again."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="methods", db_index=False
    )
    provider = models.CharField(max_length=16)
    token = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    scheme = models.CharField(max_length=16)
    last4 = models.CharField(max_length=4)
    expires = models.CharField(max_length=5, blank=True)  # MM/YY
    is_default = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "provider", "token"], name="method_token_once"
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_default=True, removed_at=None),
                name="method_one_default",
            ),
            models.CheckConstraint(
                condition=Q(last4__regex=r"^[0-9]{0,4}$"), name="method_only_last_digits"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-added_at"], name="method_by_customer"),
        ]

    def __str__(self) -> str:
        return f"method {self.id}"


class Saving(models.Model):
    """A page of a provider on which a customer is saving a method, and what came of it."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=16)
    reference = models.CharField(max_length=128)  # the provider's name for it
    started_at = models.DateTimeField()
    method = models.ForeignKey(SavedMethod, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"saving {self.id}"
