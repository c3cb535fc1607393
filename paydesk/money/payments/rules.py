"""Decides whether a plan may go ahead, from what was found after the account locks. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from paydesk.money.ledger.rules import AccountFlag, Result
from paydesk.money.ledger.rules import Outcome as LedgerOutcome
from paydesk.money.payments.checks import (
    CanReceive,
    CanSend,
    Check,
    Followed,
    NeedsLevel,
    NotAfter,
    NotRepeated,
    Once,
    Period,
    PeriodLimit,
    RefundRoom,
    RetriedOnce,
    SingleLimit,
)
from paydesk.money.payments.plans import NewPayment, Plan
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.states import PaymentKind

DUPLICATE_WINDOW = timedelta(minutes=3)
SPENDING = (
    PaymentKind.TRANSFER,
    PaymentKind.PURCHASE,
    PaymentKind.BILL,
    PaymentKind.WITHDRAWAL,
    PaymentKind.REMITTANCE,
)
"""Kinds that count together against what a customer may send. A purchase paid from elsewhere than
the wallet does not count."""


class AccountState(msgspec.Struct, frozen=True):
    """A locked account: flags and minor units."""

    flags: AccountFlag
    posted: int
    held: int


@dataclass(frozen=True, slots=True)
class First:
    """The payment that a repeat would repeat."""

    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Refundable:
    """What an original payment still has to give back, in minor units."""

    paid: int
    refunded: int
    succeeded: bool


@dataclass(frozen=True, slots=True)
class World:
    """What was found once the accounts were locked, and the moment of it."""

    at: datetime
    accounts: Mapping[UUID, AccountState] = field(default_factory=dict)
    used: Mapping[PeriodLimit, int] = field(default_factory=dict)
    repeats: Mapping[tuple[NotRepeated, int, str], First] = field(default_factory=dict)
    retries: Mapping[UUID, First] = field(default_factory=dict)
    purposes: Mapping[str, First] = field(default_factory=dict)
    followed: frozenset[str] = frozenset()
    originals: Mapping[UUID, Refundable] = field(default_factory=dict)
    restrictions: Mapping[UUID, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


FREE = AccountFlag(0)
"""The flags of an account that may give and take."""
_OF_ACCOUNTS = (CanSend, CanReceive)
_NOT_FOLLOWED = Refusal(Reason.PAID_NOT_CREDITED)
_CANONICAL = msgspec.json.Encoder(order="sorted", enc_hook=str)


def digest(content: Mapping[str, Any]) -> str:
    """A SHA-256 of what was asked for, so that a repeat under the same key can be compared."""
    return hashlib.sha256(_CANONICAL.encode(content)).hexdigest()


def is_older(version: str, minimum: str) -> bool:
    """Whether a client's version ("2.4.1") is below the minimum; one that can't be read is."""
    try:
        have, need = ([int(part) for part in v.split(".")] for v in (version, minimum))
    except ValueError:
        return True
    return have < need


def day_start(at: datetime, zone: str) -> datetime:
    """Midnight, in UTC, that began the day of `at` in a zone."""
    local = at.astimezone(ZoneInfo(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)


def next_day(at: datetime, zone: str) -> datetime:
    """The midnight, in UTC, that ends the day of `at` in a zone."""
    local = at.astimezone(ZoneInfo(zone))
    midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), local.tzinfo)
    return midnight.astimezone(UTC)


def period_start(at: datetime, period: Period, zone: str) -> datetime:
    """The midnight, in UTC, that began the day or month of `at` in a zone."""
    start = at.astimezone(ZoneInfo(zone))
    if period is Period.MONTH:
        start = start.replace(day=1, hour=12)
    return day_start(start, zone)


def period_end(at: datetime, period: Period, zone: str) -> datetime:
    """The midnight, in UTC, that ends the day or month of `at` in a zone."""
    if period is Period.DAY:
        return next_day(at, zone)
    late = at.astimezone(ZoneInfo(zone)).replace(day=28, hour=12) + timedelta(days=4)
    return period_start(late, Period.MONTH, zone)


def decide(plan: Plan, world: World) -> Refusal | None:
    """The first thing that stands in the way of a plan, or None. The balance is the ledger's."""
    if plan.refusal:
        return plan.refusal
    for check in plan.checks:
        if isinstance(check, _OF_ACCOUNTS):
            refusal = blocked(check, world)
        elif isinstance(check, Followed):
            refusal = None if check.purpose in world.followed else _NOT_FOLLOWED
        elif isinstance(plan.subject, NewPayment):
            refusal = _check(check, plan.subject, world)
        else:
            raise TypeError(f"{check} is about a new payment only")
        if refusal:
            return refusal
    return None


def _check(
    check: Check,
    payment: NewPayment,
    world: World,
) -> Refusal | None:
    match check:
        case SingleLimit() | PeriodLimit() | NeedsLevel():
            return _over(check, payment, world)
        case NotRepeated() | RetriedOnce() | Once():
            return _first(_done_already(check, payment, world))
        case RefundRoom():
            return _over_refund(check, world.originals[check.original], payment)
        case NotAfter():
            return _too_late(check, world)
        case _:  # Screened is answered by `screening`, about all plans at once
            return None


