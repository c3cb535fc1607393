"""Notifications of providers: stored once exactly as they came, believed only if they prove
themselves, applied once in whatever order they arrive."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.kit import clock, ids, reactions
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments.actions.settle import settle
from paydesk.money.payments.models import Attempt, ProviderNotification
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import (
    About,
    NotificationProblem,
    NotificationRefused,
    Said,
    Told,
)
from paydesk.money.payments.states import FINISHED, Direction, PaymentState

MAX_BYTES = 64 * 1024
CONTRADICTS = "contradicts"
"""Result of a notification that says paid about a payment that is recorded as failed."""
DIFFERS = "amount_differs"
"""Result of one that says another amount came back than had gone out: nobody is credited."""
MOST_REFUSED = 60
"""How many refused deliveries a minute are kept per brand; a flood of them proves nothing more."""
MOST_STRAY, STRAY_BYTES = 10, 4096
"""As many, and as long, of those that name no payment of ours and prove nothing: anybody could
send them all day."""
UNPROVED = frozenset({NotificationProblem.UNSIGNED, NotificationProblem.BAD_SIGNATURE})
_DIRECTIONS = {
    About.CHARGE: Direction.CHARGE,
    About.PAYOUT: Direction.PAYOUT,
    About.REFUND: Direction.REFUND,
    About.DISPUTE: Direction.CHARGE,
}


class Received(StrEnum):
    """What became of a delivery."""

    APPLIED = "applied"
    REPEATED = "repeated"  # known already: nothing was done
    REFUSED = "refused"  # not believed: stored, and the provider is asked instead


def receive_notification(
    provider: str, brand: str, raw: bytes, headers: Mapping[str, str]
) -> Received:
    """Take one delivery in. Raises registry.UnknownProvider, credentials.NotConfigured, and
    ValueError over MAX_BYTES."""
    if len(raw) > MAX_BYTES:
        raise ValueError("too large for a notification")
    try:
        told = registry.get(provider).read_notification(brand, raw, headers, clock.now())
    except NotificationRefused as refused:
        _store_refused(provider, brand, raw, refused)
        return Received.REFUSED
    notification = _store(provider, brand, raw, told)
    if notification is None:
        return Received.REPEATED
    apply_notification(notification.id)
    return Received.APPLIED


def apply_notification(notification_id: UUID) -> None:
    """Do what a stored, believed notification says. Harmless to repeat."""
    notification = ProviderNotification.objects.get(id=notification_id)
    if notification.applied_at or not notification.verified:
        return
    provider = registry.get(notification.provider)
    told = provider.reread(notification.brand, bytes(notification.raw))
    if told.about is About.NOTHING:
        _mark(notification_id, None, "nothing")
        return
    attempt = _attempt_of(notification, told)
    if attempt is None:
        _mark(notification_id, None, "unknown_reference")
    elif told.about is About.DISPUTE:
        _disputed(notification_id, attempt, told)
    else:
        _settle(notification_id, attempt, told)


def _settle(notification_id: UUID, attempt: Attempt, told: Told) -> None:
    outcome = settle(attempt, told.answer, SYSTEM(attempt.brand), notification=notification_id)
    if not outcome.repeated:
        return
    said, state = told.answer.said, outcome.state
    if state is PaymentState.SUCCEEDED and said is Said.RETURNED:
        same = (told.answer.amount, told.answer.currency) == (attempt.amount, attempt.currency)
        if same:
            _returned(notification_id, attempt, told)
        else:
            _mark(notification_id, attempt, DIFFERS)
    elif state is PaymentState.FAILED and said is Said.PAID:
        _mark(notification_id, attempt, CONTRADICTS)
    else:
        _mark(notification_id, attempt, "no_news")


def _attempt_of(notification: ProviderNotification, told: Told) -> Attempt | None:
    """The attempt that a notification is about: by our reference, else by the provider's."""
    attempts = Attempt.objects.select_related(
        "payment__payee", "payment__payer", "payment__merchant"
    ).filter(
        brand=notification.brand,
        provider=notification.provider,
        direction=_DIRECTIONS[told.about],
    )
    if told.reference:
        return attempts.filter(id=told.reference).first()
    if not told.answer.reference:
        return None
    return attempts.filter(provider_reference=told.answer.reference).order_by("-number").first()


