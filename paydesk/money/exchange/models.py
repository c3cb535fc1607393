"""Rows of the exchange: rates as they were read, quotes as they were given, what was declared.

Amounts are minor units of their own currency; rates are exact decimals, units of the second
currency for one of the first. A rate and a quote never change.
"""

from django.db import models
from django.db.models import F, Q

from paydesk.people.models import Customer


class Rate(models.Model):
    """A middle rate as a source told it at a moment: `mid` units of `counter` for one `base`."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    base = models.CharField(max_length=3)
    counter = models.CharField(max_length=3)
    mid = models.DecimalField(max_digits=24, decimal_places=12)
    source = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(mid__gt=0), name="rate_positive"),
            models.CheckConstraint(condition=~Q(base=F("counter")), name="rate_of_two"),
            models.UniqueConstraint(
                fields=["brand", "base", "counter", "source", "at"], name="rate_once"
            ),
        ]
        indexes = [
            models.Index(fields=["brand", "base", "counter", "-at"], name="rate_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.counter} {self.mid}"


class Quote(models.Model):
    """What a customer was offered: both amounts, the rate, the fee, and until when."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="quotes", db_index=False
    )
    kind = models.CharField(max_length=16)  # exchange or remittance
    pay_currency = models.CharField(max_length=3)
    get_currency = models.CharField(max_length=3)
    pay_amount = models.BigIntegerField()
    get_amount = models.BigIntegerField()
    fee = models.BigIntegerField()  # on top, in the currency that is paid
    side = models.CharField(max_length=4)  # the amount that was typed
    mid = models.ForeignKey(Rate, on_delete=models.PROTECT, related_name="quotes")
    margin_bp = models.PositiveIntegerField()
    rate = models.DecimalField(max_digits=24, decimal_places=12)  # mid less margin
    quoted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    arrives_by = models.DateTimeField()  # if it is confirmed by the last moment

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pay_amount__gt=0, get_amount__gt=0, fee__gte=0, rate__gt=0),
                name="quote_amounts",
            ),
            models.CheckConstraint(
                condition=~Q(pay_currency=F("get_currency")), name="quote_of_two"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("quoted_at")), name="quote_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["exchange", "remittance"]), name="quote_kind"
            ),
        ]
        indexes = [models.Index(fields=["customer", "-quoted_at"], name="quote_by_customer")]

    def __str__(self) -> str:
        return f"quote {self.id}"

    @property
    def purpose(self) -> str:
        """What a payment that uses the quote is for: it is used once."""
        return f"quote:{self.id}"


class Declaration(models.Model):
    """What a payer said about a payment across a border. Personal text: erasable, never copied."""

    id = models.UUIDField(primary_key=True)  # the payment's
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="declarations")
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="declarations")
    country = models.CharField(max_length=2)
    purpose = models.CharField(max_length=16, blank=True)
    relationship = models.CharField(max_length=16, blank=True)
    source_of_funds = models.CharField(max_length=16, blank=True)
    address = models.CharField(max_length=200, blank=True)
    declared_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"declaration of {self.id}"


class Funding(models.Model):
    """Money that the house puts into its liquidity, once a second person has agreed."""

    id = models.UUIDField(primary_key=True)  # also the ledger transfer's
    brand = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    note = models.CharField(max_length=140, blank=True)
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    approval_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=8, default="asked")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="funding_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="asked", ended_at__isnull=True)
                | Q(state__in=["done", "refused"], ended_at__isnull=False),
                name="funding_ended_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"funding {self.amount} {self.currency}"


class SimulatedMarket(models.Model):
    """What the simulated rate source is told to do with a currency. Not our record of anything."""

    brand = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    shift_bp = models.IntegerField(default=0)  # its price moved by so many hundredths of a per cent
    silent = models.BooleanField(default=False)  # it does not answer about this currency

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "currency"], name="simulated_market_once")
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.shift_bp:+d}"
