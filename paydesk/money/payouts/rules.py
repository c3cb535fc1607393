"""Decides what becomes of a wish to withdraw, from plain values. Pure.

Answers the reason that stands in the way with its facts, or the moment at which it goes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from paydesk.brands.payouts import Departure, Payouts, arrival, departure
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payouts.details import Details, check, takes
from paydesk.money.payouts.names import same_name

NEW_ACCOUNT = "new_bank_account"
"""The rule, in the facts of a safety pause, that a fresh bank account waits."""


class WithdrawalState(StrEnum):
    """How far a withdrawal has come; whether it was paid is its payment's state."""

    WAITING = "waiting"  # held, not yet sent: can be taken back
    SENDING = "sending"  # with the provider
    CANCELLING = "cancelling"  # taken back; the hold is being released
    CANCELLED = "cancelled"
    RETURNING = "returning"  # the bank sent it back; being credited
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known when a withdrawal is asked for; `amount` in minor units."""

    amount: int
    currency: str
    details: Details
    usable_from: datetime
    customer_name: str
    identity_level: int


def refusal(wanted: Wanted, terms: Payouts, at: datetime) -> Refusal | None:
    """What stands in the way of a withdrawal before any balance is looked at, or None."""
    if wanted.identity_level < terms.identity_level:
        facts = {"level": wanted.identity_level, "needed": terms.identity_level}
        return Refusal(Reason.IDENTITY_UNFINISHED, facts)
    return (
        _details(wanted.details, terms)
        or _name(wanted)
        or _currency(wanted)
        or _small(wanted, terms)
        or _cooling(wanted, at)
    )


def _details(details: Details, terms: Payouts) -> Refusal | None:
    """Rows 40 and 41: what was right when it was added may be so no longer."""
    _, flaws = check(details)
    if flaws:
        facts = {"field": flaws[0].field, "problem": flaws[0].problem.value}
        return Refusal(Reason.BANK_DETAILS, facts)
    if details.country not in terms.countries:
        return Refusal(Reason.BANK_NOT_SERVED, not_served(details))
    return None


def not_served(details: Details) -> dict[str, Any]:
    """The facts of row 41."""
    return {"country": details.country} | ({"bank": details.bank} if details.bank else {})


def _name(wanted: Wanted) -> Refusal | None:
    """Row 31: money leaves for the customer's own account only."""
    if same_name(wanted.details.holder, wanted.customer_name):
        return None
    return Refusal(Reason.NAME_DIFFERS)


def _currency(wanted: Wanted) -> Refusal | None:
    if takes(wanted.details.scheme, wanted.currency):
        return None
    facts: Mapping[str, Any] = {"currency": wanted.currency, "takes": []}
    return Refusal(Reason.CURRENCY_DIFFERS, facts)


def _small(wanted: Wanted, terms: Payouts) -> Refusal | None:
    minimum = terms.minimum.get(wanted.currency, 1)
    if wanted.amount >= minimum:
        return None
    facts = {"minimum": minimum, "amount": wanted.amount, "currency": wanted.currency}
    return Refusal(Reason.AMOUNT_SMALL, facts)


def _cooling(wanted: Wanted, at: datetime) -> Refusal | None:
    """Row 27: whoever takes over a wallet adds an account of their own and empties it at once."""
    if at >= wanted.usable_from:
        return None
    facts = {"rule": NEW_ACCOUNT, "until": wanted.usable_from.isoformat(), "second_factor": False}
    return Refusal(Reason.SPEED_RULE, facts)


@dataclass(frozen=True, slots=True)
class Journey:
    """When money goes out, when it arrives, and what is recorded while it waits."""

    leaves: Departure
    goes_out_on: date
    arrives_on: date

    @property
    def waits(self) -> Refusal | None:
        """Row 42, when a cut-off was missed."""
        if self.leaves.cut_off is None:
            return None
        facts = {
            "cut_off": self.leaves.cut_off.isoformat(),
            "goes_out_on": self.goes_out_on.isoformat(),
        }
        return Refusal(Reason.PAST_CUTOFF, facts)


def journey(terms: Payouts, zone: ZoneInfo, asked: datetime) -> Journey:
    """When what is asked for at a moment leaves and arrives. Raises payouts.NeverSent."""
    leaves = departure(terms, zone, asked)
    on = leaves.at.astimezone(zone).date()
    return Journey(leaves, on, arrival(terms, zone, leaves.at))
