"""The only way entry obtains orders, requests and a merchant's payments.

What is not there and what is not yours look the same.
"""

from uuid import UUID

from paydesk.money.merchants.models import Merchant
from paydesk.money.orders.models import Order, PaymentRequest, SandboxMove
from paydesk.money.payments.models import Payment


class NotFound(LookupError):
    """There is none, or it is not for the asker's eyes."""


def order_by_token(brand: str, token: str) -> Order:
    """The order of a cashier page: who has the link may see it. Raises NotFound."""
    found = Order.objects.filter(brand=brand, token=token)
    order = found.select_related("merchant__owner", "payment").first()
    if order is None:
        raise NotFound(token)
    return order


def order_of(merchant: UUID, live: bool, order_id: UUID) -> Order:
    """One of a merchant's orders. Raises NotFound."""
    found = Order.objects.filter(merchant_id=merchant, live=live, id=order_id)
    order = found.select_related("merchant__owner", "payment__payer", "payment__merchant").first()
    if order is None:
        raise NotFound(str(order_id))
    return order


def request_by_token(brand: str, token: str) -> PaymentRequest:
    """The request behind a link. Raises NotFound."""
    found = PaymentRequest.objects.filter(brand=brand, token=token)
    request = found.select_related("requester__user", "payer__user", "payment").first()
    if request is None:
        raise NotFound(token)
    return request


def payment_of_merchant(merchant: UUID, payment_id: UUID) -> Payment:
    """One of a merchant's payments. Raises NotFound."""
    found = Payment.objects.filter(merchant_id=merchant, id=payment_id)
    payment = found.select_related("payer", "payee", "original", "merchant").first()
    if payment is None:
        raise NotFound(str(payment_id))
    return payment


def payment_by_number(merchant: Merchant, number: str) -> Payment:
    """One of a merchant's payments by its number. Raises NotFound."""
    found = Payment.objects.filter(merchant=merchant, number=number)
    payment = found.select_related("payer", "payee", "original", "merchant").first()
    if payment is None:
        raise NotFound(number)
    return payment


def sandbox_move_of(merchant: UUID, move_id: UUID) -> SandboxMove:
    """One of a merchant's moves of test money. Raises NotFound."""
    move = SandboxMove.objects.filter(merchant_id=merchant, id=move_id).first()
    if move is None:
        raise NotFound(str(move_id))
    return move
