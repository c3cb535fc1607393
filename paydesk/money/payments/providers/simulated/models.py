"""The simulated provider's own book: what it did, whatever it told us. Not our record.

No card number is kept here either: of a card that was typed on its page, the last four digits,
the scheme and the expiry stay.
"""

from django.db import models


class SimulatedOrder(models.Model):
    """An order to take money, to pay it out or to give it back."""

    reference = models.UUIDField(primary_key=True)  # our attempt id
    brand = models.CharField(max_length=16)
    direction = models.CharField(max_length=16, default="charge")
    script = models.CharField(max_length=64)  # instruments: how it behaves
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16)  # protocol.Said
    code = models.CharField(max_length=64, blank=True)
    taken = models.BigIntegerField(default=0)  # what it moved, minor units
    return_url = models.CharField(max_length=400, blank=True)
    description = models.CharField(max_length=140, blank=True)
    gives_back = models.UUIDField(null=True, db_index=True)  # the charge that a refund is of
    created_at = models.DateTimeField()
    settles_at = models.DateTimeField(null=True)  # its next step happens by itself then
    notify_at = models.DateTimeField(null=True, db_index=True)  # when it tells us

    def __str__(self) -> str:
        return f"simulated order {self.reference}"


class SimulatedCard(models.Model):
    """A card typed on the provider's page; without a token until that was done."""

    reference = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    customer = models.UUIDField()
    return_url = models.CharField(max_length=400)
    token = models.CharField(max_length=64, blank=True, db_index=True)
    scheme = models.CharField(max_length=16, blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    expires = models.CharField(max_length=5, blank=True)
    created_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"simulated card {self.reference}"
