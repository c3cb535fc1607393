"""Orders made, opened by a payer, cancelled, expired. Paying one is paying.py's."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from paydesk.brands import profiles
from paydesk.kit import clock, ids, shield
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.kit.numbering import numbered
from paydesk.kit.sweeping import each
from paydesk.money.ledger.posting import lock_accounts
from paydesk.money.merchants import queries as merchants
from paydesk.money.merchants.models import Merchant
from paydesk.money.merchants.rules import EventKind, Standing
from paydesk.money.orders import queries
from paydesk.money.orders.actions.tracing import tell_merchant, trace
from paydesk.money.orders.models import Order
from paydesk.money.orders.rules import (
    LASTS_LEAST,
    LASTS_MOST,
    Capture,
    OrderState,
    Wanted,
    amount_refusal,
    is_amount,
)
from paydesk.money.payments.reasons import Refusal

NUMBER_DIGITS = 14
BATCH = 200


class Refused(ValueError):
    """The order can't be made; `refusal` says why (its amount)."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason.value)
        self.refusal = refusal


class NotTaking(ValueError):
    """The merchant takes no payments now."""


class NotOpen(ValueError):
    """The order no longer stands where this could be done; `state` says where it stands."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True, slots=True)
class OrderWish:
    """What a merchant asks for. `amount` in minor units."""

    merchant: Merchant
    live: bool
    amount: int
    currency: str
    reference: str
    description: str
    capture: Capture
    expires_at: datetime
    return_url: str
    actor: Actor


@transaction.atomic
def create_order(wish: OrderWish) -> Order:
    """A new order. Raises Refused, NotTaking, ValueError for what no schema lets through."""
    merchant, now = wish.merchant, clock.now()
    if wish.currency not in profiles.get(merchant.brand).currencies or not is_amount(wish.amount):
        raise ValueError(f"no amount: {wish.amount} {wish.currency}")
    if not LASTS_LEAST <= wish.expires_at - now + LASTS_LEAST / 60 <= LASTS_MOST + LASTS_LEAST:
        raise ValueError("expires_at is out of range")
    if not takes(merchant, live=wish.live):
        raise NotTaking(merchant.standing)
    refusal = amount_refusal(Wanted(wish.amount, wish.currency))
    if refusal:
        raise Refused(refusal)
    order = numbered(Order, NUMBER_DIGITS, lambda number: _saved(wish, number))
    trace(order, wish.actor, "created")
    return order


def _saved(wish: OrderWish, number: str) -> Order:
    return Order.objects.create(
        id=ids.uuid7(),
        brand=wish.merchant.brand,
        merchant=wish.merchant,
        live=wish.live,
        number=number,
        token=secrets.token_urlsafe(18),
        amount=wish.amount,
        currency=wish.currency,
        reference=shield.mask(wish.reference).text[:64],
        description=shield.mask(" ".join(wish.description.split())).text[:140],
        capture=wish.capture,
        return_url=wish.return_url,
        state=OrderState.OPEN,
        created_at=clock.now(),
        expires_at=wish.expires_at,
    )


def takes(merchant: Merchant, *, live: bool) -> bool:
    """Whether a merchant takes payments now, of live or of test money."""
    good = {Standing.ACTIVE} if live else {Standing.SANDBOX, Standing.ACTIVE, Standing.SUSPENDED}
    return Standing(merchant.standing) in good


def note_seen(order: Order) -> None:
    """Keep when an order's page was first opened."""
    Order.objects.filter(id=order.id, seen_at=None).update(seen_at=clock.now())


@transaction.atomic
def cancel_order(order: Order, *, actor: Actor) -> Order:
    """Close an order that nobody has paid. Raises NotOpen. Doing it again changes nothing.

    The merchant's account is locked first, as every payment of the order does, so that an order
    is either paid or closed.
    """
    account = merchants.account(order.merchant_id, order.brand, order.currency)
    if order.live and account:
        lock_accounts([account])
    order = _locked(order)
    if order.state == OrderState.CANCELLED:
        return order
    if order.state != OrderState.OPEN or queries.is_being_paid(order):
        raise NotOpen(order.state)
    return _close(order, OrderState.CANCELLED, EventKind.ORDER_CANCELLED, actor)


def expire_orders() -> int:
    """Close the open orders whose time is over; answers how many."""
    due = Order.objects.filter(state=OrderState.OPEN, expires_at__lte=clock.now())
    return each(_expire, list(due.order_by("expires_at")[:BATCH]))


@transaction.atomic
def _expire(order: Order) -> bool:
    order = _locked(order)
    if order.state != OrderState.OPEN or queries.is_being_paid(order):
        return False
    _close(order, OrderState.EXPIRED, EventKind.ORDER_EXPIRED, SYSTEM(order.brand))
    return True


def _close(order: Order, state: OrderState, kind: EventKind, actor: Actor) -> Order:
    order.state, order.closed_at = state, clock.now()
    order.save(update_fields=["state", "closed_at"])
    trace(order, actor, state.value)
    tell_merchant(order, kind)
    return order


def _locked(order: Order) -> Order:
    return Order.objects.select_for_update(of=("self",)).select_related("merchant").get(id=order.id)
