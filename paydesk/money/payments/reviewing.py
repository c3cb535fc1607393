"""Payments that wait for a person, and the end of their reviews in risk's queue.

Runs inside submit, in the transaction that changes the payment: so nothing that is decided,
taken back or over stays in the queue.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Settlement
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.payments.writing import Decided
from paydesk.money.risk import recording
from paydesk.money.risk.models import ReviewState
from paydesk.money.risk.recording import Closing

REVIEWED = frozenset({Reason.FRAUD_SCREEN, Reason.SPEED_RULE, Reason.SCREENING})
"""Reasons for which a payment waits for a person."""


def waits_for_review(payment: Payment) -> bool:
    """Whether a person has to decide about the payment."""
    return payment.state == PaymentState.PROCESSING and payment.reason in REVIEWED


def waiting(payments: Iterable[Payment]) -> frozenset[UUID]:
    """Those of the payments about which a person has to decide."""
    return frozenset(one.id for one in payments if waits_for_review(one))


def close(
    decided: Sequence[Decided],
    waited: frozenset[UUID],
    payments: Mapping[UUID, Payment],
    at: datetime,
) -> None:
    """Close the reviews of those that `waited` before these plans and do no longer. `payments`:
    the rows as they are now."""
    ended = []
    for one in decided:
        subject = one.plan.subject
        if not isinstance(subject, Settlement) or subject.payment not in waited:
            continue
        payment = payments[subject.payment]
        if not waits_for_review(payment):
            ended.append(Closing(payment.id, _became(payment), one.plan.actor))
    if ended:
        recording.close(ended, at)


def _became(payment: Payment) -> ReviewState:
    """Whoever refuses a payment lets it fail for the reason it waited for."""
    if payment.state in {PaymentState.PROCESSING, PaymentState.SUCCEEDED}:
        return ReviewState.APPROVED
    refused = payment.state == PaymentState.FAILED and payment.reason in REVIEWED
    return ReviewState.REFUSED if refused else ReviewState.ENDED
