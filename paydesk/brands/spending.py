"""What a brand profile says about how much may be moved and what it costs.

Frozen values and their reading, amounts in minor units; never a file, never a decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paydesk.brands.reader import Table

MOST_MINOR = 10**15
FEE_KINDS = ("transfer", "purchase", "withdrawal", "bill", "exchange", "remittance")


@dataclass(frozen=True, slots=True)
class Spending:
    """What a customer of one identity level may send: at once, in a day, in a month. Days and
    months are cut in the brand's zone. All 0: nothing at that level."""

    single: int
    day: int
    month: int


@dataclass(frozen=True)
class Limits:
    """Limits in one currency. `agent_refund` is the most that an agent refunds without a second
    person; `levels` what may be sent, by identity level."""

    topup_max: int
    agent_refund: int
    levels: tuple[Spending, ...]

    def of(self, level: int) -> Spending:
        """What a customer of that identity level may send; beyond the last level, as the last."""
        return self.levels[min(level, len(self.levels) - 1)]


@dataclass(frozen=True, slots=True)
class Fee:
    """A price: hundredths of a per cent of the amount plus a fixed part, within two bounds."""

    basis_points: int
    fixed: int
    least: int
    most: int


Fees = Mapping[str, Mapping[str, Fee]]
"""Kind of payment -> currency -> price. What is not named is free."""


def limits(table: Table, currencies: tuple[str, ...], levels: Sequence[str]) -> dict[str, Limits]:
    """The table `[limits]`: one for each currency, in it one for each identity level."""
    table.allow(currencies)
    return {currency: _limits(table.table(currency), levels) for currency in currencies}


def _limits(row: Table, levels: Sequence[str]) -> Limits:
    row.allow(("topup_max", "agent_refund", *levels))
    return Limits(
        topup_max=row.number("topup_max", 1, MOST_MINOR),
        agent_refund=row.number("agent_refund", 1, MOST_MINOR),
        levels=tuple(_spending(row.table(level)) for level in levels),
    )


def _spending(table: Table) -> Spending:
    keys = ("single", "day", "month")
    table.allow(keys)
    single, day, month = (table.number(key, 0, MOST_MINOR) for key in keys)
    if day < single:
        table.complain("day", "'day' must be at least 'single'")
    if month < day:
        table.complain("month", "'month' must be at least 'day'")
    if single == 0 < month:
        table.complain("single", "'single' may be 0 only where 'day' and 'month' are")
    return Spending(single, day, month)


def fees(top: Table, currencies: tuple[str, ...]) -> Fees:
    """The tables `[fees.<kind>.<currency>]`; a brand without any charges nothing."""
    if "fees" not in top.data:
        return {}
    table = top.table("fees")
    table.allow(FEE_KINDS)
    found = {}
    for kind in [kind for kind in FEE_KINDS if kind in table.data]:
        prices = table.table(kind)
        prices.allow(currencies)
        found[kind] = {c: _fee(prices.table(c)) for c in currencies if c in prices.data}
    return found


def _fee(table: Table) -> Fee:
    keys = ("basis_points", "fixed", "min", "max")
    table.allow(keys)
    bounds = {"basis_points": 10_000}
    points, fixed, least, most = (
        table.number(key, 0, bounds.get(key, MOST_MINOR)) if key in table.data else missing
        for key, missing in zip(keys, (0, 0, 0, MOST_MINOR), strict=True)
    )
    if most < least:
        table.complain("max", "'max' must be at least 'min'")
    return Fee(points, fixed, least, most)
