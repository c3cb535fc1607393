"""The ledger items that follow from a settled attempt, as a plan. Moves nothing itself.

Money that comes in goes from the provider's clearing account to its target. Money that goes out
was held when it was asked for: the hold is posted, or voided.
"""

from uuid import UUID

from msgspec.structs import replace

from paydesk.kit.actors import Actor
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes, late
from paydesk.money.payments.actions.review import endings, holds_of
from paydesk.money.payments.checks import CanReceive, Check
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.plans import Plan, Settlement
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.states import Direction, PaymentKind, PaymentState

_CODES = {
    PaymentKind.TOPUP: codes.TOPUP,
    PaymentKind.PURCHASE: codes.PURCHASE,
    PaymentKind.BILL: codes.BILL,
    PaymentKind.REMITTANCE: codes.REMITTANCE,
}


def plan(attempt: Attempt, said: Settlement, actor: Actor) -> Plan:
    """What moves because of what a provider said about an attempt."""
    if attempt.direction == Direction.CHARGE:
        return _came_in(attempt, said, actor)
    return _went_out(attempt, said, actor)


def _came_in(attempt: Attempt, said: Settlement, actor: Actor) -> Plan:
    payment = attempt.payment
    sides = [side for side in (payment.payee, payment.merchant) if side]
    known = accounts.chart(attempt.brand, *sides)
    if payment.merchant and payment.merchant.closed_at:
        return _to_nobody(attempt, said, actor, Reason.RECIPIENT_CLOSED)
    try:
        target = _target(payment, known, attempt.currency)
    except accounts.NoNewAccount:
        return _to_nobody(attempt, said, actor, Reason.SENDER_CLOSED)
    if said.state is not PaymentState.SUCCEEDED:
        # The target is locked all the same: two answers about one payment wait for each other.
        return Plan(attempt.brand, actor, said, (target,))
    source = known.clearing(attempt.currency, attempt.provider)
    amount = attempt.amount - payment.fee
    code = _CODES.get(PaymentKind(payment.kind), codes.TOPUP)
    main = late.transfer_id(payment.id)
    if main != payment.id:
        said = replace(said, transfer=main)
    items = [Item(main, Kind.PLAIN, source, target, amount, code)]
    locked = [source, target]
    if payment.fee:
        fees = known.fees(attempt.currency)
        fee_id = late.transfer_id(payment.id, "fee")
        fee = Item(fee_id, Kind.PLAIN, source, fees, payment.fee, codes.FEE)
        items = [items[0]._replace(linked=True), fee]
        locked.append(fees)
    checks: tuple[Check, ...] = ()
    if payment.payee and not payment.merchant:
        checks = (CanReceive(target, payment.payee.id, own=True),)
    return Plan(attempt.brand, actor, said, tuple(locked), checks, tuple(items))


def _to_nobody(attempt: Attempt, said: Settlement, actor: Actor, why: Reason) -> Plan:
    """What was taken and nobody can get any more: the payment waits for a person, and the provider
    is not asked about it again."""
    if said.state is not PaymentState.SUCCEEDED:
        return Plan(attempt.brand, actor, said)
    return Plan(attempt.brand, actor, replace(said, query_at=None), refusal=Refusal(why))


def _target(payment: Payment, known: accounts.Chart, currency: str) -> UUID:
    """Where money goes that came in: the account that was named at the request, or the wallet."""
    named = payment.details.get("target")
    if named:
        return UUID(named)
    if payment.merchant:
        return known.merchant(payment.merchant, currency)
    assert payment.payee
    return known.wallet(payment.payee, currency)


def _went_out(attempt: Attempt, said: Settlement, actor: Actor) -> Plan:
    payment = attempt.payment
    held = holds_of(payment)
    locked = tuple({side: None for one in held for side in (one.debit_id, one.credit_id)})
    items: tuple[Item, ...] = ()
    if said.state is PaymentState.SUCCEEDED:
        items = endings(payment, held, Kind.POST)
    elif said.state is PaymentState.FAILED:
        items = endings(payment, held, Kind.VOID)
    return Plan(attempt.brand, actor, said, locked, (), items)
