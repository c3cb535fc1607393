"""Rows of the orders domain. They record; what may happen to them is decided in actions.

Amounts are minor units of the row's currency. A test order (`live` false) never meets the ledger.
"""

from django.db import models
from django.db.models import Q

from paydesk.money.merchants.models import Merchant
from paydesk.money.payments.models import Payment
from paydesk.people.models import Customer

ORDER_STATES = ("open", "authorised", "paid", "cancelled", "expired")
REQUEST_STATES = ("open", "paid", "declined", "cancelled", "expired")


class Order(models.Model):
    """What a merchant asks to be paid, by link, code or cashier page."""

    id = models.UUIDField(primary_key=True)  # UUIDv7
    brand = models.CharField(max_length=16)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="orders", db_index=False
    )
    live = models.BooleanField()
    number = models.CharField(max_length=16, unique=True)  # public, random
    token = models.CharField(max_length=32, unique=True)  # of its cashier page
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=64)  # the merchant's own
    description = models.CharField(max_length=140, blank=True)
    capture = models.CharField(max_length=16)
    return_url = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=16)
    captured = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)  # when the payer paid or authorised
    closed_at = models.DateTimeField(null=True)  # cancelled or expired
    payment = models.ForeignKey(
        Payment, null=True, on_delete=models.PROTECT, related_name="+"
    )  # what settled it; none of a test order
    hold_expires_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)  # when its page was first opened

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="order_amount_positive"),
            models.CheckConstraint(condition=Q(state__in=ORDER_STATES), name="order_state"),
            models.CheckConstraint(
                condition=Q(captured__gte=0, captured__lte=models.F("amount")),
                name="order_captured_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(live=True) | Q(payment__isnull=True), name="order_test_pays_nothing"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "live", "-id"], name="order_by_merchant"),
            models.Index(fields=["merchant", "reference"], name="order_by_reference"),
            models.Index(fields=["expires_at"], name="order_to_expire", condition=Q(state="open")),
            models.Index(
                fields=["hold_expires_at"],
                name="order_hold_to_expire",
                condition=Q(state="authorised"),
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.number}"


class PaymentRequest(models.Model):
    """What one customer asks another to pay, by link or code."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    token = models.CharField(max_length=32, unique=True)
    requester = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="requests_made", db_index=False
    )
    payer = models.ForeignKey(
        Customer,
        null=True,
        on_delete=models.PROTECT,
        related_name="requests_received",
        db_index=False,
    )  # none: whoever has the link
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=140, blank=True)
    state = models.CharField(max_length=16)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="request_amount_positive"),
            models.CheckConstraint(condition=Q(state__in=REQUEST_STATES), name="request_state"),
        ]
        indexes = [
            models.Index(fields=["requester", "-id"], name="request_by_requester"),
            models.Index(fields=["payer", "-id"], name="request_by_payer"),
            models.Index(
                fields=["expires_at"], name="request_to_expire", condition=Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.id}"


class SandboxMove(models.Model):
    """Test money of a sandbox: a refund or a disbursement that moved nothing."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=16)  # refund or disbursement
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=64, blank=True)
    recipient_shown = models.CharField(max_length=80, blank=True)
    request_key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="sandbox_move_amount_positive"),
            models.UniqueConstraint(
                fields=["merchant", "request_key"], name="sandbox_move_request_once"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="sandbox_move_by_merchant")]

    def __str__(self) -> str:
        return f"test {self.kind} {self.number}"
