"""How entry obtains saved billers and bills: the customer's own, or none."""

from uuid import UUID

from paydesk.money.bills.models import BillPayment, SavedBiller
from paydesk.people.models import Customer


class NotYours(LookupError):
    """There is none, or it is somebody else's: all one from outside."""


def saved_of(customer: Customer, saved_id: str) -> SavedBiller:
    """One of the customer's saved billers. Raises NotYours."""
    try:
        wanted = UUID(saved_id)
    except ValueError:
        raise NotYours(saved_id[:40]) from None
    found = SavedBiller.objects.filter(id=wanted, brand=customer.brand, customer=customer).first()
    if found is None:
        raise NotYours(str(wanted))
    return found


def bill_of(customer: Customer, number: str) -> BillPayment:
    """The bill behind one of the customer's payments, by its number. Raises NotYours."""
    found = (
        BillPayment.objects.select_related("payment")
        .filter(brand=customer.brand, customer=customer, payment__number=number[:16])
        .first()
    )
    if found is None:
        raise NotYours(number[:16])
    return found
