"""Decides what a line of a settlement file is: matched, or a difference with a likely cause. Pure.

Amounts are minor units, signed from our side: positive is what the provider owes us.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID


class Cause(StrEnum):
    """Why a provider's file and our book differ, as far as it can be told from them."""

    MISSING_HERE = "missing_here"  # the provider settled what we know nothing of
    NOT_BOOKED = "not_booked"  # we know the order, but it is not booked as paid
    MISSING_THERE = "missing_there"  # we booked it, the provider did not settle it
    AMOUNT = "amount"  # both know it, with different amounts
    CURRENCY = "currency"
    FEE = "fee"  # not the fee that was agreed
    DOUBLE = "double"  # settled twice
    LATE = "late"  # settled on another day than booked: nothing is wrong


class Way(StrEnum):
    """How a person explains a difference."""

    WRITE_OFF = "write_off"  # the house bears it, or keeps it
    FEE = "fee"  # it is a fee after all
    SETTLED = "settled"  # put right between us and the provider, in another file
    CREDIT = "credit"  # credited to the customer: follows from that credit, nobody chooses it
    PAID_BACK = "paid_back"  # paid back by bank: likewise


CHOSEN = frozenset({Way.WRITE_OFF, Way.FEE, Way.SETTLED})
"""What a person may choose."""
POSTS = frozenset({Way.WRITE_OFF, Way.FEE})
FEE_TOLERANCE = 1  # each line is rounded by itself
FETCHED_FROM = time(3)  # on the brand's clocks: providers write a day's file in the night after


@dataclass(frozen=True, slots=True)
class Ours:
    """An attempt at a provider that our book knows. `day`: when it was booked, None if it is not;
    `settled`: a line was matched with it before; `returned`: another line brought it back."""

    attempt: UUID
    about: str
    amount: int
    currency: str
    day: date | None
    settled: bool = False
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Theirs:
    """A line of the file."""

    line: int
    about: str
    amount: int
    fee: int
    currency: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a line is. `cause` None: matched without a word. `unexplained`: theirs less ours."""

    cause: Cause | None
    unexplained: int = 0
    settles: bool = False  # our side counts as settled from now on


def judge(theirs: Theirs, ours: Ours | None, day: date, fee_rate: int | None) -> Verdict:
    """What a line of the file of `day` is. `fee_rate`: agreed, in hundredths of a percent."""
    if ours is None:
        return Verdict(Cause.MISSING_HERE, theirs.amount)
    if ours.settled:
        if ours.about != "charge" and theirs.amount > 0:  # what had gone out came back
            if ours.returned:  # once only: nobody is owed the second one
                return Verdict(Cause.DOUBLE, theirs.amount)
            same = (theirs.amount, theirs.currency) == (-ours.amount, ours.currency)
            return Verdict(None) if same else Verdict(Cause.AMOUNT, theirs.amount)
        return Verdict(Cause.DOUBLE, theirs.amount)
    if ours.day is None:
        return Verdict(Cause.NOT_BOOKED, theirs.amount)
    return _compared(theirs, ours, day, fee_rate)


def _compared(theirs: Theirs, ours: Ours, day: date, fee_rate: int | None) -> Verdict:
    """What differs of an order that both sides have booked."""
    if ours.currency != theirs.currency:
        return Verdict(Cause.CURRENCY, theirs.amount, settles=True)
    if ours.amount != theirs.amount:
        return Verdict(Cause.AMOUNT, theirs.amount - ours.amount, settles=True)
    if wrong := fee_difference(theirs, fee_rate):
        return Verdict(Cause.FEE, -wrong, settles=True)
    return Verdict(None if ours.day == day else Cause.LATE, settles=True)


def fee_difference(theirs: Theirs, fee_rate: int | None) -> int:
    """How much more fee was taken than agreed; 0 within rounding, or where nothing was agreed."""
    if fee_rate is None or theirs.about != "charge":
        return 0
    agreed = (theirs.amount * fee_rate + 5000) // 10_000
    more = theirs.fee - agreed
    return more if abs(more) > FEE_TOLERANCE else 0


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of a file in one currency, in minor units: what was settled, and the fee kept of it."""

    gross: int = 0
    fee: int = 0

    @property
    def net(self) -> int:
        """What reached our bank, or left it."""
        return self.gross - self.fee


def totals(lines: Iterable[Theirs]) -> Mapping[str, Totals]:
    """Sums by currency."""
    found: dict[str, Totals] = {}
    for one in lines:
        before = found.get(one.currency, Totals())
        found[one.currency] = Totals(before.gross + one.amount, before.fee + one.fee)
    return found


def needs_second_person(amount: int, limit: int) -> bool:
    """Whether explaining a difference of that size takes another person's yes."""
    return abs(amount) > limit


def last_due(local: datetime) -> date:
    """The newest day whose file should have come by this moment of the brand's clocks."""
    return local.date() - timedelta(days=1 if local.time() >= FETCHED_FROM else 2)


def spans(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days as runs without a gap, the oldest first: what a person reads instead of every day."""
    found: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