def _over(
    check: SingleLimit | PeriodLimit | NeedsLevel, payment: NewPayment, world: World
) -> Refusal | None:
    match check:
        case SingleLimit(limit):
            return _over_single(limit, payment)
        case PeriodLimit():
            return _over_period(check, payment, world)
        case NeedsLevel(level, needed):
            facts = {"level": level, "needed": needed, "currency": payment.currency}
            return Refusal(Reason.IDENTITY_UNFINISHED, facts)


def _too_late(check: NotAfter, world: World) -> Refusal | None:
    if world.at <= check.moment:
        return None
    return Refusal(check.reason, {"until": check.moment.isoformat(), **dict(check.facts)})


def blocked(check: CanSend | CanReceive, world: World) -> Refusal | None:
    """Why an account can't give or take, with the restrictions in force as facts."""
    flags = world.accounts[check.account].flags
    if flags is FREE:
        return None
    own = isinstance(check, CanSend) or check.own
    if flags & AccountFlag.CLOSED:
        return Refusal(Reason.SENDER_CLOSED if own else Reason.RECIPIENT_CLOSED)
    stop = AccountFlag.NO_DEBIT if isinstance(check, CanSend) else AccountFlag.NO_CREDIT
    if not flags & stop:
        return None
    facts = {"restrictions": list(world.restrictions.get(check.customer, ()))}
    return Refusal(Reason.SENDER_RESTRICTED if own else Reason.RECIPIENT_RESTRICTED, facts)


def _over_single(limit: int, payment: NewPayment) -> Refusal | None:
    if payment.amount <= limit:
        return None
    facts = {"limit": limit, "amount": payment.amount, "currency": payment.currency}
    return Refusal(Reason.LIMIT_SINGLE, facts)


def _over_period(check: PeriodLimit, payment: NewPayment, world: World) -> Refusal | None:
    used = world.used.get(check, 0)
    if used + payment.amount <= check.limit:
        return None
    facts = {
        "limit": check.limit,
        "used": used,
        "left": max(check.limit - used, 0),
        "amount": payment.amount,
        "currency": payment.currency,
        "until": period_end(world.at, check.period, check.zone).isoformat(),
    }
    day = check.period is Period.DAY
    return Refusal(Reason.LIMIT_DAY if day else Reason.LIMIT_MONTH, facts)


def _done_already(
    check: NotRepeated | RetriedOnce | Once, payment: NewPayment, world: World
) -> First | None:
    match check:
        case NotRepeated():
            return world.repeats.get((check, payment.amount, payment.currency))
        case RetriedOnce(failed):
            return world.retries.get(failed)
        case Once(purpose):
            return world.purposes.get(purpose)


def _first(first: First | None) -> Refusal | None:
    if first is None:
        return None
    return Refusal(Reason.DUPLICATE, {"first": first.number, "first_at": first.at.isoformat()})


def _over_refund(check: RefundRoom, original: Refundable, payment: NewPayment) -> Refusal | None:
    rest = original.paid - original.refunded if original.succeeded else 0
    if payment.amount <= rest:
        if check.unapproved is None or original.refunded + payment.amount <= check.unapproved:
            return None
        return Refusal(Reason.APPROVAL_NEEDED, {"limit": check.unapproved})
    facts = {
        "paid": original.paid,
        "refunded": original.refunded,
        "rest": rest,
        "amount": payment.amount,
        "currency": payment.currency,
    }
    return Refusal(Reason.REFUND_TOO_MUCH, facts)


_LEDGER: Mapping[LedgerOutcome, Reason] = {
    LedgerOutcome.INSUFFICIENT_FUNDS: Reason.BALANCE_SHORT,
    LedgerOutcome.HELD_FUNDS: Reason.BALANCE_HELD,
    LedgerOutcome.DEBIT_BLOCKED: Reason.SENDER_RESTRICTED,
    LedgerOutcome.CREDIT_BLOCKED: Reason.RECIPIENT_RESTRICTED,
    LedgerOutcome.DEBIT_CLOSED: Reason.SENDER_CLOSED,
    LedgerOutcome.CREDIT_CLOSED: Reason.RECIPIENT_CLOSED,
    LedgerOutcome.CURRENCY_MISMATCH: Reason.CURRENCY_DIFFERS,
    LedgerOutcome.HOLD_EXPIRED: Reason.HOLD_EXPIRED,
}


def of_ledger(
    result: Result, amount: int, currency: str, *, short: Reason = Reason.BALANCE_SHORT
) -> Refusal:
    """The refusal that a ledger answer other than OK stands for, with the balance it met.

    `amount`: minor units. `short` says what it means that this account had too little
    (Plan.shortfalls)."""
    reason = _LEDGER.get(result.outcome, Reason.LEDGER_REFUSED)
    facts: dict[str, Any] = {"amount": amount, "currency": currency}
    if short is not Reason.BALANCE_SHORT and reason in {Reason.BALANCE_SHORT, Reason.BALANCE_HELD}:
        return Refusal(short, facts)  # what others hold is for nobody's eyes
    if reason is Reason.LEDGER_REFUSED:
        facts["outcome"] = result.outcome.name
    posted, held = result.debit_posted, result.debit_held
    if reason is Reason.BALANCE_HELD and posted is not None and posted < amount:
        reason = Reason.BALANCE_SHORT  # what is held is this payment's own first part
    if reason in {Reason.BALANCE_SHORT, Reason.BALANCE_HELD} and posted is not None:
        available = posted - (held or 0)
        facts |= {
            "posted": posted,
            "held": held,
            "available": available,
            "short": amount - available,
        }
    return Refusal(reason, facts)
