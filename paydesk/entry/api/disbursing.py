"""Disbursements by the API, many requests at once: who asks, plans, one commit, the answers.

Called by the routes (one request) and by the swift application (what arrived together). A
disbursement's key is kept by its payment, so that a repeat is answered as the first time.
"""

import json
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from paydesk.brands import profiles
from paydesk.entry.api import doorman, schemas
from paydesk.entry.api.problems import Problem, lang_of, refused
from paydesk.money.ledger.rules import MAX_AMOUNT
from paydesk.money.merchants.access import Caller, merchant_of_caller
from paydesk.money.merchants.actions import answers
from paydesk.money.merchants.actions.answers import Standing
from paydesk.money.orders import access
from paydesk.money.orders.actions import sandbox
from paydesk.money.orders.actions.disbursing import DisburseWish, plan_disbursements
from paydesk.money.orders.rules import Wanted, amount_refusal
from paydesk.money.orders.showing import moment_of_id, move_as_data, payment_as_data, reason_told
from paydesk.money.payments.contacts import masked
from paydesk.money.payments.plans import NewPayment, Outcome, Plan, RequestConflict
from paydesk.money.payments.rules import digest
from paydesk.money.payments.states import PaymentState
from paydesk.money.payments.submit import submit_many

__all__ = ["Asked", "Bulk", "Done", "disburse", "disburse_bulk", "lang_of"]

log = logging.getLogger(__name__)

KEY_PREFIX = "d:"


class Asked(Struct, frozen=True):
    """One request. `typed`: an amount that is a number but no whole one; recorded as refused."""

    caller: Caller
    key: str
    content: schemas.DisbursementIn
    typed: float | None = None


class Done(Struct, frozen=True):
    """An answer."""

    body: dict[str, Any]
    headers: dict[str, str] = {}


class Bulk(Struct, frozen=True):
    """A request with many disbursements."""

    caller: Caller
    key: str
    content: schemas.BulkIn


Result = Done | Problem


def disburse(asked: Sequence[Asked]) -> list[Result]:
    """Do what is asked, in one commit; one result each, in the same order. Raises nothing that
    concerns one request alone."""
    results: dict[int, Result] = {}
    live: list[int] = []
    for n, one in enumerate(asked):
        try:
            _check(one)
            if one.caller.live:
                live.append(n)
            else:
                results[n] = _disburse_test(one)
        except Problem as problem:
            results[n] = problem
    plans = plan_disbursements([_wish(asked[n]) for n in live])
    said = submit_many(plans) if plans else []
    _log_faults(said)
    for n, plan, outcome in zip(live, plans, said, strict=True):
        results[n] = _result(asked[n], plan, outcome)
    return [results[n] for n in range(len(asked))]


def with_fraction(body: bytes) -> tuple[schemas.DisbursementIn, float] | None:
    """A disbursement whose only fault is an amount with a fraction, and that amount: it is
    recorded as refused (catalogue row 44). None for any other body."""
    try:
        content = json.loads(body)
        amount = content["amount"]
        if not isinstance(amount, float) or not 1 <= amount < MAX_AMOUNT or amount.is_integer():
            return None
        return schemas.DisbursementIn.model_validate(content | {"amount": int(amount)}), amount
    except (ValueError, TypeError, KeyError):
        return None


def disburse_bulk(bulk: Bulk, lang: str) -> dict[str, Any]:
    """Do what a bulk asks; its answer. Raises Problem for the whole of it."""
    caller = bulk.caller
    doorman.needs_standing(caller)
    ones = bulk.content.disbursements
    claim = answers.claim(
        brand=caller.brand,
        merchant=caller.merchant,
        live=caller.live,
        key=bulk.key,
        digest=digest({"bulk": [list(one.__dict__.values()) for one in ones]}),
    )
    if claim.standing is Standing.CONFLICT:
        raise Problem(409, "key_reused")
    asked = [Asked(caller, f"{bulk.key}/{n}", one) for n, one in enumerate(ones)]
    return {"results": [_line(n, one, lang) for n, one in enumerate(disburse(asked))]}


