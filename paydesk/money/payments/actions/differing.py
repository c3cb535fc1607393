"""Ending a payout or a refund of which a provider told another amount than it was asked for.

Nothing that the provider says counts any more, so a person decides what happened: it was paid, and
the hold is posted as it was asked for; or it was not, and the hold is set free. Above the brand's
limit a second person agrees.
"""

from enum import StrEnum

from msgspec.structs import replace

from paydesk.brands import profiles
from paydesk.kit.actors import Actor
from paydesk.money.payments.actions import settled
from paydesk.money.payments.actions.refund import ApprovalNeeded
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.plans import Outcome, Settlement
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import AttemptState, Direction, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.people.rules import ApprovedDecision, objection_to

END = "reconcile.end"
"""Action code of the approval above the brand's limit; its subject is `subject` of the decision,
so that a yes to one is none to the other."""


class Ending(StrEnum):
    """What a person found out about it."""

    SENT = "sent"  # it was paid out, or given back to the payer
    GIVEN_BACK = "given_back"  # it was not: whose money it is has it again


class NothingToEnd(ValueError):
    """The payment does not wait because of another amount, or pays nothing out."""


def going_out(payment: Payment) -> Attempt | None:
    """The attempt of a payout or refund that waits because another amount was told."""
    if payment.state != PaymentState.PROCESSING or payment.reason != Reason.AMOUNT_DIFFERS:
        return None
    outward = (Direction.PAYOUT, Direction.REFUND)
    found = Attempt.objects.filter(payment=payment, direction__in=outward)
    related = found.select_related("payment__payer", "payment__payee", "payment__merchant")
    return related.order_by("-number").first()


def at_stake(payment: Payment, attempt: Attempt) -> int:
    """Minor units that the decision may cost: what was ordered, or told where that is more."""
    told = int(payment.facts["notified"])
    same = payment.facts["notified_currency"] == attempt.currency
    return max(attempt.amount, told) if same else attempt.amount


def subject(payment: Payment, ending: Ending) -> str:
    """What a second person agrees to."""
    return f"payment:{payment.id}:{ending.value}"


def end(
    payment: Payment,
    ending: Ending,
    *,
    actor: Actor,
    note: str = "",
    approval: ApprovedDecision | None = None,
) -> Outcome:
    """End it as a person found out; the outcome is processing still if the ledger refused.

    Done once, however often it is asked. Whoever calls has checked the permission. `note` is kept
    in the audit. Raises NothingToEnd, ApprovalNeeded, plans.InsideTransaction.
    """
    attempt = going_out(payment)
    if attempt is None:
        raise NothingToEnd(payment.number)
    _check_approval(payment, attempt, ending, approval)
    sent = ending is Ending.SENT
    said = Settlement(
        payment=payment.id,
        attempt=attempt.id,
        state=PaymentState.SUCCEEDED if sent else PaymentState.FAILED,
        # Booked as paid, what the provider's file says of it can be matched.
        attempt_state=AttemptState.PAID if sent else AttemptState.REFUSED,
        reason=None if sent else Reason.AMOUNT_DIFFERS,
        facts={**payment.facts, "decided": ending.value},
        response_code=attempt.response_code,
        checks=attempt.checks,
        only_if=frozenset({Reason.AMOUNT_DIFFERS}),
    )
    return submit(replace(settled.plan(attempt, said, actor), remark=note))


def _check_approval(
    payment: Payment, attempt: Attempt, ending: Ending, approval: ApprovedDecision | None
) -> None:
    limit = profiles.get(payment.brand).limits[attempt.currency].agent_refund
    if approval is None:
        if at_stake(payment, attempt) > limit:
            raise ApprovalNeeded(limit)
        return
    objection = objection_to(
        approval, action=END, subject=subject(payment, ending), since=payment.created_at
    )
    if objection:
        raise ApprovalNeeded(limit, objection)
