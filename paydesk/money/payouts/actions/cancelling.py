"""Taking a withdrawal back while it was not sent: the hold and the fee's hold are released.

The intent commits first, so that a crash between it and the release is made good by `finish_due`
and nothing can be sent meanwhile.
"""

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.kit.sweeping import each
from paydesk.money.ledger.rules import Kind
from paydesk.money.payments.actions.review import endings, holds_of
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome, Plan, Settlement
from paydesk.money.payments.states import PaymentState
from paydesk.money.payments.submit import submit
from paydesk.money.payouts.models import Withdrawal
from paydesk.money.payouts.rules import WithdrawalState

BATCH = 50


class NotCancellable(ValueError):
    """It is with the bank already, or over."""


def cancel(withdrawal: Withdrawal, *, actor: Actor) -> Outcome:
    """Take a waiting withdrawal back; the wallet has all of it again. Raises NotCancellable."""
    _intend(withdrawal, actor)
    return _finish(withdrawal, actor)


def finish_due() -> int:
    """Finish what was begun to be taken back; answers how many."""
    left = Withdrawal.objects.select_related("payment").filter(state=WithdrawalState.CANCELLING)
    return each(lambda one: _finish(one, SYSTEM(one.brand)).state, left[:BATCH])


@transaction.atomic
def _intend(withdrawal: Withdrawal, actor: Actor) -> None:
    taken = Withdrawal.objects.filter(
        payment_id=withdrawal.payment_id,
        state=WithdrawalState.WAITING,
        payment__state=PaymentState.PROCESSING,
    )
    # One statement decides between this and whoever sends: the loser sees another state.
    if not Withdrawal.objects.filter(
        payment_id__in=taken.values("payment_id"), state=WithdrawalState.WAITING
    ).update(state=WithdrawalState.CANCELLING):
        raise NotCancellable(withdrawal.payment.number)
    audit.record(
        brand=withdrawal.brand,
        actor=actor,
        action="payouts.cancel",
        subject=f"payment:{withdrawal.payment_id}",
    )


def _finish(withdrawal: Withdrawal, actor: Actor) -> Outcome:
    payment = Payment.objects.get(id=withdrawal.payment_id)
    said = Settlement(
        payment=payment.id,
        attempt=None,
        state=PaymentState.CANCELLED,
        attempt_state=None,
    )
    held = holds_of(payment)
    locked = tuple({side: None for one in held for side in (one.debit_id, one.credit_id)})
    items = endings(payment, held, Kind.VOID)
    outcome = submit(Plan(payment.brand, actor, said, locked, items=items))
    Withdrawal.objects.filter(payment=payment, state=WithdrawalState.CANCELLING).update(
        state=WithdrawalState.CANCELLED
    )
    withdrawal.state = WithdrawalState.CANCELLED
    return outcome
