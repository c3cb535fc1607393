"""Rows of the payments domain. They record; what may happen to them is decided in actions.

No card number is ever kept here: an instrument is a provider's token and its masked display.
Amounts are minor units of the row's currency. A finished payment never changes (sql/guard.sql).
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypedDict

from django.db import models
from django.db.models import F, Q

from paydesk.money.merchants.models import Merchant
from paydesk.money.payments.providers.simulated.models import SimulatedCard, SimulatedOrder
from paydesk.money.payments.states import (
    FINISHED,
    AttemptState,
    Direction,
    HoldReason,
    HoldState,
    PaymentKind,
    PaymentState,
)
from paydesk.money.payments.told import ProviderNotification
from paydesk.people.models import Customer

__all__ = [
    "Attempt",
    "Hold",
    "Payment",
    "ProviderNotification",
    "SimulatedCard",
    "SimulatedOrder",
]


class _Loose(TypedDict):
    on_delete: Any
    db_constraint: bool
    db_index: bool


def _one_of(field: str, names: Iterable[StrEnum]) -> Q:
    return Q(**{f"{field}__in": sorted(str(name) for name in names)})


_FINISHED = _one_of("state", FINISHED)

# A trigger a row and a lock on what it names cost more than the row. sql/sides.sql checks all new
# rows of a statement at once, their brand too, and keeps what they name from being deleted.
_LOOSE = _Loose(on_delete=models.PROTECT, db_constraint=False, db_index=False)


class Payment(models.Model):
    """One wish to move money and what became of it."""

    id = models.UUIDField(primary_key=True)  # UUIDv7, also the id of its ledger transfer
    brand = models.CharField(max_length=16)
    number = models.CharField(max_length=16)  # public, random, read out loud
    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    amount = models.BigIntegerField()
    refunded = models.BigIntegerField(default=0)  # kept by a trigger as refunds succeed
    currency = models.CharField(max_length=3)
    fee = models.BigIntegerField(default=0)  # on top of the amount, paid by the payer
    # Where the other side got another currency: in that one. A refund's: what that side gave.
    received_amount = models.BigIntegerField(null=True)
    received_currency = models.CharField(max_length=3, blank=True)
    payer = models.ForeignKey(Customer, null=True, related_name="payments_sent", **_LOOSE)
    payee = models.ForeignKey(Customer, null=True, related_name="payments_received", **_LOOSE)
    # The payee of a purchase, the payer of a disbursement.
    merchant = models.ForeignKey(Merchant, null=True, related_name="payments", **_LOOSE)
    purpose = models.CharField(max_length=80, blank=True)  # what it settles: "order:<uuid>", ...
    details = models.JSONField(default=dict)  # ids and codes of the feature that asked for it
    recipient_shown = models.CharField(max_length=80, blank=True)  # what was typed, masked
    method = models.JSONField(default=dict)  # top-up: token and masked display
    note = models.CharField(max_length=140, blank=True)
    reason = models.CharField(max_length=40, blank=True)  # reasons.Reason
    facts = models.JSONField(default=dict)  # what proves the reason: ids, codes, minor units
    created_at = models.DateTimeField()
    captured = models.BigIntegerField(null=True)  # taken of a hold, where less than the amount
    finished_at = models.DateTimeField(null=True)
    booked_at = models.DateTimeField(null=True)  # when the ledger moved the money
    client_version = models.CharField(max_length=32, blank=True)
    notice_id = models.UUIDField(null=True)  # incident or maintenance open when it was asked for
    original = models.ForeignKey("self", null=True, related_name="refunds", **_LOOSE)
    retry_of = models.ForeignKey("self", null=True, related_name="retries", **_LOOSE)
    approval_id = models.UUIDField(null=True)
    asked_by = models.CharField(max_length=64)  # str(Actor)
    request_key = models.CharField(max_length=64)  # made by the client; unique per asker
    request_digest = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField(null=True)  # when both sides were written to

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(condition=Q(fee__gte=0), name="payment_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(received_amount__isnull=True, received_currency="")
                | Q(received_amount__gt=0) & ~Q(received_currency=""),
                name="payment_received_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("amount")),
                name="payment_refunded_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(captured__isnull=True)
                | Q(captured__gt=0, captured__lt=F("amount"), refunded__lte=F("captured")),
                name="payment_captured_is_part",
            ),
            models.CheckConstraint(condition=_one_of("kind", PaymentKind), name="payment_kind"),
            models.CheckConstraint(condition=_one_of("state", PaymentState), name="payment_state"),
            models.CheckConstraint(
                condition=_FINISHED & Q(finished_at__isnull=False)
                | ~_FINISHED & Q(finished_at__isnull=True),
                name="payment_finished_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(reason=""), name="payment_failed_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="succeeded") | Q(booked_at__isnull=False),
                name="payment_succeeded_is_booked",
            ),
            models.CheckConstraint(
                condition=Q(kind="refund", original__isnull=False)
                | (~Q(kind="refund") & Q(original__isnull=True)),
                name="payment_refund_has_original",
            ),
            models.UniqueConstraint(fields=["number"], name="payment_number_once"),
            models.UniqueConstraint(
                fields=["brand", "asked_by", "request_key"], name="payment_request_once"
            ),
            models.UniqueConstraint(
                fields=["approval_id"],
                condition=Q(state="succeeded", approval_id__isnull=False),
                name="payment_approval_once",
            ),
        ]
        indexes = [
            models.Index(fields=["payer", "-created_at", "-id"], name="payment_by_payer"),
            models.Index(fields=["payee", "-created_at", "-id"], name="payment_by_payee"),
            models.Index(
                fields=["merchant", "-created_at", "-id"],
                name="payment_by_merchant",
                condition=Q(merchant__isnull=False),
            ),
            models.Index(fields=["purpose"], name="payment_by_purpose", condition=~Q(purpose="")),
            models.Index(
                fields=["original"],
                name="payment_by_original",
                condition=Q(original__isnull=False),
            ),
            models.Index(
                fields=["retry_of"], name="payment_by_retry_of", condition=Q(retry_of__isnull=False)
            ),
            models.Index(
                fields=["state", "created_at"],
                name="payment_unfinished",
                condition=Q(finished_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def taken(self) -> int:
        """What the payer gave, without the fee: the amount, or the part of it captured."""
        return self.amount if self.captured is None else self.captured

    @property
    def gave(self) -> tuple[int, str]:
        """What left the payer's side, without the fee: minor units and their currency."""
        return self._other if self.kind == PaymentKind.REFUND else (self.taken, self.currency)

    @property
    def got(self) -> tuple[int, str]:
        """What reached the payee's side: minor units and their currency."""
        return (self.taken, self.currency) if self.kind == PaymentKind.REFUND else self._other

    @property
    def _other(self) -> tuple[int, str]:
        amount = self.taken if self.received_amount is None else self.received_amount
        return amount, self.received_currency or self.currency


