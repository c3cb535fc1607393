"""The only way entry obtains an export: its own customer's."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.statements.models import Export
from paydesk.money.statements.rules import month_of, next_month
from paydesk.people.models import Customer

SHOWN = 20
MONTHS = 24


class ExportNotFound(LookupError):
    """There is no such export of this customer."""


def exports_of(customer: Customer) -> Sequence[Export]:
    """The customer's latest exports, newest first."""
    found = Export.objects.filter(customer=customer).select_related("file")
    return list(found.order_by("-asked_at")[:SHOWN])


def export_of(customer: Customer, export_id: UUID) -> Export:
    """One export of the customer. Raises ExportNotFound."""
    found = Export.objects.filter(customer=customer, id=export_id).select_related("file").first()
    if found is None:
        raise ExportNotFound(str(export_id))
    return found


def months_of(customer: Customer) -> list[date]:
    """First days of the months that are over since the customer came, newest first."""
    zone = profiles.get(customer.brand).zone
    first, this = month_of(customer.created_at, zone), month_of(clock.now(), zone)
    months = []
    while first < this:
        months.append(first)
        first = next_month(first)
    return months[::-1][:MONTHS]
