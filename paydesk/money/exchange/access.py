"""The only way entry obtains a quote: the customer's own. Another's looks like none."""

from uuid import UUID

from paydesk.money.exchange.models import Quote
from paydesk.people.models import Customer


class QuoteNotFound(LookupError):
    """There is no such quote, or it is not the asker's."""


def quote_of(customer: Customer, quote_id: str) -> Quote:
    """A customer's own quote. Raises QuoteNotFound."""
    try:
        key = UUID(quote_id)
    except ValueError:
        raise QuoteNotFound(quote_id[:40]) from None
    found = Quote.objects.filter(id=key, customer=customer, brand=customer.brand).first()
    if found is None:
        raise QuoteNotFound(quote_id)
    return found
