"""Trying a failed payment again: a new payment on the same terms, linked to the failed one."""

from paydesk.kit.actors import Actor
from paydesk.money.payments import charging, queries
from paydesk.money.payments.actions.topup import topup
from paydesk.money.payments.actions.transfer import transfer
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.states import PaymentKind, PaymentState


class NotRetriable(ValueError):
    """Only a failed top-up or transfer to a known recipient can be tried again as it was, and
    only until one of the tries has succeeded."""


def is_retriable(payment: Payment) -> bool:
    """Whether `retry` takes the payment."""
    if payment.state != PaymentState.FAILED or queries.retried_by(payment):
        return False
    if payment.kind == PaymentKind.TRANSFER:
        return payment.payee_id is not None and payment.payee_id != payment.payer_id
    return payment.kind == PaymentKind.TOPUP and bool(payment.method)


def retry(
    payment: Payment, *, actor: Actor, key: str, client_version: str = "", again: bool = False
) -> Outcome:
    """Ask for the same once more. Raises NotRetriable, and whatever `transfer` or `topup` raises.

    `again`: as in `transfer`, for a payment that was stopped as a duplicate.
    """
    if not is_retriable(payment):
        raise NotRetriable(payment.number)
    if payment.kind == PaymentKind.TRANSFER:
        assert payment.payer
        assert payment.payee
        return transfer(
            payer=payment.payer,
            recipient=payment.payee,
            amount=payment.amount,
            currency=payment.currency,
            actor=actor,
            key=key,
            note=payment.note,
            client_version=client_version,
            again=again,
            retry_of=payment,
        )
    assert payment.payee
    return topup(
        customer=payment.payee,
        means=charging.of_method(payment.method),
        amount=payment.amount,
        currency=payment.currency,
        actor=actor,
        key=key,
        client_version=client_version,
        retry_of=payment,
    )
