"""What the API takes and gives, as types: the one source of its checks and of its document.

Amounts are integers in minor units; nothing is turned into one silently.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from paydesk.money.ledger.rules import MAX_AMOUNT
from paydesk.money.merchants.rules import EventKind

PLAIN = r"^[^\x00-\x1f\x7f]*$"
Amount = Annotated[
    StrictInt,
    Field(ge=1, le=MAX_AMOUNT, description="Minor units of the currency", examples=[8800]),
]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["CNY"])]
Reference = Annotated[str, Field(min_length=1, max_length=64, pattern=PLAIN, examples=["A-1001"])]
Text = Annotated[str, Field(max_length=140, pattern=PLAIN)]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
BULK_MOST = 1000


class Strict(BaseModel):
    """A body: what it does not know it refuses. (No ninja schema: those run code of their own for
    every value, and a bulk has a thousand.)"""

    model_config = ConfigDict(extra="forbid")


class OrderIn(Strict):
    """An order to make."""

    amount: Amount
    currency: Currency
    reference: Reference
    description: Text = ""
    capture: Literal["automatic", "manual"] = "automatic"
    expires_in: Annotated[StrictInt, Field(ge=60, le=30 * 24 * 3600)] = 1800
    return_url: Annotated[
        str, Field(max_length=500, pattern=r"^(https?://[^\s\x00-\x20\x7f]+)?$")
    ] = ""


class Order(Schema):
    """An order. `pay_url` is where its payer goes; the QR code says the same."""

    id: UUID
    number: str
    live: bool
    state: Literal["open", "authorised", "paid", "cancelled", "expired"]
    amount: int
    currency: str
    captured: int
    capture: Literal["automatic", "manual"]
    reference: str
    description: str
    return_url: str | None
    created_at: Moment
    expires_at: Moment
    paid_at: Moment | None
    closed_at: Moment | None
    hold_expires_at: Moment | None
    payment: UUID | None
    pay_url: str


class CaptureIn(Strict):
    """How much of a reserved order to take; all of it without an amount."""

    amount: Amount | None = None


class RefundIn(Strict):
    """A refund of a paid order, whole or in part."""

    order: UUID
    amount: Amount
    reason: Text = ""


class DisbursementIn(Strict):
    """Money from the merchant's balance to a customer: by e-mail address, phone or customer
    number."""

    recipient: Annotated[str, Field(min_length=3, max_length=120, pattern=PLAIN)]
    amount: Amount
    currency: Currency
    reference: Reference
    note: Text = ""


class BulkIn(Strict):
    """Many disbursements; each succeeds or fails alone."""

    disbursements: Annotated[list[DisbursementIn], Field(min_length=1, max_length=BULK_MOST)]


class Payment(Schema):
    """A purchase, a refund or a disbursement of the merchant. `processing` with the reason
    `review`: the money is held until a person has decided."""

    id: UUID
    number: str
    live: bool
    kind: Literal["purchase", "refund", "disbursement"]
    state: Literal[
        "created", "requires_action", "processing", "succeeded", "failed", "cancelled", "unknown"
    ]
    reason: str | None
    amount: int
    captured: int
    refunded: int
    fee: int
    currency: str
    reference: str
    order: UUID | None
    original: UUID | None
    counterparty: str | None
    created_at: Moment
    finished_at: Moment | None


class Problem(Schema):
    """RFC 9457. `code` is stable; further members belong to the code."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    errors: list[dict[str, Any]] | None = None


class BulkResult(Schema):
    """What became of one disbursement of a bulk: `index` is its place in the request."""

    index: int
    status: int
    payment: Payment | None = None
    problem: Problem | None = None


class Bulk(Schema):
    """The results, in the order of the request."""

    results: list[BulkResult]


class Balance(Schema):
    """Minor units: `posted` is what there is, `held` what is reserved of it."""

    currency: str
    posted: int
    held: int
    available: int


class Balances(Schema):
    """One entry for each currency."""

    live: bool
    balances: list[Balance]


class Orders(Schema):
    """A page; `next` is the `after` of the one that follows, null on the last."""

    data: list[Order]
    next: UUID | None


class Payments(Schema):
    """A page; `next` is the `after` of the one that follows, null on the last."""

    data: list[Payment]
    next: UUID | None


class EndpointIn(Strict):
    """An address to notify. No kinds: all of them."""

    url: Annotated[str, Field(min_length=8, max_length=500, pattern=PLAIN)]
    kinds: Annotated[list[EventKind], Field(max_length=20)] = []


class EndpointChange(Strict):
    """What to change; what is left out stays."""

    url: Annotated[str, Field(min_length=8, max_length=500, pattern=PLAIN)] | None = None
    kinds: Annotated[list[EventKind], Field(max_length=20)] | None = None
    enabled: bool | None = None


class Endpoint(Schema):
    """An address that is notified. `secret` is told once: when it is made or rotated."""

    id: UUID
    url: str
    kinds: list[str]
    enabled: bool
    failing_since: Moment | None
    created_at: Moment
    secret: str | None = None


class Endpoints(Schema):
    """All endpoints of the key's kind of money."""

    data: list[Endpoint]


class Event(Schema):
    """Something the merchant was told, as its notification said it."""

    id: UUID
    kind: str
    live: bool
    created_at: Moment
    data: dict[str, Any]


class Events(Schema):
    """A page; `next` is the `after` of the one that follows, null on the last."""

    data: list[Event]
    next: UUID | None


class ReplayIn(Strict):
    """Where to send an event once more."""

    endpoint: UUID


class Replay(Schema):
    """The delivery that was queued."""

    delivery: UUID
