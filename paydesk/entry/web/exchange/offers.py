"""A quote, or an estimate before one, in words and numbers for the pages."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from paydesk.brands.profile import Brand
from paydesk.kit.money import exponent, format_amount, format_plain
from paydesk.money.exchange import queries, rules
from paydesk.money.exchange.models import Quote
from paydesk.money.exchange.rules import Side
from paydesk.money.payments import fees


@dataclass(frozen=True, slots=True)
class Offer:
    """What stands on the confirmation: everything in words but the moments."""

    id: str
    pay: str
    get: str
    fee: str
    total: str
    rate: str
    total_minor: int
    currency: str
    expires_at: datetime
    seconds: int


def offer_of(quote: Quote, now: datetime) -> Offer:
    """A stored quote as the page shows it."""
    total = quote.pay_amount + quote.fee
    return Offer(
        id=str(quote.id),
        pay=format_amount(quote.pay_amount, quote.pay_currency),
        get=format_amount(quote.get_amount, quote.get_currency),
        fee=format_amount(quote.fee, quote.pay_currency),
        total=format_amount(total, quote.pay_currency),
        rate=rate_words(quote.pay_currency, quote.get_currency, quote.rate),
        total_minor=total,
        currency=quote.pay_currency,
        expires_at=quote.expires_at,
        seconds=max(int((quote.expires_at - now).total_seconds()), 0),
    )


def rate_words(pay: str, get: str, rate: Decimal) -> str:
    """1 USD = 7.10231 CNY: exactly the rate that the amounts were worked out with."""
    return f"1 {pay} = {plain(rate)} {get}"


def plain(rate: Decimal) -> str:
    """A rate without exponent or trailing zeros."""
    text = f"{rate:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Changed:
    """How a new quote differs from the one that lapsed."""

    was: str
    now: str
    better: bool


def change(before: Quote, after: Quote) -> Changed | None:
    """What the customer gets, or pays, now instead; None where it is the same."""
    if before.side == Side.GET:
        was, now = before.pay_amount + before.fee, after.pay_amount + after.fee
        currency, better = after.pay_currency, now < was
    else:
        was, now = before.get_amount, after.get_amount
        currency, better = after.get_currency, now > was
    if was == now:
        return None
    return Changed(format_amount(was, currency), format_amount(now, currency), better)


def estimate(brand: Brand, kind: str, side: Side, minor: int, pay: str, get: str) -> dict[str, str]:
    """What a quote would say now, kept nowhere. Raises queries.NoRate, rules.NothingLeft."""
    mid = queries.rate(brand.code, pay, get)
    rate = rules.offered(mid.mid, brand.exchange.margin_bp)
    both = rules.amounts(side, minor, rate, pay_places=exponent(pay), get_places=exponent(get))
    fee = fees.fee(brand, kind, both.pay, pay)
    return {
        "pay": format_plain(both.pay, pay),
        "get": format_plain(both.get, get),
        "rate": rate_words(pay, get, rate),
        "fee": format_amount(fee, pay),
        "total": format_amount(both.pay + fee, pay),
    }
