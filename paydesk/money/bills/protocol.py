"""What every biller's system offers, as plain values. No adapter writes a payment or a bill.

One that does not answer in time raises BillerSilent: then nobody knows whether the bill was paid,
and only asking again under the same reference may tell.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Standing(StrEnum):
    """What a biller says of a reference."""

    DUE = "due"
    PAID = "paid"  # nothing is due
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Bill:
    """What a biller answers to a look-up. `amount` in minor units; `number` names the bill, and
    is empty where anything may be paid; `holder` is masked by the biller."""

    standing: Standing
    number: str = ""
    amount: int = 0
    due_on: date | None = None
    holder: str = ""


@dataclass(frozen=True, slots=True)
class BillOrder:
    """A payment to be accepted. `id` is ours and stays the same when asked again."""

    id: UUID
    brand: str
    biller: str
    reference: str
    bill_number: str
    amount: int  # minor units
    currency: str


class Said(StrEnum):
    """What became of an order."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    WAITING = "waiting"
    NOT_FOUND = "not_found"  # the biller never heard of it


@dataclass(frozen=True, slots=True)
class Answer:
    """What a biller says about an order: its confirmation number, or the code of its refusal
    (unknown_reference, already_paid, other_amount, closed)."""

    said: Said
    confirmation: str = ""
    code: str = ""


class BillerSilent(Exception):
    """No answer in time."""


class BillerDown(Exception):
    """The biller says that it can't work at the moment: nothing was done."""


class BillerLink(Protocol):
    """The line to billers. All of it goes over the network: never call it in a transaction."""

    def look_up(self, brand: str, biller: str, reference: str) -> Bill:
        """What is due. Raises BillerDown, BillerSilent."""
        ...

    def pay(self, order: BillOrder) -> Answer:
        """Accept a payment; the same id is accepted once. Raises BillerDown, BillerSilent."""
        ...

    def query(self, order: BillOrder) -> Answer:
        """What became of an order. Raises BillerDown, BillerSilent."""
        ...
