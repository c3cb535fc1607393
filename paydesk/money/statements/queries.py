"""History of payments, filtered and paged by key, as the customer sees them.

A page costs the same wherever it lies: it goes on from the last line, never by counting lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db.models import Q, QuerySet

from paydesk.brands import profiles
from paydesk.kit.ids import is_public_number
from paydesk.money.merchants import queries as merchants
from paydesk.money.payments import queries as payments
from paydesk.money.payments.models import Payment
from paydesk.money.statements import streams
from paydesk.money.statements.rules import (
    MAX_PAGE,
    Filters,
    Place,
    ends,
    parse_place,
    starts,
)
from paydesk.people import naming
from paydesk.people import queries as people
from paydesk.people.models import Customer


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Payments, newest first; `after` is what the next page is asked for with, None at the end."""

    payments: Sequence[Payment]
    after: str | None


def history(
    customer: Customer, filters: Filters, *, after: str = "", limit: int = 30
) -> HistoryPage:
    """The customer's own view of their payments. Raises rules.BadCursor for a wrong `after`."""
    return _page(sides(customer, filters), after, limit)


def sides(customer: Customer, filters: Filters) -> list[QuerySet[Payment]]:
    """What the customer may see, narrowed down, in two parts that share no payment: what they
    sent and what came. Each is read by an index of its own."""
    found = [payments.sent_by(customer), payments.came_to(customer)]
    text = filters.counterparty.strip()
    if text:
        shown = _shown_counterparty(customer, text)
        found = [side.filter(shown) for side in found]
    owns = (payments.GAVE, payments.GOT)
    return [_narrowed(side, customer, filters, own) for side, own in zip(found, owns, strict=True)]


def _narrowed(
    found: QuerySet[Payment], customer: Customer, filters: Filters, own: payments.Own
) -> QuerySet[Payment]:
    """`own`: amount and currency of the customer's side, as the lines show them."""
    zone = profiles.get(customer.brand).zone
    if filters.first_day:
        found = found.filter(created_at__gte=starts(filters.first_day, zone))
    if filters.last_day:
        found = found.filter(created_at__lt=ends(filters.last_day, zone))
    if filters.kinds:
        found = found.filter(kind__in=filters.kinds)
    if filters.states:
        found = found.filter(state__in=filters.states)
    if filters.currency:
        found = found.alias(own_currency=own.currency).filter(own_currency=filters.currency)
    if filters.least is not None:
        found = found.alias(own_amount=own.amount).filter(own_amount__gte=filters.least)
    if filters.most is not None:
        found = found.alias(own_amount=own.amount).filter(own_amount__lte=filters.most)
    return found


def _shown_counterparty(customer: Customer, text: str) -> Q:
    """Matches what the customer sees or knows of the other side, never more of a masked name.

    An address or number must be whole; of a person's name only the characters that masking leaves.
    """
    wanted = Q(recipient_shown__icontains=text) | Q(note__icontains=text)
    if is_public_number(text):
        wanted |= Q(number=text)
    other = people.find_customer(customer.brand, text)
    if other and other.id != customer.id:
        wanted |= Q(payee=other) | Q(payer=other)
    shown = merchants.shops_in(customer.brand, text) - {customer.id}
    if len(text) == 1:
        shown |= set(_whose_mask_shows(customer, text))
    return wanted | Q(payee__in=shown) | Q(payer__in=shown) if shown else wanted


def _whose_mask_shows(customer: Customer, char: str) -> list[UUID]:
    """The other sides in whose masked name the character can be read. A mask is made by rules that
    the database does not know, so it only looks for names that have the character at all."""
    found: set[tuple[UUID, str]] = set()
    sides = (payments.sent_by(customer), "payee"), (payments.came_to(customer), "payer")
    for side, other in sides:
        named = side.filter(**{f"{other}__name__icontains": char})
        found |= set(named.values_list(f"{other}_id", f"{other}__name").distinct())
    return [id_ for id_, name in found if id_ != customer.id and naming.mask_shows(name, char)]


def _page(found: list[QuerySet[Payment]], after: str, limit: int) -> HistoryPage:
    """Which payments are on the page is read by keys alone, of both sides; only those that are
    shown are then read whole."""
    size = max(1, min(limit, MAX_PAGE))
    place = parse_place(after) if after else None
    ordered = streams.merged(
        [side.values_list("created_at", "id") for side in found],
        lambda key: key,
        size + 1,
        (place.at, place.id) if place else None,
    )
    keys = list(islice(ordered, size + 1))
    more = len(keys) > size
    keys = keys[:size]
    shown = payments.listed([id_ for _, id_ in keys])
    return HistoryPage(shown, str(Place(*keys[-1])) if more else None)
