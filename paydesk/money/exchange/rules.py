"""Rates, amounts and what a country asks for. Pure, and exact: integers and fractions, no floats.

Every rounding is in liquidity's favour: nobody gets more than the rate, to the last minor unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Context, Decimal
from enum import StrEnum
from fractions import Fraction

DIGITS = 6  # significant digits of a rate that customers are offered
PLACES = 12  # decimal places kept of any rate
ARRIVES_WITHIN = timedelta(minutes=1)  # both wallets are ours: it is posted when it is confirmed


class Side(StrEnum):
    """Which amount was typed; the other follows from it."""

    PAY = "pay"
    GET = "get"


class Field(StrEnum):
    """What may be asked about money that crosses a border."""

    PURPOSE = "purpose"
    RELATIONSHIP = "relationship"
    ADDRESS = "address"
    SOURCE_OF_FUNDS = "source_of_funds"


class Purpose(StrEnum):
    """What the money is for; the ISO 20022 purpose code in `CODES`."""

    FAMILY = "family"
    STUDY = "study"
    TRAVEL = "travel"
    GOODS = "goods"
    SERVICES = "services"
    SALARY = "salary"
    RENT = "rent"
    GIFT = "gift"


class Relationship(StrEnum):
    """Who the recipient is to the payer."""

    FAMILY = "family"
    FRIEND = "friend"
    BUSINESS = "business"
    EMPLOYER = "employer"
    SCHOOL = "school"


class Source(StrEnum):
    """Where the money comes from."""

    SALARY = "salary"
    SAVINGS = "savings"
    BUSINESS = "business"
    SALE = "sale"


CODES: Mapping[Purpose, str] = {
    Purpose.FAMILY: "FAMI",
    Purpose.STUDY: "EDUC",
    Purpose.TRAVEL: "TRAD",
    Purpose.GOODS: "GDDS",
    Purpose.SERVICES: "SCVE",
    Purpose.SALARY: "SALA",
    Purpose.RENT: "RENT",
    Purpose.GIFT: "GIFT",
}

_USUAL = frozenset({Field.PURPOSE, Field.RELATIONSHIP, Field.ADDRESS})
_ASKED: Mapping[str, frozenset[Field]] = {
    "HK": frozenset({Field.PURPOSE, Field.RELATIONSHIP}),
    "SG": frozenset({Field.PURPOSE, Field.RELATIONSHIP}),
    "US": frozenset({Field.PURPOSE, Field.ADDRESS}),
    "DE": frozenset({Field.PURPOSE, Field.ADDRESS}),
    "FR": frozenset({Field.PURPOSE, Field.ADDRESS}),
    "GB": frozenset({Field.PURPOSE}),
}


@dataclass(frozen=True, slots=True)
class Declared:
    """What the payer says about a payment across a border; codes, and an address as text."""

    country: str
    purpose: str = ""
    relationship: str = ""
    address: str = ""
    source_of_funds: str = ""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Both sides of a conversion in minor units of their own currency."""

    pay: int
    get: int


class NothingLeft(ValueError):
    """The amount is so small that the other side would get nothing."""


def offered(mid: Decimal, margin_bp: int) -> Decimal:
    """The rate that a customer is offered: the middle rate less the margin, rounded down."""
    if mid <= 0 or not 0 <= margin_bp < 10_000:
        raise ValueError(f"no rate: {mid} less {margin_bp}")
    exact = Context(prec=60).multiply(mid, Decimal(10_000 - margin_bp) / 10_000)
    cut = Context(prec=DIGITS, rounding=ROUND_DOWN).plus(exact)
    kept = cut.quantize(Decimal(1).scaleb(-PLACES), ROUND_DOWN, Context(prec=40))
    if kept <= 0:
        raise ValueError(f"no rate: {mid} less {margin_bp}")
    return kept


def inverse(mid: Decimal) -> Decimal:
    """The middle rate seen from the other currency, cut (never rounded up) after PLACES places."""
    context = Context(prec=60, rounding=ROUND_DOWN)
    return context.divide(Decimal(1), mid).quantize(
        Decimal(1).scaleb(-PLACES), ROUND_DOWN, Context(prec=40)
    )


def bought(pay: int, rate: Decimal, *, pay_places: int, get_places: int) -> int:
    """What `pay` minor units buy at `rate`, cut to whole minor units."""
    exact = Fraction(pay) * Fraction(rate) * Fraction(10) ** (get_places - pay_places)
    return exact.numerator // exact.denominator


def cost(get: int, rate: Decimal, *, pay_places: int, get_places: int) -> int:
    """The fewest minor units that buy `get` at `rate`."""
    exact = Fraction(get) / Fraction(rate) * Fraction(10) ** (pay_places - get_places)
    return -(-exact.numerator // exact.denominator)


def amounts(side: Side, amount: int, rate: Decimal, *, pay_places: int, get_places: int) -> Amounts:
    """Both amounts, when `amount` minor units were typed on one side. Raises NothingLeft."""
    if side is Side.GET:
        return Amounts(cost(amount, rate, pay_places=pay_places, get_places=get_places), amount)
    get = bought(amount, rate, pay_places=pay_places, get_places=get_places)
    if get < 1:
        raise NothingLeft(f"{amount} buys nothing at {rate}")
    return Amounts(amount, get)


def is_stale(at: datetime, now: datetime, stale_minutes: int) -> bool:
    """Whether a rate of `at` may no longer be quoted."""
    return now - at > timedelta(minutes=stale_minutes)


def asked_for(country: str, home: str, *, large: bool = False) -> frozenset[Field]:
    """What must be said about money that goes from `home` to `country`: nothing at home."""
    if country == home:
        return frozenset()
    asked = _ASKED.get(country, _USUAL)
    return asked | {Field.SOURCE_OF_FUNDS} if large else asked


def missing(declared: Declared, home: str, *, large: bool = False) -> list[Field]:
    """What was asked for and not said, in the order of the form. An unknown code is not said."""
    said: Mapping[Field, bool] = {
        Field.PURPOSE: declared.purpose in set(Purpose),
        Field.RELATIONSHIP: declared.relationship in set(Relationship),
        Field.ADDRESS: len(declared.address.strip()) >= 6,
        Field.SOURCE_OF_FUNDS: declared.source_of_funds in set(Source),
    }
    asked = asked_for(declared.country, home, large=large)
    return [field for field in Field if field in asked and not said[field]]
