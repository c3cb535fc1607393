"""An entry of a bank statement as plain values, whatever format it came in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked movement on our account at a bank.

    `amount` in minor units: positive is money that came. `fee`: what the bank kept of it.
    `reference`: ours, where the other side gave it back (end-to-end id); `to_number`: the virtual
    account it was paid to; `return_code`: why it came back (ISO 20022), "" if it did not.
    """

    line: int
    number: str  # the bank's own, unique on the account
    amount: int
    fee: int
    currency: str
    at: datetime
    reference: UUID | None = None
    to_number: str = ""
    return_code: str = ""
