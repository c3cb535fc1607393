"""What every provider of money offers, as plain values. No adapter writes a payment.

A provider that does not answer in time raises ProviderSilent: then nobody knows whether money was
taken, and only asking again under the same reference may tell.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do; the rest of the program asks here and never for its name."""

    kinds: frozenset[str]  # of instruments: "card", "wallet", "bank"
    verification: bool  # may ask the payer for 3-D Secure or the like
    notifies: bool
    answers_queries: bool
    hosted_page: bool = False  # can take the details of a new instrument on a page of its own
    qr: bool = False  # can be paid by scanning a code that its answer brings
    refunds: bool = False
    refund_window: timedelta | None = None  # None: as long as the instrument lives
    payouts: bool = False
    disputes: bool = False
    settlement_files: bool = False
    open_tokens: tuple[str, ...] = ()  # for anybody, "{customer}" is the payer's number


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
        return {name: getattr(self, name) for name in ("kind", "scheme", "last4", "expires")}


@dataclass(frozen=True, slots=True)
class Means:
    """What a customer pays with: a provider's token and its masked display. Whoever makes one has
    checked that the customer may use it."""

    provider: str
    token: str
    shown: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a provider is told of an order besides the money; kept with the attempt as JSON.

    `destination`: where a payout goes, in the words of the provider's adapter (account number,
    name, bank). `return_url`: where the payer's browser comes back to.
    """

    description: str = ""
    return_url: str = ""
    client_ip: str = ""
    destination: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What is stored: only what was said."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Original:
    """The charge that a refund gives back: our reference, the provider's, and what was taken."""

    reference: UUID
    provider_reference: str
    amount: int  # minor units
    currency: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a provider. `reference` is ours and stays the same when asked again."""

    reference: UUID
    brand: str
    token: str
    amount: int  # minor units
    currency: str
    terms: Terms = Terms()
    notify_url: str = ""  # "" where the installation has no public address
    started_at: datetime | None = None
    provider_reference: str = ""  # what the provider called it, once it said so
    original: Original | None = None  # of a refund


class Said(StrEnum):
    PAID = "paid"  # of a payout: it went out; of a refund: it was given back
    REFUSED = "refused"
    REQUIRES_ACTION = "requires_action"
    WAITING = "waiting"
    NOT_FOUND = "not_found"  # the provider never heard of the reference
    RETURNED = "returned"  # a payout or refund that went out came back


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider says about an order. `amount` is what it took or would take.

    `action` is what the payer has to do now, JSON that the wallet can show:
    {"kind": "redirect", "url"}; {"kind": "qr", "content"}; {"kind": "page", "url", "fields"} (a
    form to post); {"kind": "app", "fields"} (for the provider's own app); {"kind": "transfer",
    ...} (details to pay to). "until" (ISO moment) says how long it can be done.
    """

    said: Said
    amount: int
    currency: str
    reference: str = ""  # the provider's own
    code: str = ""
    checks: Mapping[str, Any] = field(default_factory=dict)
    action: Mapping[str, Any] = field(default_factory=dict)


class About(StrEnum):
    """What a notification is about."""

    CHARGE = "charge"
    PAYOUT = "payout"
    REFUND = "refund"
    DISPUTE = "dispute"
    NOTHING = "nothing"  # rightly signed, and of no concern to us


class DisputeState(StrEnum):
    OPEN = "open"  # evidence can be given until the due date
    REVIEWED = "reviewed"  # given; the payer's bank decides
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A charge that the payer's bank disputes; `amount` minor units it may take back."""

    id: str
    state: DisputeState
    reason: str  # the provider's code
    amount: int
    currency: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A notification whose signature and age are right: about which of our references, and what.

    `reference` None: it names the order only as the provider does (`answer.reference`).
    """

    event_id: str
    reference: UUID | None
    account: str  # the merchant account it was sent for
    answer: Answer
    about: About = About.CHARGE
    dispute: Dispute | None = None


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One line of a provider's settlement file. `amount` and `fee` in minor units, `amount`
    signed: what the provider owes us more (charge) or less (refund, payout, dispute)."""

    provider_reference: str
    reference: UUID | None
    about: About
    amount: int
    fee: int
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """How a provider wants a delivery answered."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Saving:
    """A page of the provider where the payer types what we must never see; `reference` is the
    provider's name for it."""

    reference: str
    url: str


class ProviderSilent(Exception):
    """No answer in time: the outcome is unknown."""


class NotOffered(Exception):
    """The provider can't do that (see its capabilities)."""


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
    """One provider. All but `instrument`, `read_notification`, `reread`, `acknowledge` and
    `read_settlement` may go over the network: never call them in a transaction. What moves money
    does so once per `order.reference`, however often it is asked."""

    code: str
    capabilities: Capabilities

    def instrument(self, token: str) -> Instrument | None:
        """What may be shown of a token that anybody may pay with (a test card, "alipay:qr");
        None for any other. Saved instruments are the methods domain's."""
        ...

    def charge(self, order: Order) -> Answer:
        """Take the money. Raises ProviderSilent."""
        ...

    def query(self, order: Order) -> Answer:
        """What became of a charge. Raises ProviderSilent."""
        ...

    def refund(self, order: Order) -> Answer:
        """Give `order.original` back, whole or in part. Raises ProviderSilent, NotOffered."""
        ...

    def query_refund(self, order: Order) -> Answer:
        """What became of a refund. Raises ProviderSilent, NotOffered."""
        ...

    def payout(self, order: Order) -> Answer:
        """Send money to `order.terms.destination`. Raises ProviderSilent, NotOffered."""
        ...

    def query_payout(self, order: Order) -> Answer:
        """What became of a payout. Raises ProviderSilent, NotOffered."""
        ...

    def begin_saving(self, brand: str, customer: UUID, return_url: str) -> Saving:
        """Open a page where a customer saves an instrument. Raises ProviderSilent, NotOffered."""
        ...

    def saved(self, brand: str, reference: str) -> Instrument | None:
        """What was saved on that page; None while nothing was. Raises ProviderSilent,
        NotOffered."""
        ...

    def forget(self, brand: str, token: str) -> None:
        """Let a saved instrument never be charged again. Raises ProviderSilent, NotOffered."""
        ...

    def read_notification(
        self, brand: str, raw: bytes, headers: Mapping[str, str], at: datetime
    ) -> Told:
        """Check signature, age and account of a notification. Raises NotificationRefused."""
        ...

    def reread(self, brand: str, raw: bytes) -> Told:
        """A notification that was believed when it came. Raises NotificationRefused."""
        ...

    def acknowledge(self, believed: bool) -> Acknowledgement:
        """The answer to a delivery: `believed` means that it need not be sent again."""
        ...

    def read_settlement(self, brand: str, raw: bytes) -> Iterable[SettlementLine]:
        """The lines of a settlement file. Raises ValueError naming the line, NotOffered."""
        ...
