"""Orders and payments as a merchant's program reads them: the API and its notifications say the
same. Plain JSON-able values; amounts are minor units."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from paydesk.money.orders.models import Order, SandboxMove
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState

REVIEW = "review"
"""What a merchant reads of a payment that compliance looks at, or stopped."""


def moment(at: datetime | None) -> str | None:
    """A moment in ISO 8601, UTC."""
    return _iso(at) if at else None


def moment_of_id(of: UUID) -> str:
    """As `moment`, of when a UUIDv7 was made, to the millisecond."""
    return _of_millis(of.int >> 80)


@lru_cache(maxsize=4096)  # of a batch, many were made in the same one
def _of_millis(millis: int) -> str:
    return _iso(datetime.fromtimestamp(millis / 1000, UTC))


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def order_as_data(order: Order) -> dict[str, Any]:
    """An order."""
    return {
        "id": str(order.id),
        "number": order.number,
        "live": order.live,
        "state": order.state,
        "amount": order.amount,
        "currency": order.currency,
        "captured": order.captured,
        "capture": order.capture,
        "reference": order.reference,
        "description": order.description,
        "return_url": order.return_url or None,
        "created_at": moment(order.created_at),
        "expires_at": moment(order.expires_at),
        "paid_at": moment(order.paid_at),
        "closed_at": moment(order.closed_at),
        "hold_expires_at": moment(order.hold_expires_at),
        "payment": str(order.payment_id) if order.payment_id else None,
    }


def payment_as_data(payment: Payment) -> dict[str, Any]:
    """A payment of a merchant: a purchase, a refund or a disbursement."""
    return {
        "id": str(payment.id),
        "number": payment.number,
        "live": True,
        "kind": payment.kind,
        "state": payment.state,
        "reason": reason_told(payment.reason),
        "amount": payment.amount,
        "captured": payment.taken if payment.state == PaymentState.SUCCEEDED else 0,
        "refunded": payment.refunded,
        "fee": payment.fee,
        "currency": payment.currency,
        "reference": str(payment.details.get("reference", "")),
        "order": payment.details.get("order"),
        "original": str(payment.original_id) if payment.original_id else None,
        "counterparty": counterparty(payment),
        "created_at": moment(payment.created_at),
        "finished_at": moment(payment.finished_at),
    }


def reason_told(reason: str | None) -> str | None:
    """A reason as a merchant may read it: that a name stands on a list is told to nobody."""
    return REVIEW if reason == Reason.SCREENING else reason or None


def move_as_data(move: SandboxMove) -> dict[str, Any]:
    """A move of test money, in the shape of a payment."""
    return {
        "id": str(move.id),
        "number": move.number,
        "live": False,
        "kind": move.kind,
        "state": "succeeded",
        "reason": None,
        "amount": move.amount,
        "captured": move.amount,
        "refunded": 0,
        "fee": 0,
        "currency": move.currency,
        "reference": move.reference,
        "order": str(move.order_id) if move.order_id else None,
        "original": None,
        "counterparty": move.recipient_shown or None,
        "created_at": moment(move.created_at),
        "finished_at": moment(move.created_at),
    }


def counterparty(payment: Payment) -> str | None:
    """The other side as a merchant may see it: masked."""
    if payment.kind == PaymentKind.DISBURSEMENT:
        return payment.recipient_shown or None
    other = payment.payer if payment.kind == PaymentKind.PURCHASE else payment.payee
    return other.masked_name if other else None