class Attempt(models.Model):
    """One try at a provider for a payment."""

    id = models.UUIDField(primary_key=True)  # our reference at the provider, asked for again
    brand = models.CharField(max_length=16)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="attempts", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=16)
    direction = models.CharField(max_length=16, default=Direction.CHARGE.value)
    token = models.CharField(max_length=64)
    shown = models.JSONField(default=dict)  # masked instrument: kind, scheme, last4, expiry
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16)
    response_code = models.CharField(max_length=64, blank=True)  # the provider's, as it came
    checks = models.JSONField(default=dict)  # cvc and postcode results
    terms = models.JSONField(default=dict)  # what the provider is told besides: protocol.Terms
    action = models.JSONField(default=dict)  # what the payer has to do now: protocol.Answer
    provider_reference = models.CharField(max_length=64, blank=True)
    client_version = models.CharField(max_length=32, blank=True)
    notice_id = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    queries = models.PositiveSmallIntegerField(default=0)
    next_query_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "number"], name="attempt_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="attempt_amount_positive"),
            models.CheckConstraint(condition=_one_of("state", AttemptState), name="attempt_state"),
            models.CheckConstraint(
                condition=_one_of("direction", Direction), name="attempt_direction"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_query_at"],
                name="attempt_to_query",
                condition=Q(next_query_at__isnull=False),
            ),
            models.Index(
                fields=["provider_reference"],
                name="attempt_by_provider_reference",
                condition=~Q(provider_reference=""),
            ),
            # What a settlement file of a day is compared with.
            models.Index(
                fields=["brand", "provider", "finished_at"],
                name="attempt_paid",
                condition=Q(state="paid"),
            ),
            # What waits for a bank: payouts that no file holds, money awaited on an account.
            models.Index(
                fields=["brand", "provider", "direction", "token"],
                name="attempt_open",
                condition=Q(state__in=["started", "requires_action", "unknown"]),
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.payment_id}"


class Hold(models.Model):
    """Money that an agent reserved in a wallet until a moment, with the reason."""

    id = models.UUIDField(primary_key=True)  # also the id of the ledger's hold
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="holds", db_index=False
    )
    account_id = models.UUIDField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    placed_by = models.CharField(max_length=64)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_amount_positive"),
            models.CheckConstraint(condition=_one_of("reason", HoldReason), name="hold_reason"),
            models.CheckConstraint(condition=_one_of("state", HoldState), name="hold_state"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("placed_at")), name="hold_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(state="held", ended_at__isnull=True)
                | (~Q(state="held") & Q(ended_at__isnull=False)),
                name="hold_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-placed_at"], name="hold_by_customer"),
            models.Index(fields=["expires_at"], name="hold_to_expire", condition=Q(state="held")),
        ]

    def __str__(self) -> str:
        return f"hold {self.id}"
