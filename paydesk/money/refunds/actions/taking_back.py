"""Money held at whoever got it, until somebody decides whether it goes back: for a dispute the
payer's bank, for a recall a supervisor. The held money is a refund that waits.

For this package's actions only.
"""

from typing import Any
from uuid import UUID

from paydesk.kit import ids
from paydesk.kit.actors import Actor
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import codes
from paydesk.money.payments.actions import asking, review
from paydesk.money.payments.checks import Check, RefundRoom
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan, Settlement
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit


def hold_back(
    original: Payment,
    *,
    amount: int,
    source: UUID,
    target: UUID,
    purpose: str,
    reason: Reason,
    facts: dict[str, Any],
    actor: Actor,
) -> Outcome:
    """Hold `amount` minor units of a payment where they went; `reason` says why it waits.

    The same purpose holds once. A refusal (rows 1, 2, 28, 45, 48) is recorded as a failed refund.
    """
    new = _new(original, amount, purpose, actor, purpose, PaymentState.PROCESSING, reason, facts)
    item = Item(new.id, Kind.HOLD, source, target, amount, codes.REFUND)
    short = ((source, Reason.MERCHANT_SHORT),) if original.merchant_id else ()
    checks: tuple[Check, ...] = (RefundRoom(original.id, None),)
    plan = Plan(original.brand, actor, new, (source, target), checks, (item,), shortfalls=short)
    return submit(plan)


def take(
    original: Payment, *, amount: int, source: UUID, target: UUID, purpose: str, actor: Actor
) -> Outcome:
    """Move the money (`amount`: minor units of the original's currency) at once, where nothing was
    held and it has to go back all the same. Raises plans.RequestConflict,
    plans.InsideTransaction."""
    key = f"{purpose}:late"
    new = _new(original, amount, purpose, actor, key, PaymentState.SUCCEEDED, None, {})
    item = Item(new.id, Kind.PLAIN, source, target, amount, codes.REFUND)
    checks = (RefundRoom(original.id, None),)
    return submit(Plan(original.brand, actor, new, (source, target), checks, (item,)))


def end(payment: Payment, *, give_back: bool, actor: Actor, facts: dict[str, Any]) -> Outcome:
    """Let what is held go back to the payer's side, or leave it where it went. Idempotent."""
    held = review.holds_of(payment)
    said = Settlement(
        payment=payment.id,
        attempt=None,
        state=PaymentState.SUCCEEDED if give_back else PaymentState.CANCELLED,
        attempt_state=None,
        reason=None if give_back else Reason(payment.reason),
        facts={**payment.facts, **facts},
    )
    items = review.endings(payment, held, Kind.POST if give_back else Kind.VOID)
    locked = tuple({account: None for one in items for account in (one.debit, one.credit)})
    return submit(Plan(payment.brand, actor, said, locked, items=items))


def _new(
    original: Payment,
    amount: int,
    purpose: str,
    actor: Actor,
    key: str,
    state: PaymentState,
    reason: Reason | None,
    facts: dict[str, Any],
) -> NewPayment:
    content = {"kind": "taken_back", "original": str(original.id), "amount": amount}
    return NewPayment(
        id=ids.uuid7(),
        number=asking.public_number(),
        kind=PaymentKind.REFUND,
        amount=amount,
        currency=original.currency,
        asked=asking.asked(actor, key[:64], content),
        payer=None if original.merchant_id else original.payee_id,
        payee=original.payer_id,
        merchant=original.merchant_id,
        purpose=purpose,
        original=original.id,
        state=state,
        reason=reason,
        facts=facts,
    )
