"""How much a customer may send, by identity level, and how much of it is left.

What counts together is decided in rules.SPENDING. Reads only; the check that binds is made by
`submit`, under the locks.
"""

from dataclasses import dataclass
from datetime import datetime

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.payments import looking, rules
from paydesk.money.payments.checks import Check, NeedsLevel, Period, PeriodLimit, SingleLimit
from paydesk.people.models import Customer


@dataclass(frozen=True, slots=True)
class Left:
    """One limit in minor units. `period`: "single", "day" or "month"; `free_at`: when it starts
    afresh, None for the single one. `needed`: the identity level from which anything may be sent,
    where this level may send nothing."""

    period: str
    limit: int
    used: int
    left: int
    free_at: datetime | None
    needed: int | None = None


def checks(customer: Customer, currency: str) -> tuple[Check, ...]:
    """What a plan that sends the customer's money must let `submit` check (rows 26 and 37)."""
    brand = profiles.get(customer.brand)
    may = brand.limits[currency].of(customer.identity_level)
    if may.single == 0:
        return (NeedsLevel(customer.identity_level, _needed(customer, currency)),)
    return (
        SingleLimit(may.single),
        PeriodLimit(customer.id, currency, may.day, brand.timezone, Period.DAY),
        PeriodLimit(customer.id, currency, may.month, brand.timezone, Period.MONTH),
    )


def left(customer: Customer, currency: str) -> list[Left]:
    """The customer's limits in a currency: for one payment, the day, the month."""
    brand, at = profiles.get(customer.brand), clock.now()
    may = brand.limits[currency].of(customer.identity_level)
    needed = None if may.single else _needed(customer, currency)
    found = [Left("single", may.single, 0, may.single, None, needed)]
    asked = [
        PeriodLimit(customer.id, currency, limit, brand.timezone, period)
        for period, limit in ((Period.DAY, may.day), (Period.MONTH, may.month))
    ]
    used = looking.used(asked, at)
    for limit in asked:
        rest = max(limit.limit - used[limit], 0)
        free_at = rules.period_end(at, limit.period, limit.zone)
        found.append(Left(limit.period, limit.limit, used[limit], rest, free_at, needed))
    return found


def _needed(customer: Customer, currency: str) -> int | None:
    brand = profiles.get(customer.brand)
    for level in brand.identity_levels:
        if brand.limits[currency].of(level.level).single:
            return level.level
    return None
