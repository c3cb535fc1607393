"""Follows what becomes of payments: writes the row of a new withdrawal, tells the customer of a
paid or refused one. Runs inside the transaction that changed them."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from paydesk.kit.money import format_amount
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payouts.models import Withdrawal
from paydesk.people.telling import write


def follow(payment_ids: Iterable[UUID]) -> None:
    """Take notice of the withdrawals among these payments. Idempotent; others pass unseen."""
    found = Payment.objects.filter(
        id__in=list(payment_ids), kind=PaymentKind.WITHDRAWAL
    ).select_related("payer__user", "withdrawal")
    new = []
    for payment in found:
        if payment.state == PaymentState.PROCESSING:
            new.append(_row(payment))
        elif payment.state in {PaymentState.SUCCEEDED, PaymentState.FAILED} and hasattr(
            payment, "withdrawal"
        ):
            _tell(payment)
    Withdrawal.objects.bulk_create(new, ignore_conflicts=True)


def _row(payment: Payment) -> Withdrawal:
    said = payment.details
    assert payment.payer_id
    return Withdrawal(
        payment=payment,
        brand=payment.brand,
        customer_id=payment.payer_id,
        bank_account_id=UUID(said["bank_account"]),
        goes_out_at=datetime.fromisoformat(said["goes_out_at"]),
        arrives_on=date.fromisoformat(said["arrives_on"]),
    )


def _tell(payment: Payment) -> None:
    """A finished payment changes no more, so this is written once."""
    assert payment.payer
    paid = payment.state == PaymentState.SUCCEEDED
    write(
        payment.payer,
        "payouts/sent" if paid else "payouts/refused",
        {
            "amount": format_amount(payment.amount, payment.currency),
            "bank": payment.recipient_shown,
            "number": payment.number,
            "arrives": payment.withdrawal.arrives_on.isoformat(),
        },
    )
