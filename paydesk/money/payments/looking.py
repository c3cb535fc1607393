"""Reads what a batch of plans needs to know, once the accounts are locked. Decides nothing.

Every read is set-based and runs after the locks, so it sees all that was committed before them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, Sum

from paydesk.kit import clock
from paydesk.money.ledger import posting
from paydesk.money.ledger.rules import AccountFlag, LockedAccount
from paydesk.money.payments.models import Attempt, Hold, Payment
from paydesk.money.payments.plans import (
    CanReceive,
    CanSend,
    Check,
    HoldEnd,
    NewHold,
    NewPayment,
    NotRepeated,
    Once,
    Outcome,
    Period,
    PeriodLimit,
    Plan,
    RefundRoom,
    RequestConflict,
    Settlement,
)
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.rules import (
    SPENDING,
    AccountState,
    First,
    Refundable,
    World,
    period_start,
)
from paydesk.money.payments.states import (
    FINISHED,
    AttemptState,
    HoldState,
    PaymentState,
)
from paydesk.people import queries as people

SKEW = timedelta(seconds=5)


class ClockBehind(RuntimeError):
    """This process's clock is behind what is in the ledger: nothing may be posted by it."""


def lock(plans: Sequence[Plan]) -> dict[UUID, LockedAccount]:
    """Lock every account that the plans name, in id order; accounts by id."""
    wanted = {account for plan in plans for account in plan.accounts}
    return posting.lock_accounts(list(wanted)) if wanted else {}


def world_of(plans: Sequence[Plan], accounts: dict[UUID, LockedAccount]) -> World:
    """All that `rules.decide` needs about these plans. Call after `lock`."""
    at = moment(clock.now(), [account.last_at for account in accounts.values()])
    states = {
        key: AccountState(AccountFlag(account.flags), account.posted, account.held)
        for key, account in accounts.items()
    }
    checks = [(plan, check) for plan in plans for check in plan.checks]
    return World(
        at=at,
        accounts=states,
        used=used((c for _, c in checks if isinstance(c, PeriodLimit)), at),
        repeats=_repeats(plans, at),
        purposes=_purposes([c.purpose for _, c in checks if isinstance(c, Once)]),
        originals=_originals(c.original for _, c in checks if isinstance(c, RefundRoom)),
        restrictions=_restrictions([c for _, c in checks], states),
    )


def moment(now: datetime, last: Sequence[datetime]) -> datetime:
    """The moment of what is posted next: now, or the accounts' last entry where another
    process's clock runs a little ahead. Raises ClockBehind where it runs far ahead."""
    at = max([now, *last])
    if at - now > SKEW:
        raise ClockBehind(f"an account was last moved at {at}, which is still to come")
    return at


_USED = """
SELECT w.n,
    coalesce(sum(coalesce(p.captured, p.amount)) FILTER (WHERE p.created_at >= w.day), 0),
    coalesce(sum(coalesce(p.captured, p.amount)), 0)
FROM unnest(%s::int[], %s::uuid[], %s::text[], %s::timestamptz[], %s::timestamptz[])
    AS w(n, payer, currency, day, month)
JOIN payments_payment p ON p.payer_id = w.payer AND p.created_at >= w.month
WHERE p.currency = w.currency AND p.kind = ANY (%s) AND p.state NOT IN ('failed', 'cancelled')
    AND (p.kind <> 'purchase' OR p.method = '{}')
GROUP BY w.n
"""


def used(limits: Iterable[PeriodLimit], at: datetime) -> dict[PeriodLimit, int]:
    """Minor units sent in each limit's period so far, what is under way included."""
    wanted = list(dict.fromkeys(limits))
    if not wanted:
        return {}
    whose = list(dict.fromkeys((one.customer, one.currency, one.zone) for one in wanted))
    days = {zone: period_start(at, Period.DAY, zone) for _, _, zone in whose}
    months = {zone: period_start(at, Period.MONTH, zone) for _, _, zone in whose}
    columns = [
        list(range(len(whose))),
        [customer for customer, _, _ in whose],
        [currency for _, currency, _ in whose],
        [days[zone] for _, _, zone in whose],
        [months[zone] for _, _, zone in whose],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_USED, [*columns, [str(kind) for kind in SPENDING]])
        sums = {whose[n]: (int(day), int(month)) for n, day, month in cursor.fetchall()}
    return {
        one: sums.get((one.customer, one.currency, one.zone), (0, 0))[one.period is Period.MONTH]
        for one in wanted
    }


def _repeats(plans: Sequence[Plan], at: datetime) -> dict[tuple[NotRepeated, int, str], First]:
    found = {}
    for plan in plans:
        for check in plan.checks:
            if isinstance(check, NotRepeated) and isinstance(plan.subject, NewPayment):
                new = plan.subject
                first = (
                    Payment.objects.filter(
                        payer=check.payer,
                        payee=check.payee,
                        kind=new.kind,
                        amount=new.amount,
                        currency=new.currency,
                        state=PaymentState.SUCCEEDED,
                        created_at__gt=at - check.window,
                    )
                    .order_by("-created_at")
                    .first()
                )
                if first:
                    key = (check, new.amount, new.currency)
                    found[key] = First(first.number, first.created_at)
    return found


def _purposes(wanted: Sequence[str]) -> dict[str, First]:
    """The payment that settled, or is settling, each purpose."""
    if not wanted:
        return {}
    rows = (
        Payment.objects.filter(purpose__in=wanted)
        .exclude(state__in=[PaymentState.FAILED, PaymentState.CANCELLED])
        .values_list("purpose", "number", "created_at")
    )
    return {purpose: First(number, at) for purpose, number, at in rows}


