"""What a brand profile says about exchanging currencies and about refunds, with what goes without
saying where it says nothing. Frozen values and their reading; never a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from paydesk.brands.reader import Table

MOST_MINOR = 10**15
METHODS = ("card", "alipay", "wechat", "unionpay", "bank", "wallet")


@dataclass(frozen=True)
class ExchangeTerms:
    """On which terms a brand changes money.

    `margin_bp`: what it keeps of the middle rate, in hundredths of a per cent. `home` and
    `countries` are ISO 3166 codes: where its customers are, and to where they may send.
    """

    margin_bp: int = 50
    quote_seconds: int = 60
    stale_minutes: int = 15
    home: str = "CN"
    countries: tuple[str, ...] = ("CN", "HK", "US", "JP", "DE", "GB")


@dataclass(frozen=True)
class RefundTerms:
    """How a brand gives money back.

    `ask_days`: how long after the payment a refund may be asked for. `windows`: days within which
    money still goes back the way it came, by method. `small`: up to this (minor units, by
    currency) a request is granted without a person, `small_a_month` times in thirty days; an order
    paid twice counts as one of them, whatever its amount.
    """

    ask_days: int = 180
    windows: Mapping[str, int] = field(
        default_factory=lambda: {
            "card": 180,
            "alipay": 365,
            "wechat": 365,
            "unionpay": 180,
            "bank": 90,
            "wallet": 3650,
        }
    )
    small: Mapping[str, int] = field(default_factory=dict)
    small_a_month: int = 2


def exchange(top: Table) -> ExchangeTerms:
    """The table `[exchange]`; what it leaves out goes without saying."""
    if "exchange" not in top.data:
        return ExchangeTerms()
    table, usual = top.table("exchange"), ExchangeTerms()
    table.allow(("margin_bp", "quote_seconds", "stale_minutes", "home", "countries"))
    country = r"[A-Z]{2}"
    countries = usual.countries
    if "countries" in table.data:
        countries = table.words("countries", pattern=country)
    home = table.text("home", country, "a country such as CN") if "home" in table.data else "CN"
    if home not in countries:
        table.complain("home", f"'exchange.home' is {home}; it must be one of 'countries'")
    return ExchangeTerms(
        margin_bp=_number(table, "margin_bp", usual.margin_bp, 0, 2000),
        quote_seconds=_number(table, "quote_seconds", usual.quote_seconds, 5, 3600),
        stale_minutes=_number(table, "stale_minutes", usual.stale_minutes, 1, 1440),
        home=home,
        countries=countries,
    )


def refunds(top: Table, currencies: tuple[str, ...]) -> RefundTerms:
    """The table `[refunds]`; what it leaves out goes without saying."""
    if "refunds" not in top.data:
        return RefundTerms()
    table, usual = top.table("refunds"), RefundTerms()
    table.allow(("ask_days", "windows", "small", "small_a_month"))
    windows = dict(usual.windows)
    if "windows" in table.data:
        given = table.table("windows")
        given.allow(METHODS)
        windows |= {method: given.number(method, 1, 3650) for method in given.data}
    small: dict[str, int] = {}
    if "small" in table.data:
        given = table.table("small")
        given.allow(currencies)
        small = {currency: given.number(currency, 0, MOST_MINOR) for currency in given.data}
    return RefundTerms(
        ask_days=_number(table, "ask_days", usual.ask_days, 1, 3650),
        windows=windows,
        small=small,
        small_a_month=_number(table, "small_a_month", usual.small_a_month, 0, 1000),
    )


def _number(table: Table, key: str, usual: int, least: int, most: int) -> int:
    return table.number(key, least, most) if key in table.data else usual
