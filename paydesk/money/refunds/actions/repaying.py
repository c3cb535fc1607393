"""Giving money back: the plan of a refund by either way, and its submission.

By the original way through a provider the money is held first and leaves when the provider says
that it gave it back. Who may ask for that is decided by the caller.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes
from paydesk.money.payments.actions import across, asking
from paydesk.money.payments.actions.settle import send
from paydesk.money.payments.checks import CanReceive, CanSend, Check, RefundRoom
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.plans import NewAttempt, NewPayment, Outcome, Plan
from paydesk.money.payments.providers import registry
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.states import Direction, PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.money.refunds import queries, rules
from paydesk.money.refunds.rules import Route

FIRST_QUERY = timedelta(seconds=30)


class NotRefundable(ValueError):
    """Only a purchase, a transfer, a remittance or a top-up that succeeded goes back, and only
    where it can."""


@dataclass(frozen=True, slots=True)
class Repayment:
    """What is to go back. `unapproved`: as in plans.RefundRoom."""

    original: Payment
    amount: int
    route: Route
    actor: Actor
    key: str
    note: str = ""
    purpose: str = ""
    unapproved: int | None = None
    approval: UUID | None = None


def refund_purchase(
    *,
    original: Payment,
    amount: int,
    actor: Actor,
    key: str,
    note: str = "",
    to: Route | None = None,
) -> Outcome:
    """Give `amount` minor units of a purchase back on the merchant's word; may be done again, up
    to what was taken.

    `original` is a succeeded PURCHASE; that it is the caller's own merchant's is the caller's to
    check. By the original way unless `to` says Route.WALLET. The outcome's state is succeeded;
    or processing or unknown, and the provider is asked until it is known; or failed with reason
    refund_too_much (row 45), refund_too_late (46), refund_route_gone (47), merchant_short (48).
    Raises NotRefundable, plans.RequestConflict, plans.InsideTransaction, ValueError for an
    amount that is not positive.
    """
    if original.kind != PaymentKind.PURCHASE:
        raise NotRefundable(original.number)
    return repay(Repayment(original, amount, to or Route.ORIGINAL, actor, key, note))


def repay(wish: Repayment) -> Outcome:
    """Submit the refund, and ask the provider for it where one has to give it back. Errors and
    outcomes as in `refund_purchase`; also rows 1 and 2 where a customer has to pay, and row 36 for
    a remittance, of which its recipient gives a share in the currency that it brought."""
    if wish.original.kind == PaymentKind.REMITTANCE:
        return across.submit_anew(lambda: plan_repayment(wish))
    plan = plan_repayment(wish)
    outcome = submit(plan)
    assert isinstance(plan.subject, NewPayment)
    attempt = plan.subject.attempt
    if attempt is None or outcome.repeated or outcome.state is not PaymentState.PROCESSING:
        return outcome
    return send(attempt.id, wish.actor)


def plan_repayment(wish: Repayment) -> Plan:
    """The plan that `repay` submits."""
    original, brand = wish.original, profiles.get(wish.original.brand)
    asking.check_amount(wish.amount, brand, original.currency)
    charge = queries.charge_of(original)
    _check_possible(wish, charge)
    by_provider = charge if charge and wish.route is Route.ORIGINAL else None
    new = _new(wish, by_provider)
    if original.kind == PaymentKind.REMITTANCE:
        before, room = across.begun(original), RefundRoom(original.id, wish.unapproved)
        return across.plan(original, new, wish.actor, before=before, checks=(room,))
    if by_provider and (closed := _closed(original, by_provider)):
        return Plan(brand.code, wish.actor, new, refusal=closed)
    source, target, locked = _accounts(original, by_provider)
    checks: list[Check] = [RefundRoom(original.id, wish.unapproved)]
    if original.kind != PaymentKind.PURCHASE:
        giver = original.payee_id
        assert giver
        checks.append(CanSend(source, giver))
    if by_provider is None:
        assert original.payer_id
        checks.append(CanReceive(target, original.payer_id))
    kind = Kind.HOLD if by_provider else Kind.PLAIN
    short = ((source, Reason.MERCHANT_SHORT),) if original.merchant_id else ()
    return Plan(
        brand.code,
        wish.actor,
        new,
        locked,
        tuple(checks),
        (Item(new.id, kind, source, target, wish.amount, codes.REFUND),),
        shortfalls=short,
    )


def _check_possible(wish: Repayment, charge: Attempt | None) -> None:
    original = wish.original
    possible = original.state == PaymentState.SUCCEEDED and original.kind in rules.ASKABLE
    if original.kind == PaymentKind.TOPUP and (charge is None or wish.route is Route.WALLET):
        possible = False  # it is in the wallet already
    if not possible:
        raise NotRefundable(original.number)


def _closed(original: Payment, charge: Attempt) -> Refusal | None:
    """Why it can't go back the way it came: the provider takes nothing back (row 47), or the
    brand's window for the method, or the provider's where that is shorter, is over (row 46)."""
    if not registry.get(charge.provider).capabilities.refunds:
        return Refusal(Reason.REFUND_ROUTE_GONE, {"code": "not_offered"})
    windows = profiles.get(original.brand).refunds.windows
    days = windows.get(rules.method(charge.shown, charge.provider), max(windows.values()))
    ours = registry.get(charge.provider).capabilities.refund_window
    days = min(days, ours.days) if ours else days
    assert original.booked_at
    if not rules.is_too_late(original.booked_at, clock.now(), days):
        return None
    facts = {"days": days, "paid_at": original.booked_at.isoformat()}
    return Refusal(Reason.REFUND_TOO_LATE, facts)


def _accounts(original: Payment, charge: Attempt | None) -> tuple[UUID, UUID, tuple[UUID, ...]]:
    """Out of which account into which, and those to lock."""
    sides = [side for side in (original.payer, original.payee, original.merchant) if side]
    known = accounts.chart(original.brand, *{side.id: side for side in sides}.values())
    if original.merchant:
        source = known.merchant(original.merchant, original.currency)
    else:
        assert original.payee
        source = known.wallet(original.payee, original.currency)
    if charge:
        target = known.clearing(original.currency, charge.provider)
    else:
        assert original.payer
        target = known.wallet(original.payer, original.currency)
    return source, target, (source, target)


def _new(wish: Repayment, charge: Attempt | None) -> NewPayment:
    original = wish.original
    content = {
        "kind": "refund",
        "original": str(original.id),
        "amount": wish.amount,
        "route": wish.route.value,
    }
    back_to = original.payee_id if original.kind == PaymentKind.TOPUP else original.payer_id
    return NewPayment(
        id=ids.uuid7(),
        number=asking.public_number(),
        kind=PaymentKind.REFUND,
        amount=wish.amount,
        currency=original.currency,
        asked=asking.asked(wish.actor, wish.key, content),
        payer=None if original.merchant_id else original.payee_id,
        payee=back_to,
        merchant=original.merchant_id,
        purpose=wish.purpose,
        details={"route": wish.route.value},
        method={"token": charge.token} | charge.shown if charge else {},
        note=asking.clean_note(wish.note),
        original=original.id,
        approval=wish.approval,
        state=PaymentState.PROCESSING if charge else PaymentState.SUCCEEDED,
        attempt=_attempt(charge) if charge else None,
    )


def _attempt(charge: Attempt) -> NewAttempt:
    return NewAttempt(
        id=ids.uuid7(),
        provider=charge.provider,
        token=charge.token,
        shown=charge.shown,
        query_at=clock.now() + FIRST_QUERY,
        direction=Direction.REFUND,
    )
