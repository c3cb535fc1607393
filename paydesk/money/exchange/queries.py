"""Reads of the exchange: the rate of a pair, which pairs there are, a quote. Never writes."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from uuid import UUID

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.exchange import rules
from paydesk.money.exchange.models import Declaration, Quote, Rate
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import AccountCode
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentState


class NoRate(LookupError):
    """There is no rate of that pair, or none that is fresh enough to be quoted."""


@dataclass(frozen=True, slots=True)
class Mid:
    """A middle rate in the direction that is asked for, and the row that it was read from."""

    row: Rate
    mid: Decimal


def pairs(brand: str) -> list[tuple[str, str]]:
    """The pairs of a brand's currencies, each once, in alphabetical order within."""
    return list(combinations(sorted(profiles.get(brand).currencies), 2))


def rate(brand: str, pay: str, get: str) -> Mid:
    """How much of `get` one unit of `pay` is worth now. Raises NoRate, also for a stale one."""
    base, counter = sorted((pay, get))
    row = (
        Rate.objects.filter(brand=brand, base=base, counter=counter).order_by("-at", "-id").first()
    )
    terms = profiles.get(brand).exchange
    if row is None or rules.is_stale(row.at, clock.now(), terms.stale_minutes):
        raise NoRate(f"{pay}/{get}")
    return Mid(row, row.mid if pay == base else rules.inverse(row.mid))


def latest_rates(brand: str) -> list[Rate]:
    """The newest rate of each pair of the brand, for the treasury."""
    return list(
        Rate.objects.filter(brand=brand)
        .order_by("base", "counter", "-at")
        .distinct("base", "counter")
    )


def used_by(quote: Quote) -> Payment | None:
    """The payment that used the quote, or is using it; None while it is free."""
    ended = [PaymentState.FAILED, PaymentState.CANCELLED]
    return Payment.objects.filter(purpose=quote.purpose).exclude(state__in=ended).first()


def declaration(payment_id: UUID) -> Declaration | None:
    """What was declared about a payment across a border, None where nothing was."""
    return Declaration.objects.filter(id=payment_id).first()


def liquidity(brand: str) -> dict[str, int]:
    """What conversions can be paid from, in minor units by currency."""
    found = {}
    for currency in profiles.get(brand).currencies:
        account = ledger.account_for(brand, currency, AccountCode.LIQUIDITY)
        found[currency] = ledger.balance(account).available if account else 0
    return found
