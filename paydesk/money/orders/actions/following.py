"""Orders and requests follow their payments; merchants are told what became of money.

`follow` runs in the transaction that changed the payments, `tell_merchants` and `give_back` in a
job after it. All are idempotent and look at nothing that is not about an order or a merchant.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction

from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.merchants.actions.telling import Word, tell
from paydesk.money.merchants.rules import EventKind
from paydesk.money.orders.actions import paying
from paydesk.money.orders.actions.tracing import tell_merchant, trace
from paydesk.money.orders.models import Order, PaymentRequest
from paydesk.money.orders.rules import HOLD_LASTS, Capture, OrderState, RequestState
from paydesk.money.orders.showing import payment_as_data
from paydesk.money.payments import accounts, codes
from paydesk.money.payments.actions import asking
from paydesk.money.payments.actions.review import holds_of
from paydesk.money.payments.checks import RefundRoom
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Plan, Settlement
from paydesk.money.payments.states import FINISHED, PaymentKind, PaymentState
from paydesk.money.payments.submit import submit

_CLOSED = {OrderState.CANCELLED, OrderState.EXPIRED}
_TOLD = {
    (PaymentKind.REFUND, PaymentState.SUCCEEDED): EventKind.REFUND_SUCCEEDED,
    (PaymentKind.REFUND, PaymentState.FAILED): EventKind.REFUND_FAILED,
    (PaymentKind.DISBURSEMENT, PaymentState.SUCCEEDED): EventKind.DISBURSEMENT_SUCCEEDED,
    (PaymentKind.DISBURSEMENT, PaymentState.FAILED): EventKind.DISBURSEMENT_FAILED,
}


def follow(*, payment_ids: Sequence[str]) -> None:
    """Let orders and requests stand as the payments that settle them."""
    settling = Payment.objects.filter(
        id__in=payment_ids, kind__in=[PaymentKind.PURCHASE, PaymentKind.TRANSFER]
    ).exclude(purpose="")
    of: dict[str, list[tuple[UUID, Payment]]] = {"order": [], "request": []}
    for payment in settling:
        what, _, number = payment.purpose.partition(":")
        if what in of:
            of[what].append((UUID(number), payment))
    orders = _locked(one for one, _ in of["order"])
    for order_id, payment in of["order"]:
        if order_id in orders:
            _follow_order(payment, orders[order_id])
    for request_id, payment in of["request"]:
        _follow_request(payment, request_id)


def _locked(order_ids: Iterable[UUID]) -> dict[UUID, Order]:
    """The orders, locked in the order of their ids: two batches never wait for each other."""
    found = Order.objects.select_for_update(of=("self",)).select_related("merchant")
    return {one.id: one for one in found.filter(id__in=list(order_ids)).order_by("id")}


def _follow_order(payment: Payment, order: Order) -> None:
    if order.state in _CLOSED:
        return  # paid in the moment in which it was closed: see `give_back`
    before = order.state
    state = _state_by(payment, order)
    if state is None or state == before:
        return
    order.state, order.payment = state, payment
    order.paid_at = order.paid_at or clock.now()
    if state is OrderState.AUTHORISED:
        # One that was under review may be held without an end: the merchant has all the time.
        [main, *_] = holds_of(payment)
        order.hold_expires_at = main.expires_at or clock.now() + HOLD_LASTS
    if state is OrderState.PAID:
        order.captured = payment.amount if payment.captured is None else payment.captured
    if state in _CLOSED:
        order.closed_at = clock.now()
    order.save()
    trace(order, SYSTEM(order.brand), state.value)
    tell_merchant(order, _kind(state, before))


def _state_by(payment: Payment, order: Order) -> OrderState | None:
    """How an order stands by what became of a payment; None where that changes nothing."""
    ours = order.payment_id == payment.id
    match PaymentState(payment.state):
        case PaymentState.SUCCEEDED:
            return OrderState.PAID
        case PaymentState.PROCESSING if order.capture == Capture.MANUAL and not payment.reason:
            return OrderState.AUTHORISED
        case PaymentState.CANCELLED if ours:
            return OrderState.CANCELLED
        case PaymentState.FAILED if ours:
            return OrderState.EXPIRED
    return None


def _kind(state: OrderState, before: str) -> EventKind:
    if state is OrderState.PAID and before == OrderState.AUTHORISED:
        return EventKind.ORDER_CAPTURED
    return {
        OrderState.PAID: EventKind.ORDER_PAID,
        OrderState.AUTHORISED: EventKind.ORDER_AUTHORISED,
        OrderState.CANCELLED: EventKind.ORDER_CANCELLED,
        OrderState.EXPIRED: EventKind.ORDER_EXPIRED,
    }[state]


def _follow_request(payment: Payment, request_id: UUID) -> None:
    if payment.state != PaymentState.SUCCEEDED:
        return
    PaymentRequest.objects.filter(id=request_id).exclude(state=RequestState.PAID).update(
        state=RequestState.PAID,
        payment=payment,
        payer_id=payment.payer_id,
        closed_at=clock.now(),
    )


@transaction.atomic
def tell_merchants(*, payment_ids: Sequence[str]) -> None:
    """Tell merchants of refunds and disbursements that are done."""
    found = Payment.objects.filter(
        id__in=payment_ids,
        merchant__isnull=False,
        kind__in=[PaymentKind.REFUND, PaymentKind.DISBURSEMENT],
        state__in=FINISHED,
    ).select_related("payer", "payee", "original")
    words = []
    for payment in found:
        kind = _TOLD.get((PaymentKind(payment.kind), PaymentState(payment.state)))
        if kind and payment.merchant_id:
            subject = f"payment:{payment.id}"
            data = payment_as_data(payment)
            words.append(Word(payment.brand, payment.merchant_id, True, kind, subject, data))
    tell(words)


def give_back(*, payment_ids: Sequence[str]) -> None:
    """Undo payments of orders that were closed in the very moment they were paid."""
    paid = Payment.objects.filter(
        id__in=payment_ids,
        kind=PaymentKind.PURCHASE,
        purpose__startswith="order:",
        state__in=[PaymentState.SUCCEEDED, PaymentState.PROCESSING],
    ).select_related("payer", "merchant")
    for payment in paid:
        order_id = UUID(payment.purpose.partition(":")[2])
        closed = Order.objects.filter(id=order_id, state__in=_CLOSED, payment=None).exists()
        if closed and payment.state == PaymentState.SUCCEEDED:
            submit(_refund_of(payment))
        elif closed and not payment.reason:
            said = Settlement(payment.id, None, PaymentState.CANCELLED, None)
            submit(paying.ending(payment, said, Kind.VOID, SYSTEM(payment.brand)))


def _refund_of(payment: Payment) -> Plan:
    actor = SYSTEM(payment.brand)
    assert payment.payer
    assert payment.merchant
    known = accounts.chart(payment.brand, payment.payer, payment.merchant)
    source = known.merchant(payment.merchant, payment.currency)
    target = known.wallet(payment.payer, payment.currency)
    content = {"kind": "order_closed", "original": str(payment.id)}
    new = NewPayment(
        id=ids.uuid7(),
        number=asking.public_number(),
        kind=PaymentKind.REFUND,
        amount=payment.amount,
        currency=payment.currency,
        asked=asking.asked(actor, f"closed:{payment.id}", content),
        payee=payment.payer_id,
        merchant=payment.merchant_id,
        details={"order": payment.details.get("order")},
        original=payment.id,
    )
    item = Item(new.id, Kind.PLAIN, source, target, payment.amount, codes.REFUND)
    return Plan(
        payment.brand, actor, new, (source, target), (RefundRoom(payment.id, None),), (item,)
    )
