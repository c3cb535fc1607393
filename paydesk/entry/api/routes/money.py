"""Refunds, disbursements, the balance and the list of payments."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from paydesk.entry.api import disbursing, doorman, schemas
from paydesk.entry.api.answering import answer, problem_answer
from paydesk.entry.api.api import Bearer, caller_of, responses
from paydesk.entry.api.problems import Problem, refused
from paydesk.entry.api.routes.parts import After, Limit, RequestKey, actor_of, page
from paydesk.entry.api.stored import once
from paydesk.money.merchants import queries as merchants
from paydesk.money.merchants.access import Caller, merchant_of_caller
from paydesk.money.merchants.rules import Scope
from paydesk.money.orders import access, queries
from paydesk.money.orders.actions import sandbox
from paydesk.money.orders.models import Order, SandboxMove
from paydesk.money.orders.showing import move_as_data, payment_as_data
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import RequestConflict
from paydesk.money.payments.rules import digest
from paydesk.money.refunds.actions import NotRefundable, refund_purchase

router = Router(tags=["Money"])
Kind = Literal["purchase", "refund", "disbursement"]


@router.post("/refunds", auth=Bearer(Scope.REFUNDS_WRITE), response=responses(201, schemas.Payment))
def create_refund(request: HttpRequest, key: RequestKey, content: schemas.RefundIn) -> HttpResponse:
    """Give a paid order back, whole or in part, up to what was captured. A refund that goes back
    by the original route may be `processing` until the provider has done it."""
    caller = caller_of(request)
    doorman.needs_standing(caller)
    order = access.order_of(caller.merchant, caller.live, content.order)
    give = _refund if order.live else _refund_test
    return once(
        request,
        caller,
        key,
        content.model_dump(mode="json"),
        lambda: (201, give(caller, order, content, key)),
    )


def _refund(caller: Caller, order: Order, content: schemas.RefundIn, key: str) -> dict[str, Any]:
    if order.payment is None:
        raise Problem(409, "wrong_state", {"state": order.state})
    try:
        outcome = refund_purchase(
            original=order.payment,
            amount=content.amount,
            actor=actor_of(caller),
            key=key,
            note=content.reason,
        )
    except NotRefundable:
        raise Problem(409, "not_refundable", {"state": order.state}) from None
    except RequestConflict:
        raise Problem(409, "key_reused") from None
    made = payment_as_data(access.payment_of_merchant(caller.merchant, outcome.id))
    if outcome.reason and outcome.state == "failed":
        raise refused(outcome, made)
    return made


def _refund_test(
    caller: Caller, order: Order, content: schemas.RefundIn, key: str
) -> dict[str, Any]:
    try:
        move = sandbox.refund(
            order, content.amount, key=key, digest=digest(content.model_dump(mode="json"))
        )
    except sandbox.NotPossible as error:
        raise Problem(409, "wrong_state", {"state": error.state}) from None
    except sandbox.TooMuch as error:
        raise Problem(422, "amount_too_large", {"rest": error.rest}) from None
    except sandbox.Conflict:
        raise Problem(409, "key_reused") from None
    return move_as_data(move)


@router.post(
    "/disbursements",
    auth=Bearer(Scope.DISBURSEMENTS_WRITE),
    response=responses(201, schemas.Payment),
)
def create_disbursement(
    request: HttpRequest, key: RequestKey, content: schemas.DisbursementIn
) -> HttpResponse:
    """Pay a customer from your balance. What can't be done is answered 422 with the payment that
    was recorded as failed."""
    result = disbursing.disburse([disbursing.Asked(caller_of(request), key, content)])[0]
    if isinstance(result, Problem):
        return problem_answer(request, result)
    return answer(request, 201, result.body, result.headers)


@router.post(
    "/disbursements/bulk",
    auth=Bearer(Scope.DISBURSEMENTS_WRITE),
    response=responses(200, schemas.Bulk),
)
def create_disbursements(
    request: HttpRequest, key: RequestKey, content: schemas.BulkIn
) -> HttpResponse:
    """Pay up to 1,000 customers. Each result stands alone, with the status that a request of its
    own would have had; asked again under the same key, each is answered as the first time."""
    lang = disbursing.lang_of(request.headers.get("Accept-Language", ""))
    bulk = disbursing.Bulk(caller_of(request), key, content)
    return answer(request, 200, disbursing.disburse_bulk(bulk, lang))


@router.get("/balance", auth=Bearer(Scope.BALANCE_READ), response=responses(200, schemas.Balances))
def get_balance(request: HttpRequest) -> HttpResponse:
    """What you have, by currency. Of a test key: test money."""
    caller = caller_of(request)
    if caller.live:
        found = [
            {
                "currency": one.currency,
                "posted": one.posted,
                "held": one.held,
                "available": one.available,
            }
            for one in merchants.balances(merchant_of_caller(caller))
        ]
    else:
        found = [
            {"currency": currency, "posted": amount, "held": 0, "available": amount}
            for currency, amount in sorted(queries.sandbox_balance(caller.merchant).items())
        ]
    return answer(request, 200, {"live": caller.live, "balances": found})


@router.get(
    "/payments", auth=Bearer(Scope.PAYMENTS_READ), response=responses(200, schemas.Payments)
)
def list_payments(
    request: HttpRequest,
    after: After = None,
    limit: Limit = 50,
    kind: Annotated[Kind | None, Query()] = None,
) -> HttpResponse:
    """Purchases, refunds and disbursements, newest first. Of a test key: refunds and
    disbursements of test money."""
    caller, wanted = caller_of(request), kind or ""
    if not caller.live:
        moves = queries.sandbox_moves(caller.merchant, kind=wanted, before=after, limit=limit + 1)
        return answer(request, 200, page(moves, limit, move_as_data))
    before = access.payment_of_merchant(caller.merchant, after) if after else None
    found = queries.payments(caller.merchant, kind=wanted, before=before, limit=limit + 1)
    return answer(request, 200, page(found, limit, payment_as_data))


@router.get(
    "/payments/{payment_id}",
    auth=Bearer(Scope.PAYMENTS_READ),
    response=responses(200, schemas.Payment),
)
def get_payment(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """One purchase, refund or disbursement."""
    caller = caller_of(request)
    return answer(request, 200, _payment(caller, payment_id))


def _payment(caller: Caller, payment_id: UUID) -> dict[str, Any]:
    if caller.live:
        found: Payment = access.payment_of_merchant(caller.merchant, payment_id)
        return payment_as_data(found)
    move: SandboxMove = access.sandbox_move_of(caller.merchant, payment_id)
    return move_as_data(move)
