"""What a speed rule can look at. Each condition measures something and says whether it holds.

Pure. Amounts are minor units by currency; a currency that a condition does not name never meets
it. "Within a window" always counts the payment that is being judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

MOST_PAST = 60
"""How many earlier payments of a customer are looked at: no count may ask for more."""
LONGEST = timedelta(hours=24)
"""How far back is looked: no window may be longer."""


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier payment of the same customer. `passed`: it was not refused at once."""

    at: datetime
    kind: str
    amount: int
    currency: str
    recipient: UUID | None
    passed: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a payment that somebody asks for, as plain values.

    `device_since`: when this device was first seen with this customer; None where nobody knows.
    `received`: minor units that came in within the last day, in the payment's currency. `past`:
    newest first, never more than MOST_PAST.
    """

    payment: UUID
    customer: UUID
    kind: str
    amount: int
    currency: str
    at: datetime
    zone: str
    recipient: UUID | None = None
    known_recipient: bool = False
    device_since: datetime | None = None
    stepped_up_at: datetime | None = None
    contact_changed_at: datetime | None = None
    received: int = 0
    past: tuple[Past, ...] = ()

    def within(self, window: timedelta, *, kinds: frozenset[str]) -> list[Past]:
        """Earlier payments of these kinds (all if none is named) inside the window."""
        since = self.at - window
        return [p for p in self.past if p.at > since and (not kinds or p.kind in kinds)]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a condition found: whether it holds, its value for the record, and when it ceases."""

    holds: bool
    value: Any
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """The payment is of at least so much."""

    at_least: Mapping[str, int]

    def measure(self, facts: Facts, kinds: frozenset[str]) -> Measured:
        limit = self.at_least.get(facts.currency)
        return Measured(limit is not None and facts.amount >= limit, facts.amount)


@dataclass(frozen=True, slots=True)
class Count:
    """So many payments within the window. `tries`: those that were refused count as well."""

    at_least: int
    window: timedelta
    tries: bool = False

    def measure(self, facts: Facts, kinds: frozenset[str]) -> Measured:
        times = [p.at for p in facts.within(self.window, kinds=kinds) if self.tries or p.passed]
        if len(times) + 1 < self.at_least:
            return Measured(False, len(times) + 1)
        # It is over once so many have left the window that this one fits in below the limit.
        free = times[self.at_least - 2] + self.window if self.at_least > 1 else None
        return Measured(True, len(times) + 1, free)


@dataclass(frozen=True, slots=True)
class Sum:
    """So much money within the window, this payment included."""

    at_least: Mapping[str, int]
    window: timedelta

    def measure(self, facts: Facts, kinds: frozenset[str]) -> Measured:
        limit = self.at_least.get(facts.currency)
        total = facts.amount + sum(
            p.amount
            for p in facts.within(self.window, kinds=kinds)
            if p.passed and p.currency == facts.currency
        )
        return Measured(limit is not None and total >= limit, total)


@dataclass(frozen=True, slots=True)
class Recipients:
    """So many different recipients within the window, this one included."""

    at_least: int
    window: timedelta

    def measure(self, facts: Facts, kinds: frozenset[str]) -> Measured:
        found = {p.recipient for p in facts.within(self.window, kinds=kinds) if p.passed}
        found = (found | {facts.recipient}) - {None}
        holds = facts.recipient is not None and len(found) >= self.at_least
        return Measured(holds, len(found))


@dataclass(frozen=True, slots=True)
class NewDevice:
    """The device was first seen with this customer less than `window` ago."""

    window: timedelta

    def measure(self, facts: Facts, kinds: frozenset[str]) -> Measured:
        if facts.device_since is None:
            return Measured(False, None)
        age = facts.at - facts.device_since
        return Measured(age < self.window, int(age.total_seconds()))


@dataclass(frozen=True, slots=True)
class NewRecipient:
    """The customer never sent this recipient anything."""

    def measure(self, facts: Facts, kinds: frozenset[str]) -> Measured:
        new = facts.recipient is not None and not facts.known_recipient
        return Measured(new, new)


@dataclass(frozen=True, slots=True)
class OddHour:
    """The customer's clock shows an hour from `first` up to, not including, `last`."""

    first: int
    last: int

    def measure(self, facts: Facts, kinds: frozenset[str]) -> Measured:
        hour = facts.at.astimezone(ZoneInfo(facts.zone)).hour
        if self.first <= self.last:
            return Measured(self.first <= hour < self.last, hour)
        return Measured(hour >= self.first or hour < self.last, hour)


@dataclass(frozen=True, slots=True)
class InAndOut:
    """Of at least so much that came in within a day, at least `percent` goes out within the
    window: how an account behaves through which somebody else's money runs."""

    at_least: Mapping[str, int]
    percent: int
    window: timedelta

    def measure(self, facts: Facts, kinds: frozenset[str]) -> Measured:
        limit = self.at_least.get(facts.currency)
        out = Sum({}, self.window).measure(facts, kinds).value
        share = out * 100 // facts.received if facts.received else 0
        holds = limit is not None and facts.received >= limit and share >= self.percent
        return Measured(holds, share)


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """The customer's contact data was changed less than `window` ago."""

    window: timedelta

    def measure(self, facts: Facts, kinds: frozenset[str]) -> Measured:
        changed = facts.contact_changed_at
        if changed is None:
            return Measured(False, None)
        until = changed + self.window
        return Measured(facts.at < until, changed.isoformat(), until)


Condition = (
    Amount
    | Count
    | Sum
    | Recipients
    | NewDevice
    | NewRecipient
    | OddHour
    | InAndOut
    | ContactChanged
)
