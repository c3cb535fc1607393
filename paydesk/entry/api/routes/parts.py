"""What the routes have in common: parameters, pages, the merchant as one who acts."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from ninja import Header, Query

from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.merchants.access import Caller
from paydesk.money.orders import showing
from paydesk.money.orders.models import Order

T = TypeVar("T")

RequestKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        description="Made by you, unique for what you ask: the same key and body are done once.",
        min_length=8,
        max_length=64,
        pattern=r"^[!-~]+$",
    ),
]
Limit = Annotated[int, Query(ge=1, le=100)]
After = Annotated[UUID | None, Query(description="`next` of the page before")]


def actor_of(caller: Caller) -> Actor:
    """The merchant as one who acts."""
    return Actor(ActorKind.MERCHANT, caller.merchant, caller.brand)


def order_data(request: HttpRequest, order: Order) -> dict[str, Any]:
    """An order with the address of its cashier page."""
    path = reverse("cashier_order", args=[order.token])
    return {**showing.order_as_data(order), "pay_url": request.build_absolute_uri(path)}


def page(found: Sequence[T], limit: int, show: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    """A page of a list of which one more than `limit` was read."""
    shown = [show(one) for one in found[:limit]]
    return {"data": shown, "next": shown[-1]["id"] if len(found) > limit else None}
