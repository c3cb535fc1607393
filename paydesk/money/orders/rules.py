"""How an order and a request for payment may stand, and what an order may ask for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from paydesk.kit.money import EXPONENTS
from paydesk.money.ledger.rules import MAX_AMOUNT
from paydesk.money.payments.reasons import Reason, Refusal


class OrderState(StrEnum):
    """Where an order stands."""

    OPEN = "open"
    AUTHORISED = "authorised"  # the money is reserved, and not yet the merchant's
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Capture(StrEnum):
    """Whether paying takes the money at once, or reserves it until the merchant takes it."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class RequestState(StrEnum):
    """Where a request for payment stands."""

    OPEN = "open"
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


MOVES: Mapping[OrderState, frozenset[OrderState]] = {
    OrderState.OPEN: frozenset(
        {OrderState.AUTHORISED, OrderState.PAID, OrderState.CANCELLED, OrderState.EXPIRED}
    ),
    OrderState.AUTHORISED: frozenset({OrderState.PAID, OrderState.CANCELLED, OrderState.EXPIRED}),
    OrderState.PAID: frozenset(),
    OrderState.CANCELLED: frozenset(),
    OrderState.EXPIRED: frozenset(),
}
LASTS = timedelta(minutes=30)
LASTS_LEAST, LASTS_MOST = timedelta(minutes=1), timedelta(days=30)
HOLD_LASTS = timedelta(days=7)
"""How long an authorisation reserves the money."""

REQUEST_LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An amount as it was asked for: minor units, or a number that is none."""

    value: int | float
    currency: str


def minimum(currency: str) -> int:
    """The least that an order or a disbursement may be about, in minor units: a tenth of the
    unit, or one of a currency that has no parts."""
    unit: int = 10 ** EXPONENTS[currency]
    return max(1, unit // 10)


def amount_refusal(wanted: Wanted) -> Refusal | None:
    """Why an amount in minor units can't be paid (catalogue row 44); None where it can."""
    if isinstance(wanted.value, float):
        facts = {"digits": EXPONENTS[wanted.currency], "typed": repr(wanted.value)}
        return Refusal(Reason.AMOUNT_PRECISE, facts)
    least = minimum(wanted.currency)
    if wanted.value < least:
        facts = {"minimum": least, "amount": wanted.value, "currency": wanted.currency}
        return Refusal(Reason.AMOUNT_SMALL, facts)
    return None


def is_amount(value: int) -> bool:
    """Whether a number can be an amount at all."""
    return 0 < value <= MAX_AMOUNT


def purpose_of_order(order_id: object) -> str:
    """The purpose of the payment that settles an order: no two may."""
    return f"order:{order_id}"


def purpose_of_request(request_id: object) -> str:
    """The purpose of the payment that settles a request."""
    return f"request:{request_id}"
