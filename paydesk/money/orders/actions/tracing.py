"""What a change of an order leaves behind: an audit row, an event for open pages, a word to the
merchant. All in the transaction of the change."""

from paydesk.audit import actions as audit
from paydesk.kit.actors import Actor
from paydesk.kit.events import actions as events
from paydesk.money.merchants.actions.telling import Word, tell
from paydesk.money.merchants.rules import EventKind
from paydesk.money.orders.models import Order
from paydesk.money.orders.showing import order_as_data


def trace(order: Order, actor: Actor, action: str) -> None:
    """Record what was done to an order, and tell whoever looks at it."""
    subject = f"order:{order.id}"
    audit.record(
        brand=order.brand,
        actor=actor,
        action=f"order.{action}",
        subject=subject,
        details={"state": order.state, "live": order.live},
    )
    audience = [f"customer:{order.merchant.owner_id}"] if order.merchant.owner_id else []
    events.publish(
        brand=order.brand,
        kind="order.changed",
        subject=subject,
        audience=[*audience, f"desk:{order.brand}"],
        actor=actor,
        payload={"order": str(order.id), "number": order.number, "state": order.state},
    )


def tell_merchant(order: Order, kind: EventKind) -> None:
    """Let the merchant know of an order; each kind once an order."""
    word = Word(
        brand=order.brand,
        merchant=order.merchant_id,
        live=order.live,
        kind=kind,
        subject=f"order:{order.id}",
        data=order_as_data(order),
    )
    tell([word])
