"""Rows of bills: what was paid to which biller, references kept for next time. Money and state
are the payment's; the simulated billers' book is not our record."""

from django.db import models
from django.db.models import Q

from paydesk.money.bills.rules import BillState
from paydesk.money.payments.models import Payment
from paydesk.people.models import Customer


class SavedBiller(models.Model):
    """A reference that a customer keeps, under a name of their own."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="saved_billers", db_index=False
    )
    biller = models.CharField(max_length=16)
    reference = models.CharField(max_length=40)
    name = models.CharField(max_length=40, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "biller", "reference"], name="saved_biller_once"
            ),
        ]

    def __str__(self) -> str:
        return f"saved biller {self.id}"


class BillPayment(models.Model):
    """The bill behind a payment, and how far its biller is with it."""

    payment = models.OneToOneField(
        Payment, primary_key=True, on_delete=models.PROTECT, related_name="bill"
    )
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="bills", db_index=False
    )
    biller = models.CharField(max_length=16)
    reference = models.CharField(max_length=40)
    bill_number = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=12, default=BillState.WAITING.value)
    asked = models.PositiveSmallIntegerField(default=0)
    next_ask_at = models.DateTimeField(null=True)
    confirmation = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField(null=True)  # when the biller was first asked

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in BillState]), name="bill_state"
            ),
            models.CheckConstraint(
                condition=Q(state="done") ^ Q(next_ask_at__isnull=False),
                name="bill_open_is_asked",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "biller"], name="bill_by_customer"),
            models.Index(
                fields=["next_ask_at"],
                name="bill_to_ask",
                condition=Q(next_ask_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"bill {self.payment_id}"


class SimulatedBill(models.Model):
    """The simulated billers' own book: what they accepted, whatever they told us."""

    id = models.UUIDField(primary_key=True)  # our payment's id
    brand = models.CharField(max_length=16)
    biller = models.CharField(max_length=16)
    reference = models.CharField(max_length=40)
    bill_number = models.CharField(max_length=24, blank=True)
    amount = models.BigIntegerField()
    accepted = models.BooleanField()
    code = models.CharField(max_length=24, blank=True)
    confirmation = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["biller", "reference", "bill_number"], name="simulated_bill_of")
        ]

    def __str__(self) -> str:
        return f"simulated bill {self.id}"