def _line(n: int, result: Result, lang: str) -> dict[str, Any]:
    if isinstance(result, Problem):
        return {"index": n, "status": result.status, "problem": result.body(lang)}
    return {"index": n, "status": 201, "payment": result.body}


def _check(one: Asked) -> None:
    doorman.needs_standing(one.caller)
    if one.content.currency not in profiles.get(one.caller.brand).currencies:
        wrong = {"in": "body", "pointer": "/currency", "rule": "currency_not_offered"}
        raise Problem(422, "invalid", {"errors": [wrong]})


def _wish(one: Asked) -> DisburseWish:
    content = one.content
    return DisburseWish(
        brand=one.caller.brand,
        merchant=one.caller.merchant,
        owner=one.caller.owner,
        recipient=content.recipient,
        amount=content.amount if one.typed is None else one.typed,
        currency=content.currency,
        reference=content.reference,
        note=content.note,
        key=_key(one.key),
    )


def _key(text: str) -> str:
    """The payment's key: short enough, and no other kind of request's."""
    return KEY_PREFIX + (text if len(text) <= 60 else digest({"key": text})[:60])


def _log_faults(said: Sequence[Outcome | Exception]) -> None:
    """Each fault once: what fails a thousand together is one, and writing it is not cheap."""
    faults = [one for one in said if isinstance(one, Exception)]
    counted = Counter(id(one) for one in faults if not isinstance(one, RequestConflict))
    for one in {id(one): one for one in faults if id(one) in counted}.values():
        log.error("%d disbursements could not be executed", counted[id(one)], exc_info=one)


def _result(one: Asked, plan: Plan, outcome: Outcome | Exception) -> Result:
    if isinstance(outcome, RequestConflict):
        return Problem(409, "key_reused")
    if isinstance(outcome, Exception):  # nothing was done of this one
        return Problem(503, "busy", headers={"Retry-After": "1"})
    assert isinstance(plan.subject, NewPayment)
    again = {"Idempotency-Replayed": "true"} if outcome.repeated else {}
    shown = _shown(one.caller, plan.subject, outcome)
    if outcome.reason and outcome.state is PaymentState.FAILED:
        problem = refused(outcome, shown)
        problem.headers.update(again)
        return problem
    return Done(shown, again)


def _shown(caller: Caller, new: NewPayment, outcome: Outcome) -> dict[str, Any]:
    """The payment as `showing.payment_as_data` shows it, from what is at hand. The moment of a
    payment is that of its id, unless a person decided about it later."""
    if outcome.repeated and "review" in outcome.facts:
        return payment_as_data(access.payment_of_merchant(caller.merchant, outcome.id))
    at = moment_of_id(outcome.id)
    final = outcome.state in {PaymentState.SUCCEEDED, PaymentState.FAILED}
    return {
        "id": str(outcome.id),
        "number": outcome.number,
        "live": True,
        "kind": "disbursement",
        "state": outcome.state.value if outcome.state else "failed",
        "reason": reason_told(outcome.reason),
        "amount": new.amount,
        "captured": new.amount if outcome.state is PaymentState.SUCCEEDED else 0,
        "refunded": 0,
        "fee": new.fee,
        "currency": new.currency,
        "reference": new.details["reference"],
        "order": None,
        "original": None,
        "counterparty": new.recipient_shown or None,
        "created_at": at,
        "finished_at": at if final else None,
    }


def _disburse_test(one: Asked) -> Result:
    content = one.content
    wanted = Wanted(content.amount if one.typed is None else one.typed, content.currency)
    wrong = amount_refusal(wanted)
    if wrong:
        return Problem(422, wrong.reason.value, dict(wrong.facts))
    try:
        move = sandbox.disburse(
            merchant_of_caller(one.caller),
            content.amount,
            content.currency,
            reference=content.reference,
            shown=masked(content.recipient),
            key=_key(one.key),
            digest=digest(content.model_dump(mode="json")),
        )
    except sandbox.Conflict:
        return Problem(409, "key_reused")
    return Done(move_as_data(move))
