"""How entry obtains schedules: the customer's own, or none."""

from uuid import UUID

from paydesk.money.schedules.models import Schedule
from paydesk.people.models import Customer


class NotYours(LookupError):
    """There is none, or it is somebody else's: all one from outside."""


def schedule_of(customer: Customer, schedule_id: UUID) -> Schedule:
    """One of the customer's schedules. Raises NotYours."""
    found = (
        Schedule.objects.select_related("recipient")
        .filter(id=schedule_id, brand=customer.brand, customer=customer)
        .first()
    )
    if found is None:
        raise NotYours(str(schedule_id))
    return found
