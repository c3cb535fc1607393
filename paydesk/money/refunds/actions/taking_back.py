"""Money held at whoever got it, until somebody decides whether it goes back: for a dispute the
payer's bank, for a recall a supervisor. The held money is a refund that waits.

For this package's actions only.
"""

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from paydesk.kit import ids
from paydesk.kit.actors import Actor
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import codes
from paydesk.money.payments.actions import across, asking, review
from paydesk.money.payments.checks import CanReceive, CanSend, Check, Once, RefundRoom
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
    instead: tuple[str, ...] = (),
) -> Outcome:
    """Hold `amount` minor units of a payment where they went; `reason` says why it waits.

    The same purpose holds once, and not beside one of the purposes `instead`. A refusal (rows 1, 2,
    28, 45, 48) is recorded as a failed refund; asked again later, it is tried anew.
    """
    key = _key(f"{purpose}:{amount}", purpose)
    new = _new(original, amount, purpose, actor, key, PaymentState.PROCESSING, reason, facts)
    item = Item(new.id, Kind.HOLD, source, target, amount, codes.REFUND)
    short = ((source, Reason.MERCHANT_SHORT),) if original.merchant_id else ()
    plan = Plan(
        original.brand,
        actor,
        new,
        (source, target),
        _checks(original, purpose, *instead),
        (item,),
        shortfalls=short,
    )
    return submit(plan)


def hold_across(
    original: Payment,
    *,
    amount: int,
    purpose: str,
    reason: Reason,
    facts: dict[str, Any],
    actor: Actor,
) -> Outcome:
    """As `hold_back`, of a remittance: its recipient's share of `amount` (minor units of what was
    paid), and as much of that in liquidity, so that both legs can move whatever is decided. Rows 1,
    2, 28, 36, 45."""

    def plan() -> Plan:
        key = _key(f"{purpose}:{amount}", purpose)
        new = _new(original, amount, purpose, actor, key, PaymentState.PROCESSING, reason, facts)
        before, checks = across.begun(original), _checks(original, purpose)
        return across.plan(original, new, actor, before=before, checks=checks, held=True)

    return across.submit_anew(plan)


def take(
    original: Payment,
    *,
    amount: int,
    source: UUID,
    target: UUID,
    purpose: str,
    actor: Actor,
    instead: tuple[str, ...] = (),
    from_house: bool = False,
) -> Outcome:
    """Move the money (`amount`: minor units of the original's currency) at once, where nothing was
    held and it has to go back all the same; once for a purpose, `instead` and a refusal as in
    `hold_back`. `from_house`: `source` is the house's, so that the payment names no other payer.
    Raises plans.InsideTransaction."""
    key = _key(f"{purpose}:late:{amount}", purpose)
    new = _new(original, amount, purpose, actor, key, PaymentState.SUCCEEDED, None, {})
    if from_house:
        new = replace(new, payer=None, merchant=None, facts={"borne_by": "house"})
    item = Item(new.id, Kind.PLAIN, source, target, amount, codes.REFUND)
    checks = _checks(original, purpose, *instead)
    short = ((source, Reason.MERCHANT_SHORT),) if new.merchant else ()
    plan = Plan(original.brand, actor, new, (source, target), checks, (item,), shortfalls=short)
    return submit(plan)


def end(
    payment: Payment,
    *,
    give_back: bool,
    actor: Actor,
    facts: dict[str, Any],
    to: UUID | None = None,
) -> Outcome:
    """Let what is held go back to the payer's side, or leave it where it went. Idempotent.

    `to`: the customer into whose wallet it goes back. While a wallet is frozen that gives or gets
    it, the outcome is still processing, with the reason.
    """
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
    # Asked before the ledger is: that would keep its refusal, and answer it again later.
    checks: list[Check] = []
    if give_back and payment.payer_id:
        # Of a remittance the first leg is the payer's, out of liquidity, the last its recipient's.
        checks.append(CanSend(items[-1].debit, payment.payer_id))
    if give_back and to:
        checks.append(CanReceive(items[0].credit, to))
    return submit(Plan(payment.brand, actor, said, locked, tuple(checks), items))


def _key(base: str, purpose: str) -> str:
    """A key of its own for the try after a refused one, which would answer its refusal for ever.
    Two who try the same at once have the same key, so that it is one try."""
    refused = Payment.objects.filter(purpose=purpose, state=PaymentState.FAILED).count()
    return f"{base}:{refused}" if refused else base


def _checks(original: Payment, *purposes: str) -> tuple[Check, ...]:
    """Who read the number of tries before another's try has another key: `Once` stops him, where
    there is room for both in the original. All of a purpose lock the account it goes to."""
    return (RefundRoom(original.id, None), *(Once(one) for one in purposes))


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
        asked=asking.asked(actor, key, content),
        payer=None if original.merchant_id else original.payee_id,
        # What was paid back by bank is nobody's here.
        payee=None if original.kind == PaymentKind.WITHDRAWAL else original.payer_id,
        merchant=original.merchant_id,
        purpose=purpose,
        original=original.id,
        state=state,
        reason=reason,
        facts=facts,
    )
