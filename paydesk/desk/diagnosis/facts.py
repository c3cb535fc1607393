"""Collects what is on record about a payment. Reads only; draws no conclusion."""

from paydesk.desk.diagnosis.shapes import Facts, HoldFact, NoticeFact, Party
from paydesk.money.merchants import queries as merchants
from paydesk.money.payments.actions.notify import CONTRADICTS
from paydesk.money.payments.models import Attempt, Hold, Payment, ProviderNotification
from paydesk.money.payments.reasons import Reason
from paydesk.people.models import Customer
from paydesk.status import queries as status


def collect(payment: Payment) -> Facts:
    """The facts of a payment as they stand now."""
    attempt = max(payment.attempts.all(), key=lambda one: one.number, default=None)
    told = _told(attempt)
    return Facts(
        number=payment.number,
        kind=payment.kind,
        state=payment.state,
        reason=payment.reason,
        amount=payment.taken,
        currency=payment.currency,
        asked_at=payment.created_at,
        finished_at=payment.finished_at,
        recorded=payment.facts,
        received_currency=payment.received_currency,
        payer=_party(payment.payer),
        payee=_party(payment.payee),
        recipient_shown=payment.recipient_shown,
        method=payment.method,
        response_code=attempt.response_code if attempt else "",
        provider_reference=attempt.provider_reference if attempt else "",
        queries=attempt.queries if attempt else 0,
        next_query_at=attempt.next_query_at if attempt else None,
        holds=_holds(payment),
        notice=_notice(payment),
        rejected=tuple(refusal for refusal, _ in told if refusal),
        contradicted=any(result == CONTRADICTS for _, result in told),
    )


def _party(customer: Customer | None) -> Party | None:
    if customer is None:
        return None
    return Party(merchants.shown_name(customer), customer.name, customer.number)


def _holds(payment: Payment) -> tuple[HoldFact, ...]:
    """The holds on the payer's money that stood when the payment was refused."""
    if payment.reason != Reason.BALANCE_HELD or payment.payer_id is None:
        return ()
    at = payment.created_at
    found = Hold.objects.filter(
        customer_id=payment.payer_id, currency=payment.gave[1], placed_at__lte=at
    ).exclude(ended_at__lte=at)
    return tuple(
        HoldFact(hold.amount, hold.reason, hold.expires_at)
        for hold in found.order_by("expires_at", "id")
    )


def _notice(payment: Payment) -> NoticeFact | None:
    if payment.notice_id is None:
        return None
    notice = status.notice(payment.brand, str(payment.notice_id))
    if notice is None:
        return None
    return NoticeFact(
        kind=notice.kind,
        title_zh=notice.title_zh,
        title_en=notice.title_en,
        since=notice.starts_at,
        until=notice.ends_at,
    )


def _told(attempt: Attempt | None) -> list[tuple[str, str]]:
    """What was delivered about an attempt: why it was not believed, and what became of it."""
    if attempt is None:
        return []
    found = ProviderNotification.objects.filter(attempt=attempt).order_by("received_at")
    return list(found.values_list("refusal", "result"))
