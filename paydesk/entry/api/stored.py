"""Requests under an Idempotency-Key: the same request is answered as the first time.

What is done under a key must be safe to do again: it may have been done by a process that died.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from paydesk.entry.api.answering import answer
from paydesk.entry.api.problems import Problem
from paydesk.money.merchants.access import Caller
from paydesk.money.merchants.actions import answers
from paydesk.money.merchants.actions.answers import Standing
from paydesk.money.payments.rules import digest

Done = tuple[int, dict[str, Any]]


def once(
    request: HttpRequest,
    caller: Caller,
    key: str,
    content: dict[str, Any],
    do: Callable[[], Done],
    *,
    together: bool = False,
) -> HttpResponse:
    """Do something for a key, or answer what was answered before. Raises Problem.

    `together`: in one transaction with its answer, for what must not be done twice even after a
    crash. What moves money can't be: it has its own key at the payment.
    """
    claim = answers.claim(
        brand=caller.brand,
        merchant=caller.merchant,
        live=caller.live,
        key=key,
        digest=digest({"path": request.path_info, **content}),
    )
    if claim.standing is Standing.CONFLICT:
        raise Problem(409, "key_reused")
    if claim.standing is Standing.BUSY:
        raise Problem(409, "in_progress", headers={"Retry-After": "2"})
    if claim.standing is Standing.ANSWERED:
        return _again(request, claim.status, claim.body)
    try:
        status, body = answers.kept_together(claim, do) if together else do()
    except Problem as problem:
        if problem.status in {404, 422, 403} or problem.code == "wrong_state":
            kept = {"code": problem.code, "extra": problem.extra}
            answers.keep(claim, problem.status, {"problem": kept})
        else:
            answers.forget(claim)
        raise
    except BaseException:
        answers.forget(claim)
        raise
    if not together:
        answers.keep(claim, status, body)
    return answer(request, status, body)


def _again(request: HttpRequest, status: int, body: Any) -> HttpResponse:
    replayed = {"Idempotency-Replayed": "true"}
    if isinstance(body, dict) and "problem" in body:
        kept = body["problem"]
        raise Problem(status, kept["code"], kept["extra"], replayed)
    return answer(request, status, body, replayed)
