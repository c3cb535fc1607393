"""Checks of a plan: made once its accounts are locked, in the order of the plan. Plain values.

`rules` answers them from what `looking` found. The rows named are the failure catalogue's.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from paydesk.money.payments.reasons import Reason


class CanSend(Struct, frozen=True):
    """The account takes debits (catalogue row 28)."""

    account: UUID
    customer: UUID


class CanReceive(Struct, frozen=True):
    """The account takes credits (rows 29 and 32; for the customer's own wallet, row 28)."""

    account: UUID
    customer: UUID
    own: bool = False


class SingleLimit(Struct, frozen=True):
    """One payment may not exceed `limit` minor units (row 26)."""

    limit: int


class Period(StrEnum):
    """What a limit is counted over, cut in the brand's zone."""

    DAY = "day"
    MONTH = "month"


class PeriodLimit(Struct, frozen=True):
    """What the customer sent in the period (rules.SPENDING: kinds that count together; what is
    under way included), and this, may not exceed `limit` minor units (row 26)."""

    customer: UUID
    currency: str
    limit: int
    zone: str
    period: Period


class NeedsLevel(Struct, frozen=True):
    """At this identity level nothing may be sent in the currency, from `needed` on something may
    (row 37)."""

    level: int
    needed: int | None


class NotRepeated(Struct, frozen=True):
    """No equal transfer (payer, payee, amount) within the last `window` (row 17)."""

    payer: UUID
    payee: UUID
    window: timedelta


class RetriedOnce(Struct, frozen=True):
    """No other retry of the failed payment succeeded or is under way (row 17). Every retry locks
    the same customer's account, so that two at once see each other."""

    failed: UUID


class RefundRoom(Struct, frozen=True):
    """The original succeeded and has at least the amount left to refund (row 45).

    All refunds of it together may reach `unapproved` minor units without a second person's yes;
    None once there is one.
    """

    original: UUID
    unapproved: int | None


class Once(Struct, frozen=True):
    """No other payment with this purpose succeeded or is under way (row 17). Whoever uses it locks
    an account that every payment of that purpose locks, such as the payee's."""

    purpose: str


class Followed(Struct, frozen=True):
    """A payment with this purpose has succeeded, perhaps earlier in the same batch (row 19
    otherwise): for a payment that may end only because another one took its place."""

    purpose: str


class NotAfter(Struct, frozen=True):
    """The moment of posting is not past `moment`; otherwise refused for `reason` (a quote: row
    35, an order: row 22). `facts` is pairs, so that the check stays hashable."""

    moment: datetime
    reason: Reason
    facts: tuple[tuple[str, str], ...] = ()


class Screened(Struct, frozen=True):
    """Risk judges it, last of all checks (rows 10, 27 and 38): whose money it is, who gets it,
    who acts for whoever gets it (a merchant's owner), and what the session of whoever asks knows.
    `present`: somebody sits there; otherwise only the screening list is asked. Made by
    `screening.screened` and `screening.on_lists`."""

    customer: UUID
    recipient: UUID | None = None
    behind: UUID | None = None
    present: bool = False
    device_since: datetime | None = None
    stepped_up_at: datetime | None = None

    @property
    def sides(self) -> list[UUID]:
        """All those whose names are looked up in the lists."""
        return [one for one in (self.customer, self.recipient, self.behind) if one]


Check = (
    CanSend
    | CanReceive
    | SingleLimit
    | PeriodLimit
    | NeedsLevel
    | NotRepeated
    | RetriedOnce
    | RefundRoom
    | Once
    | Followed
    | NotAfter
    | Screened
)
