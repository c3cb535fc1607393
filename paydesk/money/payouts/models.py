"""Rows of withdrawals: bank accounts of customers, and what leaves for them.

Number and holder of a bank account are sealed (kit.vault) and never stored otherwise. A
withdrawal's money and state are its payment's; this row says where it goes and when.
"""

from django.db import models
from django.db.models import Q

from paydesk.money.payments.models import Payment
from paydesk.money.payouts.rules import WithdrawalState
from paydesk.people.models import Customer


class BankAccount(models.Model):
    """A bank account that a customer may have money sent to."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="bank_accounts", db_index=False
    )
    scheme = models.CharField(max_length=16)  # details.Scheme
    country = models.CharField(max_length=2)
    bank = models.CharField(max_length=16, blank=True)  # a code of the directory
    branch = models.CharField(max_length=16, blank=True)  # CNAPS code, routing number or BIC
    last4 = models.CharField(max_length=4)
    number_sealed = models.BinaryField()
    holder_sealed = models.BinaryField()
    added_at = models.DateTimeField()
    usable_from = models.DateTimeField()  # the end of the cooling-off
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(usable_from__gte=models.F("added_at")), name="bank_account_cools_off"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-added_at"], name="bank_account_by_customer"),
        ]

    def __str__(self) -> str:
        return f"bank account {self.id}"

    @property
    def about(self) -> str:
        """What its sealed values are bound to."""
        return f"bankaccount:{self.id}"


class Withdrawal(models.Model):
    """Where a payment of kind withdrawal goes, when it is sent, and whether it came back."""

    payment = models.OneToOneField(
        Payment, primary_key=True, on_delete=models.PROTECT, related_name="withdrawal"
    )
    brand = models.CharField(max_length=16)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="withdrawals", db_index=False
    )
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="withdrawals"
    )
    state = models.CharField(max_length=12, default=WithdrawalState.WAITING.value)
    goes_out_at = models.DateTimeField()
    arrives_on = models.DateField()  # in the brand's zone
    sent_at = models.DateTimeField(null=True)
    attempt_id = models.UUIDField(null=True)
    returned_at = models.DateTimeField(null=True)
    return_code = models.CharField(max_length=40, blank=True)
    credit = models.OneToOneField(
        Payment, null=True, on_delete=models.PROTECT, related_name="returned_withdrawal"
    )  # what gave a returned one back
    credit_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in WithdrawalState]),
                name="withdrawal_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["returning", "returned"]) ^ Q(returned_at__isnull=True),
                name="withdrawal_returned_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="returned") ^ Q(credit__isnull=True),
                name="withdrawal_returned_has_credit",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "cancelling", "cancelled"])
                ^ Q(attempt_id__isnull=False),
                name="withdrawal_sent_has_attempt",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-goes_out_at"], name="withdrawal_by_customer"),
            models.Index(
                fields=["state", "goes_out_at"],
                name="withdrawal_to_do",
                condition=Q(state__in=["waiting", "cancelling", "returning"]),
            ),
            models.Index(
                fields=["attempt_id"],
                name="withdrawal_by_attempt",
                condition=Q(attempt_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"withdrawal {self.payment_id}"

    @property
    def return_purpose(self) -> str:
        """What the payment is for that puts it back into the wallet, or pays it back by bank, where
        the bank sent it back."""
        return f"return:{self.attempt_id}"