def _originals(ids: Iterable[UUID]) -> dict[UUID, Refundable]:
    """What was paid and what of it went back, or is on its way: a refund that a provider still
    works on, and money held for a dispute, can't be given back a second time."""
    on_its_way = Sum("refunds__amount", filter=Q(refunds__finished_at=None), default=0)
    rows = (
        Payment.objects.filter(id__in=list(ids))
        .annotate(on_its_way=on_its_way)
        .values_list("id", "amount", "captured", "refunded", "on_its_way", "state")
    )
    return {
        key: Refundable(
            amount if captured is None else captured,
            refunded + pending,
            state == PaymentState.SUCCEEDED,
        )
        for key, amount, captured, refunded, pending, state in rows
    }


def _restrictions(
    checks: Sequence[Check], states: dict[UUID, AccountState]
) -> dict[UUID, list[dict[str, Any]]]:
    """The restrictions in force on customers whose account is flagged, as facts."""
    blocked = {
        check.customer
        for check in checks
        if isinstance(check, CanSend | CanReceive) and states[check.account].flags
    }
    return {
        customer: [
            {
                "kind": str(r.kind),
                "scope": str(r.scope),
                "reason": r.reason,
                "since": r.placed_at.isoformat(),
                "until": r.until.isoformat() if r.until else None,
            }
            for r in people.active_restrictions(customer)
        ]
        for customer in blocked
    }


def answered(plans: Sequence[Plan]) -> dict[int, Outcome | RequestConflict]:
    """Plans (by position) that need nothing done: asked before, or their subject has ended.

    Locks the rows that settlements and ends of holds are about.
    """
    found: dict[int, Outcome | RequestConflict] = {}
    _asked_before(plans, found)
    _settled_before(plans, found)
    _held_before(plans, found)
    _ended_before(plans, found)
    return found


def outcome_of(payment: Payment, *, repeated: bool) -> Outcome:
    """A recorded payment as an outcome."""
    return Outcome(
        id=payment.id,
        state=PaymentState(payment.state),
        number=payment.number,
        reason=Reason(payment.reason) if payment.reason else None,
        facts=payment.facts,
        repeated=repeated,
    )


def _asked_before(plans: Sequence[Plan], found: dict[int, Outcome | RequestConflict]) -> None:
    asked = {
        (plan.brand, plan.subject.asked.by, plan.subject.asked.key): (n, plan.subject.asked.digest)
        for n, plan in enumerate(plans)
        if isinstance(plan.subject, NewPayment)
    }
    if not asked:
        return
    query = Q()
    for brand, by, key in asked:
        query |= Q(brand=brand, asked_by=by, request_key=key)
    for payment in Payment.objects.filter(query):
        n, digest = asked[payment.brand, payment.asked_by, payment.request_key]
        same = payment.request_digest == digest
        found[n] = outcome_of(payment, repeated=True) if same else RequestConflict(payment.number)


def _settled_before(plans: Sequence[Plan], found: dict[int, Outcome | RequestConflict]) -> None:
    wanted = {
        plan.subject.payment: (n, plan.subject)
        for n, plan in enumerate(plans)
        if isinstance(plan.subject, Settlement)
    }
    if not wanted:
        return
    rows = Payment.objects.filter(id__in=wanted).order_by("id").select_for_update()
    tried = Attempt.objects.filter(id__in=[s.attempt for _, s in wanted.values() if s.attempt])
    payments = {payment.id: payment for payment in rows}
    states = {one: AttemptState(state) for one, state in tried.values_list("id", "state")}
    for n, settlement in wanted.values():
        payment = payments[settlement.payment]
        if not _is_news(payment, settlement, states):
            found[n] = outcome_of(payment, repeated=True)


def _is_news(payment: Payment, said: Settlement, attempts: Mapping[UUID, AttemptState]) -> bool:
    """Whether what is said now still counts, whatever order words come in."""
    if payment.state in FINISHED:
        return False
    if said.attempt is None:
        return True
    if payment.reason == Reason.AMOUNT_DIFFERS:
        return False
    paid = attempts[said.attempt] is AttemptState.PAID
    return not paid or said.attempt_state is AttemptState.PAID


def _held_before(plans: Sequence[Plan], found: dict[int, Outcome | RequestConflict]) -> None:
    wanted = {
        plan.subject.id: n for n, plan in enumerate(plans) if isinstance(plan.subject, NewHold)
    }
    if not wanted:
        return
    for hold in Hold.objects.filter(id__in=wanted):
        new = plans[wanted[hold.id]].subject
        assert isinstance(new, NewHold)
        same = (hold.account_id, hold.amount, hold.reason, hold.expires_at) == (
            new.account,
            new.amount,
            new.reason,
            new.expires_at,
        )
        found[wanted[hold.id]] = (
            Outcome(hold.id, HoldState(hold.state), repeated=True)
            if same
            else RequestConflict(str(hold.id))
        )


def _ended_before(plans: Sequence[Plan], found: dict[int, Outcome | RequestConflict]) -> None:
    wanted = {
        plan.subject.hold: n for n, plan in enumerate(plans) if isinstance(plan.subject, HoldEnd)
    }
    if not wanted:
        return
    for hold in Hold.objects.filter(id__in=wanted).order_by("id").select_for_update():
        if hold.state != HoldState.HELD:
            found[wanted[hold.id]] = Outcome(hold.id, HoldState(hold.state), repeated=True)
