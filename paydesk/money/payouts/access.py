"""How entry obtains bank accounts and withdrawals: the customer's own, by brand, or none."""

from uuid import UUID

from paydesk.money.payouts.models import BankAccount, Withdrawal
from paydesk.people.models import Customer


class NotYours(LookupError):
    """There is none, or it is somebody else's: all one from outside."""


def bank_account_of(customer: Customer, account_id: str) -> BankAccount:
    """One of the customer's bank accounts in use. Raises NotYours."""
    try:
        wanted = UUID(account_id)
    except ValueError:
        raise NotYours(account_id[:40]) from None
    found = BankAccount.objects.filter(
        id=wanted, brand=customer.brand, customer=customer, removed_at=None
    ).first()
    if found is None:
        raise NotYours(str(wanted))
    return found


def withdrawal_of(customer: Customer, number: str) -> Withdrawal:
    """One of the customer's withdrawals by its payment's number. Raises NotYours."""
    found = (
        Withdrawal.objects.select_related("payment", "bank_account", "credit")
        .filter(brand=customer.brand, customer=customer, payment__number=number[:16])
        .first()
    )
    if found is None:
        raise NotYours(number[:16])
    return found
