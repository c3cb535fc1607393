"""Test money: orders paid by test buttons, refunds and disbursements that move nothing.

Nothing here ever meets the ledger or a payment; what it answers has the shape of the real thing.
Amounts are minor units of the order's currency.
"""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.kit.numbering import numbered
from paydesk.kit.sweeping import each
from paydesk.money.merchants.actions.telling import Word, tell
from paydesk.money.merchants.models import Merchant
from paydesk.money.merchants.rules import EventKind
from paydesk.money.orders.actions.tracing import tell_merchant, trace
from paydesk.money.orders.models import Order, SandboxMove
from paydesk.money.orders.rules import HOLD_LASTS, Capture, OrderState
from paydesk.money.orders.showing import move_as_data

NUMBER_DIGITS = 14
BATCH = 100
_TELL = {"refund": EventKind.REFUND_SUCCEEDED, "disbursement": EventKind.DISBURSEMENT_SUCCEEDED}


class NotPossible(ValueError):
    """The order doesn't stand where this could be done; `state` says where it stands."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class TooMuch(ValueError):
    """More than was paid; `rest` minor units are left."""

    def __init__(self, rest: int) -> None:
        super().__init__(str(rest))
        self.rest = rest


class Conflict(ValueError):
    """The same key came with another content."""


@transaction.atomic
def pay(order: Order, *, actor: Actor) -> Order:
    """Press the test button that pays. Raises NotPossible."""
    order = _locked(order)
    if order.state != OrderState.OPEN or order.expires_at <= clock.now():
        raise NotPossible(order.state)
    order.paid_at = clock.now()
    if order.capture == Capture.MANUAL:
        order.state, order.hold_expires_at = OrderState.AUTHORISED, clock.now() + HOLD_LASTS
        return _keep(order, actor, EventKind.ORDER_AUTHORISED)
    order.state, order.captured = OrderState.PAID, order.amount
    return _keep(order, actor, EventKind.ORDER_PAID)


@transaction.atomic
def capture(order: Order, amount: int | None, *, actor: Actor) -> Order:
    """Take what a test order reserved, or a part. Asked again, it answers what was taken.

    Raises NotPossible, TooMuch.
    """
    order = _locked(order)
    if order.state == OrderState.PAID and order.capture == Capture.MANUAL:
        return order
    if order.state != OrderState.AUTHORISED:
        raise NotPossible(order.state)
    taken = order.amount if amount is None else amount
    if not 0 < taken <= order.amount:
        raise TooMuch(order.amount)
    order.state, order.captured = OrderState.PAID, taken
    return _keep(order, actor, EventKind.ORDER_CAPTURED)


@transaction.atomic
def void(order: Order, *, actor: Actor) -> Order:
    """Release what a test order reserved. Raises NotPossible."""
    order = _locked(order)
    if order.state == OrderState.CANCELLED:
        return order
    if order.state != OrderState.AUTHORISED:
        raise NotPossible(order.state)
    order.state, order.closed_at = OrderState.CANCELLED, clock.now()
    return _keep(order, actor, EventKind.ORDER_CANCELLED)


def expire_holds() -> int:
    """End the reservations of test money whose time is over; answers how many."""
    due = Order.objects.filter(
        live=False, state=OrderState.AUTHORISED, hold_expires_at__lte=clock.now()
    )
    return each(_expire, list(due.order_by("hold_expires_at")[:BATCH]))


@transaction.atomic
def _expire(order: Order) -> bool:
    order = _locked(order)
    if order.state != OrderState.AUTHORISED:
        return False  # taken or released a moment before
    order.state, order.closed_at = OrderState.EXPIRED, clock.now()
    _keep(order, SYSTEM(order.brand), EventKind.ORDER_EXPIRED)
    return True


def refunded(order: Order) -> int:
    """Minor units of a test order that were given back."""
    found = SandboxMove.objects.filter(order=order, kind="refund").aggregate(total=Sum("amount"))
    return int(found["total"] or 0)


@transaction.atomic
def refund(order: Order, amount: int, *, key: str, digest: str) -> SandboxMove:
    """Give test money back. Raises NotPossible, TooMuch, Conflict."""
    order = _locked(order)
    known = _known(order.merchant_id, key, digest)
    if known:
        return known
    if order.state != OrderState.PAID:
        raise NotPossible(order.state)
    rest = order.captured - refunded(order)
    if amount > rest:
        raise TooMuch(rest)
    return _move(order.merchant, "refund", amount, order.currency, key, digest, order=order)


def disburse(
    merchant: Merchant,
    amount: int,
    currency: str,
    *,
    reference: str,
    shown: str,
    key: str,
    digest: str,
) -> SandboxMove:
    """Pay test money out. Raises Conflict."""
    try:
        with transaction.atomic():
            known = _known(merchant.id, key, digest)
            if known:
                return known
            return _move(
                merchant, "disbursement", amount, currency, key, digest,
                reference=reference, shown=shown,
            )  # fmt: skip
    except IntegrityError:
        known = _known(merchant.id, key, digest)  # the same request, at the same moment
        if known is None:
            raise
        return known


def prune(older: timedelta = timedelta(days=90)) -> int:
    """Forget old test moves; answers how many."""
    gone, _ = SandboxMove.objects.filter(created_at__lt=clock.now() - older).delete()
    return gone


def _known(merchant_id: UUID, key: str, digest: str) -> SandboxMove | None:
    known = SandboxMove.objects.filter(merchant_id=merchant_id, request_key=key).first()
    if known and known.digest != digest:
        raise Conflict(key)
    return known


def _move(
    merchant: Merchant,
    kind: str,
    amount: int,
    currency: str,
    key: str,
    digest: str,
    *,
    order: Order | None = None,
    reference: str = "",
    shown: str = "",
) -> SandboxMove:
    move = numbered(
        SandboxMove,
        NUMBER_DIGITS,
        lambda number: SandboxMove.objects.create(
            id=ids.uuid7(),
            brand=merchant.brand,
            merchant=merchant,
            number=number,
            kind=kind,
            order=order,
            amount=amount,
            currency=currency,
            reference=reference,
            recipient_shown=shown,
            request_key=key,
            digest=digest,
            created_at=clock.now(),
        ),
    )
    data = move_as_data(move)
    tell([Word(move.brand, merchant.id, False, _TELL[kind], f"test:{move.id}", data)])
    return move


def _keep(order: Order, actor: Actor, kind: EventKind) -> Order:
    order.save()
    trace(order, actor, order.state)
    tell_merchant(order, kind)
    return order


def _locked(order: Order) -> Order:
    found = Order.objects.select_for_update(of=("self",)).select_related("merchant")
    return found.get(id=order.id, live=False)
