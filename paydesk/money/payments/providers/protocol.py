"""What every provider of money offers, as plain values. No adapter writes a payment.

A provider that does not answer in time raises ProviderSilent: then nobody knows whether money was
taken, and only asking again under the same reference may tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do; the rest of the program asks here and never for its name."""

    kinds: frozenset[str]  # of instruments: "card", "wallet"
    verification: bool  # may ask the payer for 3-D Secure or the like
    notifies: bool
    answers_queries: bool


@dataclass(frozen=True, slots=True)
class Instrument:
    """A means of payment as a provider's token and what may be shown of it."""

    token: str
    kind: str
    scheme: str
    last4: str = ""
    expires: str = ""  # MM/YY

    def shown(self) -> dict[str, str]:
        """The masked display that is stored with an attempt."""
        return {
            "kind": self.kind,
            "scheme": self.scheme,
            "last4": self.last4,
            "expires": self.expires,
        }


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a provider. `reference` is ours and stays the same when asked again."""

    reference: UUID
    brand: str
    token: str
    amount: int  # minor units
    currency: str


class Said(StrEnum):
    PAID = "paid"
    REFUSED = "refused"
    REQUIRES_ACTION = "requires_action"
    WAITING = "waiting"
    NOT_FOUND = "not_found"  # the provider never heard of the reference


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider says about an order. `amount` is what it took or would take."""

    said: Said
    amount: int
    currency: str
    reference: str = ""  # the provider's own
    code: str = ""
    checks: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """A notification whose signature and age are right: about which of our references, and what."""

    event_id: str
    reference: UUID
    account: str  # the merchant account it was sent for
    answer: Answer


class ProviderSilent(Exception):
    """No answer in time: the outcome is unknown."""


class NotificationProblem(StrEnum):
    UNSIGNED = "unsigned"
    BAD_SIGNATURE = "bad_signature"
    STALE = "stale"
    UNREADABLE = "unreadable"
    OTHER_ACCOUNT = "other_account"


class NotificationRefused(Exception):
    """A notification that is not believed; `about` is the reference it claims, if readable."""

    def __init__(self, problem: NotificationProblem, about: UUID | None = None) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.about = about


class Provider(Protocol):
    """One provider. Charging and asking go over the network: never call them in a transaction."""

    code: str
    capabilities: Capabilities

    def instrument(self, token: str) -> Instrument | None:
        """What may be shown of a token; None if the provider does not know it."""
        ...

    def charge(self, order: Order) -> Answer:
        """Take the money; the same reference takes it once. Raises ProviderSilent."""
        ...

    def query(self, order: Order) -> Answer:
        """What became of an order. Raises ProviderSilent."""
        ...

    def read_notification(
        self, brand: str, raw: bytes, headers: Mapping[str, str], at: datetime
    ) -> Told:
        """Check signature, age and account of a notification. Raises NotificationRefused."""
        ...

    def reread(self, raw: bytes) -> Told:
        """A notification that was believed when it came. Raises NotificationRefused."""
        ...
