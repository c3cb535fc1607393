"""How entry obtains saved methods: the customer's own, or none."""

from uuid import UUID

from paydesk.money.methods.models import SavedMethod, Saving
from paydesk.people.models import Customer


class NotYours(LookupError):
    """There is none, or it is somebody else's: all one from outside."""


def method_of(customer: Customer, method_id: UUID | str) -> SavedMethod:
    """One of the customer's methods in use. Raises NotYours."""
    try:
        wanted = UUID(str(method_id))
    except ValueError:
        raise NotYours(str(method_id)[:40]) from None
    found = SavedMethod.objects.filter(
        id=wanted, brand=customer.brand, customer=customer, removed_at=None
    ).first()
    if found is None:
        raise NotYours(str(wanted))
    return found


def saving_of(customer: Customer, saving_id: UUID) -> Saving:
    """A saving that this customer began. Raises NotYours."""
    found = Saving.objects.filter(id=saving_id, brand=customer.brand, customer=customer).first()
    if found is None:
        raise NotYours(str(saving_id))
    return found
