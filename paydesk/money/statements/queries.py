"""A customer's own history, newest first, by pages that a new payment does not shift."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from paydesk.money.payments import queries
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentState
from paydesk.money.statements.rules import PAGE, Filter, Place
from paydesk.people.models import Customer


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Payments in order; `next` is where to read on, None at the end."""

    payments: Sequence[Payment]
    next: Place | None


def history(
    customer: Customer, wanted: Filter, *, after: Place | None = None, limit: int = PAGE
) -> HistoryPage:
    """One page of what the customer may see and wants to."""
    found = _filtered(queries.visible_to(customer), wanted)
    if after is not None:
        older = Q(created_at__lt=after.at) | Q(created_at=after.at, id__lt=after.id)
        found = found.filter(older)
    payments = list(found.order_by("-created_at", "-id")[: limit + 1])
    shown, more = payments[:limit], len(payments) > limit
    return HistoryPage(shown, Place(shown[-1].created_at, shown[-1].id) if more else None)


def recent_failures(customer: Customer, limit: int = 3) -> Sequence[Payment]:
    """The customer's latest failed payments, newest first."""
    found = queries.visible_to(customer).filter(state=PaymentState.FAILED)
    return list(found.order_by("-created_at", "-id")[:limit])


def _filtered(found: QuerySet[Payment], wanted: Filter) -> QuerySet[Payment]:
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.state == "open":
        found = found.filter(finished_at__isnull=True)
    elif wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.since:
        found = found.filter(created_at__gte=wanted.since)
    if wanted.until:
        found = found.filter(created_at__lt=wanted.until)
    if wanted.text:
        text = wanted.text.strip()
        said = Q(note__icontains=text) | Q(recipient_shown__icontains=text)
        found = found.filter(Q(number=text) | said | Q(method__last4=text))
    return found
