"""Rows of the merchants domain. They record; what may happen to them is decided in actions.

No API key is kept, only its digest; a webhook's secret is sealed with a key outside the database.
"""

from django.db import models
from django.db.models import Q

from paydesk.people.models import Customer

STANDINGS = ("applied", "sandbox", "active", "suspended", "closed")


class Merchant(models.Model):
    """A shop or a service that takes payments of one brand's customers."""

    id = models.UUIDField(primary_key=True)  # UUIDv7; owner of its ledger accounts
    brand = models.CharField(max_length=16)
    number = models.CharField(max_length=16, unique=True)  # public, random
    name = models.CharField(max_length=80)  # as payers see it
    owner = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="merchants"
    )  # who acts for it in the portal
    website = models.CharField(max_length=200, blank=True)
    about = models.CharField(max_length=300, blank=True)  # what it sells, as payers see it
    standing = models.CharField(max_length=16, default="applied")
    since = models.DateTimeField(null=True)  # active for the first time
    requests_a_second = models.PositiveIntegerField(default=50)  # of one key
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(standing__in=STANDINGS), name="merchant_standing"),
        ]
        indexes = [models.Index(fields=["brand", "-created_at"], name="merchant_by_brand")]

    def __str__(self) -> str:
        return f"merchant {self.number}"


class ApiKey(models.Model):
    """One key of a merchant. `live` false: test money only."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="keys", db_index=False
    )
    live = models.BooleanField()
    label = models.CharField(max_length=60)
    prefix = models.CharField(max_length=16)  # shown, so that people know which it is
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(null=True)  # set on the old one when keys rotate
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # to the minute

    class Meta:
        indexes = [models.Index(fields=["merchant", "-created_at"], name="apikey_by_merchant")]

    def __str__(self) -> str:
        return f"key {self.prefix}…"


class Endpoint(models.Model):
    """An address that a merchant wants to be told at."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="endpoints", db_index=False
    )
    live = models.BooleanField()
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)  # none: all
    secret = models.BinaryField()  # sealed
    old_secret = models.BinaryField(default=bytes)  # signs too until `old_until`
    old_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["merchant", "-created_at"], name="endpoint_by_merchant")]

    def __str__(self) -> str:
        return f"endpoint {self.id}"


class MerchantEvent(models.Model):
    """Something that a merchant is told of. `data` is what the API would answer."""

    id = models.UUIDField(primary_key=True)  # also webhook-id
    brand = models.CharField(max_length=16)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    live = models.BooleanField()
    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)  # what it is about: "payment:<uuid>", ...
    data = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="merchant_event_once")
        ]
        indexes = [
            models.Index(fields=["merchant", "live", "-id"], name="merchant_event_by_merchant")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Delivery(models.Model):
    """One event on its way to one endpoint. A replay is a delivery of its own."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    event = models.ForeignKey(MerchantEvent, on_delete=models.PROTECT, related_name="deliveries")
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    replayed = models.BooleanField(default=False)
    state = models.CharField(max_length=16, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "endpoint"],
                condition=Q(replayed=False),
                name="delivery_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="delivery_due", condition=Q(next_at__isnull=False)
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_by_endpoint"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.id}"


class DeliveryTry(models.Model):
    """One request to an endpoint and its answer, as they went."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    headers = models.JSONField()
    body = models.TextField()
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=40, blank=True)  # why there is no status
    answer = models.TextField(blank=True)  # the first kilobytes

    def __str__(self) -> str:
        return f"try {self.number} of {self.delivery_id}"


class StoredAnswer(models.Model):
    """What a request under a key of the merchant's own was answered; asked again, it is again."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    live = models.BooleanField()
    request_key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)  # null: being answered
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "live", "request_key"], name="stored_answer_once"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="stored_answer_by_age")]

    def __str__(self) -> str:
        return f"answer to {self.request_key}"
