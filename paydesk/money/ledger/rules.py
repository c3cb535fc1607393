"""The ledger's words as plain values: what may be asked for, and every answer it can give.

Numbers here are stored in rows and spoken by sql/post_batch.sql; never change one that is in use.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, IntFlag
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

_NEAR = timedelta(hours=12)  # half of what the ledger allows between an id's time and `at`
MAX_AMOUNT = 10**15  # minor units of one transfer: far below bigint, so sums stay exact


class AccountCode(IntEnum):
    """The chart of accounts. An account is one code, one currency and one owner in one brand."""

    CUSTOMER_WALLET = 100
    MERCHANT = 200
    PROVIDER_CLEARING = 300
    BANK = 310  # what providers have paid out to us: our money at the bank
    FEES = 400
    LIQUIDITY = 500
    SUSPENSE = 600
    LOSSES = 700
    CAPITAL = 800  # what the house itself put in: the other side of its liquidity


# What belongs to others may never run into the red (also a CHECK on the table), nor may what
# conversions are paid from.
NEVER_NEGATIVE = frozenset(
    {AccountCode.CUSTOMER_WALLET, AccountCode.MERCHANT, AccountCode.LIQUIDITY}
)


class AccountFlag(IntFlag):
    """What an account may not do, and the one thing that only house accounts may."""

    NO_DEBIT = 1
    NO_CREDIT = 2
    CLOSED = 4
    MAY_GO_NEGATIVE = 8


class Kind(IntEnum):
    """What a transfer does. Kinds from POST on name an earlier transfer (`Item.pending_id`)."""

    PLAIN = 1
    HOLD = 2
    POST = 3
    VOID = 4
    EXPIRE = 5
    REVERSAL = 6


class Outcome(IntEnum):
    """The answer to one item.

    Below 100 it is stored: the same id asks for the same answer for ever. From 100 on nothing
    was stored, and the same id may be used again once the item or the moment is right.
    """

    OK = 0
    BRAND_MISMATCH = 1
    CURRENCY_MISMATCH = 2
    DEBIT_CLOSED = 3
    CREDIT_CLOSED = 4
    DEBIT_BLOCKED = 5
    CREDIT_BLOCKED = 6
    INSUFFICIENT_FUNDS = 7
    HELD_FUNDS = 8
    BALANCE_LIMIT = 9
    HOLD_EXPIRED = 10
    HOLD_NOT_EXPIRED = 11
    ALREADY_SETTLED = 12
    ALREADY_REVERSED = 13
    NOT_A_HOLD = 14
    NOT_REVERSIBLE = 15
    DIFFERS_FROM_ORIGINAL = 16
    EXCEEDS_HOLD = 17
    LINKED_FAILED = 18

    MALFORMED = 101
    SAME_ACCOUNT = 102
    DEBIT_UNKNOWN = 103
    CREDIT_UNKNOWN = 104
    ORIGINAL_UNKNOWN = 105
    AT_BEHIND = 106
    AT_AHEAD = 107
    CONFLICT = 108
    LINK_OPEN = 109
    LINKED_DROPPED = 110
    ID_TOO_FAR = 111

    @property
    def stored(self) -> bool:
        """Whether this answer is final for the item's id."""
        return self < Outcome.MALFORMED


class Item(NamedTuple):
    """One transfer to post: `amount` minor units leave `debit` and reach `credit`.

    `id` is a UUIDv7 made by the caller; it is the idempotency key. Its time is within a day of
    the moment of posting, or that of the original it names (see `timely_id`). `code` says what for
    (1..32767, the caller's own list). `linked` ties the item to the next one of the batch: such
    a group happens as a whole or not at all. `pending_id` is the hold that is posted, voided or
    expired, or the transfer that is reversed; a post may take less than the hold (the rest is
    released), the others repeat its amount, and a reversal swaps debit and credit.
    `expires_at` belongs to holds only; without it a hold stays until it is posted or voided.
    """

    id: UUID
    kind: Kind
    debit: UUID
    credit: UUID
    amount: int
    code: int
    linked: bool = False
    pending_id: UUID | None = None
    expires_at: datetime | None = None


def timely_id(wanted: UUID, at: datetime) -> UUID:
    """The id for a plain transfer or hold at `at` that may come long after `wanted` was made.

    `wanted` itself within half a day of its time; later one that follows from it, with the time of
    `at`'s day (UTC), so that it is the same all day. Whoever posts on different days must know by
    other means that it is not yet done.
    """
    made = datetime.fromtimestamp((wanted.int >> 80) / 1000, UTC)
    if abs(made - at) <= _NEAR:
        return wanted
    noon = at.astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    digest = int.from_bytes(sha256(wanted.bytes).digest()[:10])
    value = int(noon.timestamp() * 1000) << 80 | 0x7 << 76 | (digest >> 64 & 0xFFF) << 64
    return UUID(int=value | 0b10 << 62 | digest & (1 << 62) - 1)


class Result(NamedTuple):
    """What became of the item `id`.

    `replayed`: it had been answered before, this is that answer, and nothing was done now.
    Sequences number the entries of each account and are None for a refusal. Balances are minor
    units right after the transfer (of a refusal: as it met them; None if it is not stored).
    """

    id: UUID
    outcome: Outcome
    replayed: bool
    debit_sequence: int | None
    credit_sequence: int | None
    debit_posted: int | None
    debit_held: int | None
    credit_posted: int | None
    credit_held: int | None

    @property
    def ok(self) -> bool:
        """Whether the transfer stands."""
        return self.outcome is Outcome.OK


@dataclass(frozen=True, slots=True)
class Balance:
    """An account's money in minor units: `posted` is credits less debits, `held` is reserved."""

    posted: int
    held: int
    currency: str

    @property
    def available(self) -> int:
        """What could be spent, in minor units."""
        return self.posted - self.held


class LockedAccount(NamedTuple):
    """An account as it stands while this transaction holds its lock; amounts are minor units."""

    id: UUID
    brand: str
    currency: str
    code: int
    owner: UUID | None
    flags: int
    posted: int
    held: int
    sequence: int
    last_at: datetime

    @property
    def available(self) -> int:
        """What could be spent, in minor units."""
        return self.posted - self.held


class Entry(NamedTuple):
    """One line of an account: a transfer seen from its side.

    `amount` is signed (credits positive) and 0 for what moves no money (hold, void, expire);
    `posted` and `held` are the balances right after it. All in minor units.
    """

    transfer_id: UUID
    sequence: int
    amount: int
    posted: int
    held: int
    at: datetime
    kind: Kind
    code: int
    other_account: UUID
    pending_id: UUID | None
