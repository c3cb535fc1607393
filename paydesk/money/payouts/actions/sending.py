"""Hands withdrawals to the provider once their time has come. Claims first, asks afterwards.

The attempt is written before anything is asked, so a crash in between is found by the questions
that payments asks about every attempt, and nothing is sent twice: the claim and the attempt are
one transaction, and the provider knows the attempt's id.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.kit.sweeping import each
from paydesk.money.payments.actions import settle
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.reviewing import REVIEWED, waits_for_review
from paydesk.money.payments.states import AttemptState, Direction, PaymentState
from paydesk.money.payouts import channel
from paydesk.money.payouts.models import Withdrawal
from paydesk.money.payouts.rules import WithdrawalState

BATCH = 50
FIRST_QUERY = timedelta(minutes=2)  # when the answer to the sending itself got lost


def send_due() -> int:
    """Send what is due now; answers how many were handed over."""
    due = (
        Withdrawal.objects.filter(
            state=WithdrawalState.WAITING,
            goes_out_at__lte=clock.now(),
            payment__state=PaymentState.PROCESSING,
        )
        .exclude(payment__reason__in=REVIEWED)
        .order_by("goes_out_at")
        .values_list("payment_id", flat=True)[:BATCH]
    )
    return each(_send, list(due))


def _send(payment_id: UUID) -> bool:
    """Raises whatever went wrong: the next look at the attempt, or the next turn, goes on."""
    attempt = _claim(payment_id)
    if attempt is None:
        return False
    settle.send(attempt.id, SYSTEM(attempt.brand))
    return True


@transaction.atomic
def _claim(payment_id: UUID) -> Attempt | None:
    """The attempt to send, None if somebody else has it, it was taken back or is looked into.

    The payment is locked first, as whoever settles it does: nobody decides it meanwhile.
    """
    payments = Payment.objects.select_for_update(skip_locked=True, no_key=True)
    payment = payments.filter(id=payment_id, state=PaymentState.PROCESSING).first()
    if payment is None or waits_for_review(payment):
        return None
    row = (
        Withdrawal.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("bank_account")
        .filter(payment_id=payment_id, state=WithdrawalState.WAITING)
        .first()
    )
    if row is None:
        return None
    now = clock.now()
    attempt = Attempt.objects.create(
        id=ids.uuid7(),
        brand=payment.brand,
        payment=payment,
        number=1,
        provider=channel.provider(payment.brand),
        direction=Direction.PAYOUT,
        token=channel.token(row.bank_account),
        shown=channel.shown(row.bank_account),
        terms=channel.terms(row.bank_account, payment.number),
        amount=payment.amount,
        currency=payment.currency,
        state=AttemptState.STARTED,
        client_version=payment.client_version,
        notice_id=payment.notice_id,
        started_at=now,
        next_query_at=now + FIRST_QUERY,
    )
    row.state, row.sent_at, row.attempt_id = WithdrawalState.SENDING, now, attempt.id
    row.save(update_fields=["state", "sent_at", "attempt_id"])
    return attempt
