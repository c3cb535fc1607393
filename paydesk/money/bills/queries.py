"""Reads about bills. Never writes; who may see what is decided in `access`."""

from collections.abc import Sequence

from paydesk.money.bills.models import BillPayment, SavedBiller
from paydesk.people.models import Customer


def saved(customer: Customer) -> Sequence[SavedBiller]:
    """The billers that the customer keeps, the latest first."""
    found = SavedBiller.objects.filter(brand=customer.brand, customer=customer)
    return list(found.order_by("-saved_at", "-id"))


def is_saved(customer: Customer, biller: str, reference: str) -> bool:
    """Whether the customer keeps this reference."""
    return SavedBiller.objects.filter(
        customer=customer, biller=biller, reference=reference
    ).exists()


def recent(customer: Customer, limit: int = 5) -> Sequence[BillPayment]:
    """The bills that the customer paid or tried to pay last, newest first."""
    found = BillPayment.objects.filter(brand=customer.brand, customer=customer)
    return list(
        found.select_related("payment").order_by("-payment__created_at", "-payment_id")[:limit]
    )
