"""What follows from a provider's answer: the next state, its reason and when to ask again. Pure.

Never guesses: an outcome that nobody told stays unknown and is asked for again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from paydesk.money.payments.plans import Settlement
from paydesk.money.payments.providers import codes
from paydesk.money.payments.providers.codes import Retry
from paydesk.money.payments.providers.protocol import Answer, Said
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import AttemptState, Direction, PaymentState

PAUSES = tuple(timedelta(seconds=s) for s in (15, 30, 60, 120, 300, 900, 3600))
# A question may overtake the order that it asks about.
BELIEVE_NOT_FOUND_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt as far as deciding needs it; `amount` in minor units, `queries` asked so far,
    the one just answered included. `reason` and `facts`: what the payment says of itself now."""

    id: UUID
    payment: UUID
    amount: int
    currency: str
    shown: Mapping[str, Any]
    started_at: datetime
    queries: int
    provider: str = "simulated"
    direction: Direction = Direction.CHARGE
    reason: Reason | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def pause(queries: int) -> timedelta:
    """How long to wait before asking again, after `queries` questions: growing, never ending."""
    return PAUSES[min(queries, len(PAUSES) - 1)]


def settlement(
    tried: Tried,
    answer: Answer | None,
    at: datetime,
    *,
    asked_again: bool = False,
    notification: UUID | None = None,
) -> Settlement:
    """What to record of a provider's answer; None is the silence after an order or a query."""
    settled = _unknown(tried, answer, at) if answer is None else _answered(tried, answer, at)
    no_news = settled.state is PaymentState.PROCESSING and settled.reason is None
    if no_news and asked_again and tried.direction is Direction.CHARGE:
        settled = _unknown(tried, answer, at)
    return replace(
        settled,
        response_code=answer.code if answer else "",
        reference=answer.reference if answer else "",
        checks=dict(answer.checks) if answer else {},
        action=dict(answer.action) if answer else {},
        asked_again=asked_again,
        notification=notification,
    )


def _answered(tried: Tried, answer: Answer, at: datetime) -> Settlement:
    again = at + pause(tried.queries)
    match answer.said:
        case Said.PAID | Said.RETURNED if not _is_of(tried, answer):
            return _differs(tried, answer)
        case Said.PAID:
            # Asked again should the wallet not be able to take it yet.
            return _of(tried, PaymentState.SUCCEEDED, AttemptState.PAID, query_at=again)
        case Said.REFUSED | Said.RETURNED:
            undecided = _means(tried, answer).retry is Retry.ASK  # an error, and no outcome
            return (_unknown if undecided else _refused)(tried, answer, at)
        case Said.REQUIRES_ACTION if tried.direction is Direction.CHARGE and _is_card(tried):
            return _of(
                tried,
                PaymentState.REQUIRES_ACTION,
                AttemptState.REQUIRES_ACTION,
                Reason.VERIFICATION_UNFINISHED,
                {"code": answer.code, **_card(tried)},
                query_at=again,
            )
        case Said.WAITING | Said.REQUIRES_ACTION:
            return _waiting(tried, answer, again)
        case Said.NOT_FOUND:
            return _not_found(tried, answer, at)


def _is_of(tried: Tried, answer: Answer) -> bool:
    return (answer.amount, answer.currency) == (tried.amount, tried.currency)


def _refused(tried: Tried, answer: Answer, at: datetime) -> Settlement:
    """The provider will not, or the other side's bank sent it back: with its code's meaning."""
    standard = _means(tried, answer)
    reason = standard.reason
    if answer.said is Said.RETURNED:
        payout = tried.direction is Direction.PAYOUT
        reason = Reason.BANK_RETURNED if payout else Reason.REFUND_ROUTE_GONE
    facts = {
        "code": answer.code,
        "provider": tried.provider,
        "checks": dict(answer.checks),
        **_card(tried),
        **standard.facts,
        **_proof(reason, tried, at),
    }
    if not standard.known:
        facts["unlisted"] = True
    return _of(tried, PaymentState.FAILED, AttemptState.REFUSED, reason, facts)


