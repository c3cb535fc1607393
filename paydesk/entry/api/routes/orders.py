"""Orders: made, read, taken, released."""

from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from paydesk.brands import profiles
from paydesk.entry.api import doorman, schemas
from paydesk.entry.api.answering import answer
from paydesk.entry.api.api import Bearer, caller_of, responses
from paydesk.entry.api.problems import Problem, refused
from paydesk.entry.api.routes.parts import (
    After,
    Limit,
    RequestKey,
    actor_of,
    order_data,
    page,
)
from paydesk.entry.api.stored import Done, once
from paydesk.kit import clock
from paydesk.money.merchants.access import Caller, merchant_of_caller
from paydesk.money.merchants.rules import Scope
from paydesk.money.orders import access, queries
from paydesk.money.orders.actions import ordering, paying, sandbox
from paydesk.money.orders.models import Order
from paydesk.money.orders.rules import Capture, OrderState
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.reasons import Reason

router = Router(tags=["Orders"])
State = Literal["open", "authorised", "paid", "cancelled", "expired"]


@router.post("/orders", auth=Bearer(Scope.ORDERS_WRITE), response=responses(201, schemas.Order))
def create_order(request: HttpRequest, key: RequestKey, content: schemas.OrderIn) -> HttpResponse:
    """Make an order. Send its payer to `pay_url`, or show the address as a QR code."""
    caller = caller_of(request)
    doorman.needs_standing(caller)
    _check_currency(caller, content.currency)
    asked = content.model_dump(mode="json")
    make = partial(_create, request, caller, content)
    return once(request, caller, key, asked, make, together=True)


def _create(request: HttpRequest, caller: Caller, content: schemas.OrderIn) -> Done:
    wish = ordering.OrderWish(
        merchant=merchant_of_caller(caller),
        live=caller.live,
        amount=content.amount,
        currency=content.currency,
        reference=content.reference,
        description=content.description,
        capture=Capture(content.capture),
        expires_at=clock.now() + timedelta(seconds=content.expires_in),
        return_url=content.return_url,
        actor=actor_of(caller),
    )
    try:
        order = ordering.create_order(wish)
    except ordering.Refused as error:
        facts = {name: error.refusal.facts[name] for name in ("minimum", "amount")}
        raise Problem(422, error.refusal.reason, facts) from None
    except ordering.NotTaking:
        raise Problem(403, "merchant_stopped") from None
    return 201, order_data(request, order)


@router.get("/orders", auth=Bearer(Scope.ORDERS_READ), response=responses(200, schemas.Orders))
def list_orders(
    request: HttpRequest,
    after: After = None,
    limit: Limit = 50,
    state: Annotated[State | None, Query()] = None,
    reference: Annotated[str, Query(max_length=64, pattern=schemas.PLAIN)] = "",
) -> HttpResponse:
    """Your orders, newest first."""
    caller = caller_of(request)
    found = queries.orders(
        caller.merchant,
        live=caller.live,
        before=after,
        state=state or "",
        reference=reference,
        limit=limit + 1,
    )
    return answer(request, 200, page(found, limit, lambda one: order_data(request, one)))


@router.get(
    "/orders/{order_id}", auth=Bearer(Scope.ORDERS_READ), response=responses(200, schemas.Order)
)
def get_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order."""
    return answer(request, 200, order_data(request, _mine(caller_of(request), order_id)))


@router.post(
    "/orders/{order_id}/capture",
    auth=Bearer(Scope.ORDERS_WRITE),
    response=responses(200, schemas.Order),
)
def capture_order(
    request: HttpRequest, order_id: UUID, key: RequestKey, content: schemas.CaptureIn
) -> HttpResponse:
    """Take what an authorised order reserved, or a part of it; the rest is the payer's again."""
    caller = caller_of(request)
    doorman.needs_standing(caller)
    order = _mine(caller, order_id)

    def do() -> Done:
        _check_taken(order, content.amount)
        if order.live:
            outcome = _ended(lambda: paying.capture(order, content.amount, actor=actor_of(caller)))
            _said(outcome)
        else:
            _tested(lambda: sandbox.capture(order, content.amount, actor=actor_of(caller)))
        return 200, order_data(request, _mine(caller, order_id))

    return once(request, caller, key, content.model_dump(mode="json"), do)


@router.post(
    "/orders/{order_id}/void",
    auth=Bearer(Scope.ORDERS_WRITE),
    response=responses(200, schemas.Order),
)
def void_order(request: HttpRequest, order_id: UUID, key: RequestKey) -> HttpResponse:
    """Release what an authorised order reserved, or close an order that nobody has paid."""
    caller = caller_of(request)
    order = _mine(caller, order_id)

    def do() -> Done:
        actor = actor_of(caller)
        if order.state == OrderState.OPEN:
            try:
                ordering.cancel_order(order, actor=actor)
            except ordering.NotOpen as error:
                raise Problem(409, "wrong_state", {"state": error.state}) from None
        elif order.live:
            _said(_ended(lambda: paying.void(order, actor=actor)))
        else:
            _tested(lambda: sandbox.void(order, actor=actor))
        return 200, order_data(request, _mine(caller, order_id))

    return once(request, caller, key, {}, do)


def _mine(caller: Caller, order_id: UUID) -> Order:
    return access.order_of(caller.merchant, caller.live, order_id)


def _check_currency(caller: Caller, currency: str) -> None:
    if currency not in profiles.get(caller.brand).currencies:
        wrong = {"in": "body", "pointer": "/currency", "rule": "currency_not_offered"}
        raise Problem(422, "invalid", {"errors": [wrong]})


def _check_taken(order: Order, amount: int | None) -> None:
    if amount is not None and amount > order.amount:
        raise Problem(422, "amount_too_large", {"rest": order.amount})


def _ended(do: Any) -> Outcome:
    try:
        outcome: Outcome = do()
    except paying.NotAuthorised as error:
        raise Problem(409, "wrong_state", {"state": error.state}) from None
    return outcome


def _tested(do: Any) -> None:
    try:
        do()
    except sandbox.NotPossible as error:
        raise Problem(409, "wrong_state", {"state": error.state}) from None


def _said(outcome: Outcome) -> None:
    """Raise the problem that an ending which did not happen is."""
    if outcome.reason is Reason.HOLD_EXPIRED or (outcome.reason and not outcome.repeated):
        raise refused(outcome)
