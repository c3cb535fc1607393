"""Amounts: integer minor units and an ISO 4217 currency.

Never a float, never an implied currency.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

# ISO 4217 minor-unit exponents of the currencies that a brand may offer.
EXPONENTS = {
    "CNY": 2, "USD": 2, "EUR": 2, "GBP": 2, "HKD": 2, "SGD": 2, "AUD": 2, "CAD": 2, "CHF": 2,
    "MYR": 2, "THB": 2, "JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3,
}  # fmt: skip
SYMBOLS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥"}
MAX_MINOR = 10**15  # far below bigint, so that sums of many stay exact


class AmountProblem(StrEnum):
    """Why a typed amount is refused (catalogue row 44 for size and precision)."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    NOT_POSITIVE = "not_positive"
    TOO_PRECISE = "too_precise"
    TOO_LARGE = "too_large"
    UNKNOWN_CURRENCY = "unknown_currency"


class AmountError(ValueError):
    """A typed amount that can't be used; `code` says why."""

    def __init__(self, code: AmountProblem) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return format_amount(self.minor, self.currency)


def exponent(currency: str) -> int:
    """Decimal places of a currency. Raises AmountError for one we don't know."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise AmountError(AmountProblem.UNKNOWN_CURRENCY) from None


def parse_amount(text: str, currency: str) -> int:
    """The minor units of a positive amount as a person types it ("1,234.50", "１２０").

    Full-width and other scripts' digits count as digits. Raises AmountError.
    """
    places = exponent(currency)
    if any(unicodedata.category(c) == "No" for c in text):  # ², ½, ①: never meant as an amount
        raise AmountError(AmountProblem.NOT_A_NUMBER)
    cleaned = unicodedata.normalize("NFKC", text).strip().lstrip("¥$€£").strip()
    cleaned = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in cleaned)
    if not cleaned:
        raise AmountError(AmountProblem.EMPTY)
    if cleaned.startswith("-"):
        raise AmountError(AmountProblem.NOT_POSITIVE)
    whole, point, fraction = _ungrouped(cleaned).partition(".")
    if not whole.isdigit() or (point and not fraction.isdigit()):
        raise AmountError(AmountProblem.NOT_A_NUMBER)
    if len(fraction.rstrip("0")) > places:
        raise AmountError(AmountProblem.TOO_PRECISE)
    if len(whole.lstrip("0")) > len(str(MAX_MINOR)):
        raise AmountError(AmountProblem.TOO_LARGE)
    minor: int = int(whole) * 10**places + int(fraction[:places].ljust(places, "0") or 0)
    if minor == 0:
        raise AmountError(AmountProblem.NOT_POSITIVE)
    if minor > MAX_MINOR:
        raise AmountError(AmountProblem.TOO_LARGE)
    return minor


def _ungrouped(text: str) -> str:
    """Take thousands separators out, but only where they stand between groups of three."""
    if "," not in text:
        return text
    whole, point, fraction = text.partition(".")
    first, *groups = whole.split(",")
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups) or "," in fraction:
        raise AmountError(AmountProblem.NOT_A_NUMBER)
    return first + "".join(groups) + point + fraction


def format_plain(minor: int, currency: str) -> str:
    """ "1,234.50" — grouped, with the currency's decimal places, without a symbol."""
    places = exponent(currency)
    sign = "-" if minor < 0 else ""
    whole, rest = divmod(abs(minor), 10**places)
    return f"{sign}{whole:,}" + (f".{rest:0{places}d}" if places else "")


def format_amount(minor: int, currency: str) -> str:
    """ "¥1,234.50"; a currency without a symbol of its own is named: "MYR 12.00"."""
    symbol = SYMBOLS.get(currency, f"{currency} ")
    sign = "-" if minor < 0 else ""
    return f"{sign}{symbol}{format_plain(abs(minor), currency)}"