def _means(tried: Tried, answer: Answer) -> codes.Standard:
    return codes.standard(tried.provider, tried.direction, answer.code)


def _is_card(tried: Tried) -> bool:
    """Whether what a payer has to do is a card's verification, not another app's payment."""
    return str(tried.shown.get("kind", "card")) == "card"


def _proof(reason: Reason, tried: Tried, at: datetime) -> dict[str, Any]:
    """What else a reason is shown with."""
    match reason:
        case Reason.ORDER_CLOSED:
            return {"order": str(tried.payment), "closed_at": at.isoformat()}
        case Reason.MERCHANT_SHORT:
            return {"amount": tried.amount, "currency": tried.currency}
        case Reason.BANK_NOT_SERVED:
            shown = tried.shown
            return {"country": shown.get("country", ""), "bank": shown.get("name", "")}
        case Reason.BANK_RETURNED:
            return {
                "returned_at": at.isoformat(),
                "amount": tried.amount,
                "currency": tried.currency,
            }
        case _:
            return {}


def _waiting(tried: Tried, answer: Answer, again: datetime) -> Settlement:
    """Not decided yet. Money on its way out keeps the reason it has, such as a cut-off."""
    reason, facts = tried.reason, dict(tried.facts)
    if tried.direction is Direction.CHARGE:
        entering = (
            _means(tried, answer).reason is Reason.PAYER_ENTERING
            or answer.said is Said.REQUIRES_ACTION  # to be opened in the payer's own app
            or (not _is_card(tried) and tried.reason is Reason.PAYER_ENTERING)
        )
        reason = Reason.PAYER_ENTERING if entering else None
        facts = {"code": answer.code} if entering else {}
    elif reason is Reason.OUTCOME_UNKNOWN:
        reason, facts = None, {}
    return _of(tried, PaymentState.PROCESSING, AttemptState.UNKNOWN, reason, facts, query_at=again)


def _differs(tried: Tried, answer: Answer) -> Settlement:
    """Another amount than ordered came, left or came back: a person looks, nothing is asked or
    credited by itself."""
    facts = {
        "ordered": tried.amount,
        "notified": answer.amount,
        "currency": tried.currency,
        "notified_currency": answer.currency,
    }
    return _of(tried, PaymentState.PROCESSING, AttemptState.UNKNOWN, Reason.AMOUNT_DIFFERS, facts)


def _not_found(tried: Tried, answer: Answer, at: datetime) -> Settlement:
    """The provider never heard of it: nothing was moved, once it can't be on its way any more."""
    if at - tried.started_at < BELIEVE_NOT_FOUND_AFTER:
        return _unknown(tried, answer, at)
    facts = {"code": answer.said.value, **_card(tried)}
    return _of(tried, PaymentState.FAILED, AttemptState.REFUSED, Reason.PROVIDER_DOWN, facts)


def _unknown(tried: Tried, answer: Answer | None, at: datetime) -> Settlement:
    again = at + pause(tried.queries)
    facts = {
        "since": tried.started_at.isoformat(),
        "asked": tried.queries,
        "next": again.isoformat(),
        "provider_says": answer.said.value if answer else "",
    }
    return _of(
        tried,
        PaymentState.UNKNOWN,
        AttemptState.UNKNOWN,
        Reason.OUTCOME_UNKNOWN,
        facts,
        query_at=again,
    )


def _card(tried: Tried) -> dict[str, Any]:
    return {"last4": tried.shown.get("last4", ""), "expires": tried.shown.get("expires", "")}


def _of(
    tried: Tried,
    state: PaymentState,
    attempt: AttemptState,
    reason: Reason | None = None,
    facts: dict[str, Any] | None = None,
    *,
    query_at: datetime | None = None,
) -> Settlement:
    return Settlement(
        payment=tried.payment,
        attempt=tried.id,
        state=state,
        attempt_state=attempt,
        reason=reason,
        facts=facts or {},
        query_at=query_at,
    )
