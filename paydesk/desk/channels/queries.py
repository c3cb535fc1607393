"""Reads about identities. Never answers across brands."""

from uuid import UUID

from paydesk.desk.channels.models import Identity


def of_customer(brand: str, customer_id: UUID) -> list[Identity]:
    """The identities that were proven to be this customer's, oldest first."""
    found = Identity.objects.filter(brand=brand, customer_id=customer_id)
    return list(found.order_by("created_at", "id"))