@transaction.atomic
def _mark(notification_id: UUID, attempt: Attempt | None, result: str) -> bool:
    """Write down, once, what became of a notification that changed no payment; whether it was
    this call that did."""
    marked = ProviderNotification.objects.filter(id=notification_id, applied_at=None).update(
        applied_at=clock.now(), attempt=attempt, result=result
    )
    if marked and attempt and result in {CONTRADICTS, DIFFERS}:
        # Money was moved that our book can't follow by itself: a person must look into it.
        audit.record(
            brand=attempt.brand,
            actor=SYSTEM(attempt.brand),
            action="money.contradiction",
            subject=f"payment:{attempt.payment_id}",
            details={"notification": notification_id, "attempt": attempt.id, "told": result},
        )
    return bool(marked)


@transaction.atomic
def _disputed(notification_id: UUID, attempt: Attempt, told: Told) -> None:
    """Tell whoever keeps disputes, together with the mark that it was told."""
    dispute = told.dispute
    assert dispute
    if _mark(notification_id, attempt, "dispute"):
        reactions.fire(
            "provider.dispute",
            brand=attempt.brand,
            attempt_id=str(attempt.id),
            payment_id=str(attempt.payment_id),
            dispute={
                "id": dispute.id,
                "state": dispute.state.value,
                "reason": dispute.reason,
                "amount": dispute.amount,
                "currency": dispute.currency,
                "due_at": dispute.due_at.isoformat() if dispute.due_at else None,
            },
        )


@transaction.atomic
def _returned(notification_id: UUID, attempt: Attempt, told: Told) -> None:
    """What had gone out came back: whoever sent it puts it where it belongs, after this commit."""
    if _mark(notification_id, attempt, "returned"):
        reactions.fire(
            f"{attempt.direction}.returned",
            attempt_id=str(attempt.id),
            code=told.answer.code,
            amount=told.answer.amount,
            currency=told.answer.currency,
            at=clock.now().isoformat(),
            reference=told.answer.reference,
        )


def _store(provider: str, brand: str, raw: bytes, told: Told) -> ProviderNotification | None:
    """The stored notification, None if it (or its event) is known already."""
    row = _row(provider, brand, raw)
    row.verified, row.event_id = True, told.event_id[:64]
    # One statement, so that two deliveries at once can't both be the first.
    ProviderNotification.objects.bulk_create([row], ignore_conflicts=True)
    return ProviderNotification.objects.filter(id=row.id).first()


@transaction.atomic
def _store_refused(provider: str, brand: str, raw: bytes, refused: NotificationRefused) -> None:
    """Keep what was not believed, and ask the provider about the payment that it names."""
    about = Attempt.objects.none()
    if refused.about:
        about = Attempt.objects.filter(id=refused.about, brand=brand, provider=provider)
    attempt = about.select_related("payment").first()
    row = _row(provider, brand, raw)
    row.verified, row.refusal, row.attempt = False, refused.problem, attempt
    stray = attempt is None and refused.problem in UNPROVED
    most = MOST_STRAY if stray else MOST_REFUSED
    if not (stray and len(raw) > STRAY_BYTES) and _refused_lately(brand) < most:
        ProviderNotification.objects.bulk_create([row], ignore_conflicts=True)
    if attempt and attempt.payment.state not in FINISHED:
        about.update(next_query_at=clock.now())


def _refused_lately(brand: str) -> int:
    """How many were refused within the last minute: ids begin with their milliseconds."""
    since = int((clock.now() - timedelta(minutes=1)).timestamp() * 1000)
    return ProviderNotification.objects.filter(
        id__gte=UUID(int=since << 80), brand=brand, verified=False
    ).count()


def _row(provider: str, brand: str, raw: bytes) -> ProviderNotification:
    return ProviderNotification(
        id=ids.uuid7(),
        brand=brand,
        provider=provider,
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        received_at=clock.now(),
    )
