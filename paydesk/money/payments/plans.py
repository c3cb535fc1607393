"""What `submit` executes: a money action as plain values, with nothing left to ask in between.

A plan names the accounts to lock, the checks to make once they are locked, the ledger items, and
what to record if the money moves and if it does not. It holds no function and no open row, so
plans of several requests can be gathered into one batch.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from paydesk.kit.actors import Actor
from paydesk.money.ledger.rules import Item
from paydesk.money.payments.checks import Check
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.states import (
    AttemptState,
    Direction,
    HoldReason,
    HoldState,
    PaymentKind,
    PaymentState,
)


class Asked(Struct, frozen=True):
    """Who asked, under which key of their own, for what (a digest): makes a repeat recognisable."""

    by: str
    key: str
    digest: str


# --- subjects: the rows that a plan writes --------------------------------------------------


class NewAttempt(Struct, frozen=True):
    """A first try at a provider; the provider is asked after the commit."""

    id: UUID
    provider: str
    token: str
    shown: dict[str, Any]
    query_at: datetime  # when to ask, should the answer never be recorded
    direction: Direction = Direction.CHARGE
    amount: int | None = None  # minor units, where it is not the payment's (and its fee)
    currency: str = ""  # likewise
    terms: dict[str, Any] = {}  # protocol.Terms, as JSON


class NewPayment(Struct, frozen=True):
    """A payment to record, whatever becomes of it. Its id is also its ledger transfer's."""

    id: UUID
    number: str
    kind: PaymentKind
    amount: int
    currency: str
    asked: Asked
    payer: UUID | None = None
    payee: UUID | None = None
    merchant: UUID | None = None
    fee: int = 0  # minor units on top of the amount; its ledger item is the plan's
    received_amount: int | None = None
    received_currency: str = ""
    purpose: str = ""
    details: dict[str, Any] = {}
    recipient_shown: str = ""
    method: dict[str, Any] = {}
    note: str = ""
    original: UUID | None = None
    retry_of: UUID | None = None
    client_version: str = ""
    notice: UUID | None = None
    approval: UUID | None = None
    state: PaymentState = PaymentState.SUCCEEDED  # unless refused
    reason: Reason | None = None  # why it waits, for a state that is not final
    facts: dict[str, Any] = {}  # what proves that reason
    attempt: NewAttempt | None = None


class Settlement(Struct, frozen=True):
    """What became of a payment under way; recorded only while it is unfinished.

    With an attempt: what a provider said about it. Without: what somebody decided (a review, a
    capture), or that its time is over. `captured`: what was taken where it is less than the
    amount, in minor units. `only_if`: reasons of which the payment must still wait for one; only
    somebody who decides names them, also where an attempt is ended with it.
    """

    payment: UUID
    attempt: UUID | None
    state: PaymentState
    attempt_state: AttemptState | None
    reason: Reason | None = None
    facts: dict[str, Any] = {}
    response_code: str = ""
    reference: str = ""
    checks: dict[str, Any] = {}
    action: dict[str, Any] = {}  # what the payer has to do now
    query_at: datetime | None = None
    asked_again: bool = False  # this answer came from a query
    notification: UUID | None = None
    captured: int | None = None
    transfer: UUID | None = None  # the main ledger transfer, where its id is not the payment's
    only_if: frozenset[Reason] = frozenset()

    @property
    def decided(self) -> bool:
        """Whether somebody or time decided it, rather than a provider said it."""
        return self.attempt is None or bool(self.only_if)


class NewHold(Struct, frozen=True):
    """Money to reserve. The id is also the ledger's hold."""

    id: UUID
    customer: UUID
    account: UUID
    amount: int
    currency: str
    reason: HoldReason
    expires_at: datetime


class HoldEnd(Struct, frozen=True):
    """The end of a hold; recorded only while it still stands."""

    hold: UUID
    state: HoldState


Subject = NewPayment | Settlement | NewHold | HoldEnd


class Plan(Struct, frozen=True):
    """One money action, ready to execute. `refusal`: already known not to be possible."""

    brand: str
    actor: Actor
    subject: Subject
    accounts: tuple[UUID, ...] = ()
    checks: tuple[Check, ...] = ()
    items: tuple[Item, ...] = ()
    refusal: Refusal | None = None
    shortfalls: tuple[tuple[UUID, Reason], ...] = ()
    """Whose account running short is which reason (liquidity: row 36, a merchant: row 48); any
    other's is row 1 or 2."""
    remark: str = ""
    """What the one who acts wrote about it: kept as the audit's personal text, never elsewhere."""


class Outcome(Struct, frozen=True):
    """What became of a plan. `state` is the payment's or the hold's; `repeated`: the same request
    had been answered before and nothing was done now."""

    id: UUID
    state: PaymentState | HoldState | None  # None: a hold that could not be placed or ended
    number: str = ""
    reason: Reason | None = None
    facts: dict[str, Any] = {}
    repeated: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing stands in the way: no refusal was recorded."""
        return self.reason is None


class RequestConflict(Exception):
    """The same key came with another content."""


class InsideTransaction(RuntimeError):
    """A plan was submitted inside an open transaction, where its result could be rolled back."""
