"""Turns an attempt into what its provider is asked. Reads only; decides nothing."""

from typing import Any

from paydesk.money.payments.models import Attempt
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import Order, Original, Terms
from paydesk.money.payments.states import AttemptState, Direction


def of_attempt(attempt: Attempt) -> Order:
    """The order of a committed attempt. Its payment must be loaded."""
    return Order(
        reference=attempt.id,
        brand=attempt.brand,
        token=attempt.token,
        amount=attempt.amount,
        currency=attempt.currency,
        terms=_terms(attempt.terms),
        notify_url=registry.hook_address(attempt.provider, attempt.brand),
        started_at=attempt.started_at,
        provider_reference=attempt.provider_reference,
        original=_original(attempt) if attempt.direction == Direction.REFUND else None,
    )


def _terms(kept: dict[str, Any]) -> Terms:
    return Terms(
        description=kept.get("description", ""),
        return_url=kept.get("return_url", ""),
        client_ip=kept.get("client_ip", ""),
        destination=kept.get("destination", {}),
    )


def _original(refund: Attempt) -> Original | None:
    """The charge that a refund gives back: the paid one of the payment refunded; for money that
    came without being credited, of the refund's own payment."""
    payment = refund.payment.original_id or refund.payment_id
    charge = (
        Attempt.objects.filter(
            payment_id=payment, direction=Direction.CHARGE, provider=refund.provider
        )
        .exclude(state=AttemptState.STARTED)
        .order_by("-number")
        .first()
    )
    if charge is None:
        return None
    return Original(
        reference=charge.id,
        provider_reference=charge.provider_reference,
        amount=charge.amount,
        currency=charge.currency,
        started_at=charge.started_at,
    )
