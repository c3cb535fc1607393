"""Reads what a batch of plans needs to know, once the accounts are locked. Decides nothing.

Every read is set-based and runs after the locks, so it sees all that was committed before them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, Sum

from paydesk.kit import clock
from paydesk.money.ledger import posting
from paydesk.money.ledger.rules import AccountFlag, LockedAccount
from paydesk.money.payments.checks import (
    CanReceive,
    CanSend,
    Followed,
    NotRepeated,
    Once,
    Period,
    PeriodLimit,
    RefundRoom,
    RetriedOnce,
)
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Plan
from paydesk.money.payments.rules import (
    FREE,
    SPENDING,
    AccountState,
    First,
    Refundable,
    World,
    period_start,
)
from paydesk.money.payments.states import (
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
    flags = {number: AccountFlag(number) for number in {one.flags for one in accounts.values()}}
    states = {
        key: AccountState(flags[account.flags], account.posted, account.held)
        for key, account in accounts.items()
    }
    checks = _by_type(plans)
    return World(
        at=at,
        accounts=states,
        used=used(checks[PeriodLimit], at),
        repeats=_repeats(plans, at) if checks[NotRepeated] else {},
        retries=_retries([check.failed for check in checks[RetriedOnce]]),
        purposes=_purposes([check.purpose for check in checks[Once]]),
        followed=_followed([check.purpose for check in checks[Followed]]),
        originals=_originals(check.original for check in checks[RefundRoom]),
        restrictions=_restrictions(checks[CanSend] + checks[CanReceive], states),
    )


def _by_type(plans: Sequence[Plan]) -> defaultdict[type, list[Any]]:
    found: defaultdict[type, list[Any]] = defaultdict(list)
    for plan in plans:
        for check in plan.checks:
            found[type(check)].append(check)
    return found


def moment(now: datetime, last: Sequence[datetime]) -> datetime:
    """The moment of what is posted next: now, or the accounts' last entry where another
    process's clock runs a little ahead. Raises ClockBehind where it runs far ahead."""
    at = max([now, *last])
    if at - now > SKEW:
        raise ClockBehind(f"an account was last moved at {at}, which is still to come")
    return at


_USED = """
SELECT w.n, u.day, u.month
FROM unnest(%s::int[], %s::uuid[], %s::text[], %s::timestamptz[], %s::timestamptz[])
    AS w(n, payer, currency, day, month)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(coalesce(p.captured, p.amount)) FILTER (WHERE p.created_at >= w.day), 0)
            AS day,
        sum(coalesce(p.captured, p.amount)) AS month
    FROM payments_payment p
    WHERE p.payer_id = w.payer AND p.created_at >= w.month AND p.currency = w.currency
        AND p.kind = ANY (%s) AND p.state NOT IN ('failed', 'cancelled')
        AND (p.kind <> 'purchase' OR p.method = '{}')
) u
WHERE u.month IS NOT NULL
"""


def used(limits: Iterable[PeriodLimit], at: datetime) -> dict[PeriodLimit, int]:
    """Minor units sent in each limit's period so far, what is under way included."""
    wanted = list(dict.fromkeys(limits))
    if not wanted:
        return {}
    whose = list(dict.fromkeys((one.customer, one.currency, one.zone) for one in wanted))
    days = {zone: period_start(at, Period.DAY, zone) for _, _, zone in whose}
    months = {zone: period_start(at, Period.MONTH, zone) for _, _, zone in whose}
    columns: list[list[Any]] = [
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


_REPEATS = """
SELECT w.n, p.number, p.created_at
FROM unnest(%s::int[], %s::uuid[], %s::uuid[], %s::text[], %s::bigint[], %s::text[],
    %s::timestamptz[]) AS w(n, payer, payee, kind, amount, currency, since)
CROSS JOIN LATERAL (
    SELECT number, created_at FROM payments_payment p
    WHERE p.payer_id = w.payer AND p.created_at > w.since AND p.payee_id = w.payee
        AND p.kind = w.kind AND p.amount = w.amount AND p.currency = w.currency
        AND p.state NOT IN ('failed', 'cancelled')
    ORDER BY created_at DESC LIMIT 1
) p
"""


def _repeats(plans: Sequence[Plan], at: datetime) -> dict[tuple[NotRepeated, int, str], First]:
    """The latest equal payment, done or under way, within each check's window."""
    wanted = [
        (check, plan.subject)
        for plan in plans
        for check in plan.checks
        if isinstance(check, NotRepeated) and isinstance(plan.subject, NewPayment)
    ]
    columns: list[list[Any]] = [
        list(range(len(wanted))),
        [check.payer for check, _ in wanted],
        [check.payee for check, _ in wanted],
        [str(new.kind) for _, new in wanted],
        [new.amount for _, new in wanted],
        [new.currency for _, new in wanted],
        [at - check.window for check, _ in wanted],
    ]
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(_REPEATS, columns)
        for n, number, created_at in cursor.fetchall():
            check, new = wanted[n]
            found[check, new.amount, new.currency] = First(number, created_at)
    return found


def _retries(wanted: Sequence[UUID]) -> dict[UUID, First]:
    """The retry of each failed payment that succeeded or is under way."""
    if not wanted:
        return {}
    rows = (
        Payment.objects.filter(retry_of__in=wanted)
        .exclude(state__in=[PaymentState.FAILED, PaymentState.CANCELLED])
        .values_list("retry_of_id", "number", "created_at")
    )
    return {failed: First(number, at) for failed, number, at in rows if failed}


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


def _followed(wanted: Sequence[str]) -> frozenset[str]:
    """Those purposes for which a payment succeeded."""
    if not wanted:
        return frozenset()
    done = Payment.objects.filter(purpose__in=wanted, state=PaymentState.SUCCEEDED)
    return frozenset(done.values_list("purpose", flat=True))


def _originals(wanted: Iterable[UUID]) -> dict[UUID, Refundable]:
    """What was paid and what of it went back, or is on its way: a refund that a provider still
    works on, and money held for a dispute, can't be given back a second time."""
    ids = list(wanted)
    if not ids:
        return {}
    on_its_way = Sum("refunds__amount", filter=Q(refunds__finished_at=None), default=0)
    rows = (
        Payment.objects.filter(id__in=ids)
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
    checks: Sequence[CanSend | CanReceive], states: dict[UUID, AccountState]
) -> dict[UUID, list[dict[str, Any]]]:
    """The restrictions in force on customers whose account is flagged, as facts."""
    blocked = {check.customer for check in checks if states[check.account].flags is not FREE}
    return {
        customer: [
            {
                "kind": str(r.kind),
                "scope": str(r.scope),
                "reason": r.reason,
                "since": r.placed_at.isoformat(),
                "until": r.until.isoformat() if r.until else None,
            }
            for r in held
        ]
        for customer, held in people.restrictions_in_force(blocked).items()
    }
