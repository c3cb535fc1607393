"""Reads of money that waits for a person: what providers took and nobody got, what they were to pay
out and told another amount of, what is owed and no wallet can take. Never writes.

Amounts are minor units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from paydesk.approvals import queries as approvals
from paydesk.approvals.models import Request
from paydesk.money.payments.actions import by_bank, differing, reconcile
from paydesk.money.payments.actions.notify import CONTRADICTS
from paydesk.money.payments.models import Attempt, Payment, ProviderNotification
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import Direction, PaymentKind, PaymentState
from paydesk.money.payouts import queries as payouts
from paydesk.money.refunds import owed as refunds
from paydesk.money.refunds.models import Dispute
from paydesk.people.models import Customer

SHOWN = 100
ENDED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Uncredited:
    """A payment for which a provider took `amount` minor units that nobody got. `getter`: whose
    wallet they go into, or who is paid back `by_bank` where none can take them; `second`: another
    person's yes is needed whatever the amount; `asked`: it is asked for. `dispute`: one that is
    open, or lost."""

    payment: Payment
    getter: Customer
    amount: int
    currency: str
    by_bank: bool
    second: bool
    asked: bool
    dispute: Dispute | None


def uncredited(brand: str) -> list[Uncredited]:
    """What providers took and nobody got, the oldest first: another amount or currency than was
    ordered, money for a payment that had been given up, or for a merchant that has closed."""
    settled = Payment.objects.filter(
        retry_of=OuterRef("pk"), state=PaymentState.SUCCEEDED, purpose__startswith="reconcile:"
    )
    rows = Payment.objects.filter(~Exists(settled), id__in=_taken_for_nobody(brand))
    rows = rows.filter(kind__in=[PaymentKind.TOPUP, PaymentKind.PURCHASE])
    rows = rows.select_related("payee", "payer", "merchant").order_by("created_at")
    asked = {one.subject for one in approvals.pending([brand]) if one.action in _ASKED}
    found = list(rows[:SHOWN])
    disputes = refunds.disputed(found)
    shown = (_uncredited(one, asked, disputes.get(one.id)) for one in found)
    return [one for one in shown if one]


_ASKED = frozenset({reconcile.RECONCILE, by_bank.PAY_BACK})


def _uncredited(payment: Payment, asked: set[str], dispute: Dispute | None) -> Uncredited | None:
    taken, getter = reconcile.paid_uncredited(payment), reconcile.getter(payment)
    if taken is None or getter is None:
        return None
    return Uncredited(
        payment=payment,
        getter=getter,
        amount=taken.amount,
        currency=taken.currency,
        by_bank=not reconcile.has_wallet(getter, taken.currency),
        second=reconcile.takes_two(taken),
        asked=not asked.isdisjoint((f"payment:{payment.pk}", by_bank.subject(payment))),
        dispute=dispute,
    )


def _taken_for_nobody(brand: str) -> QuerySet[Payment, UUID]:
    """Ids of payments whose money nobody got, in parts that are each read by index: asked for with
    OR, every payment of the brand would be read."""
    ids = Payment.objects.filter(brand=brand).values_list("id", flat=True)
    waits = ids.filter(state=PaymentState.PROCESSING, finished_at=None)
    differs = waits.filter(reason=Reason.AMOUNT_DIFFERS)
    gone = waits.filter(reason=Reason.PAID_NOT_CREDITED, merchant__closed_at__isnull=False)
    told = ProviderNotification.objects.filter(brand=brand, verified=True, result=CONTRADICTS)
    gave_up = ids.filter(state=PaymentState.FAILED, attempts__in=told.values("attempt"))
    return differs.union(gone, gave_up)


@dataclass(frozen=True, slots=True)
class GoingOut:
    """A payout or refund of which the provider told another amount; both in minor units of their
    currency. `at_stake`: what a decision may cost. `asked`: a second person is to agree."""

    payment: Payment
    ordered: int
    currency: str
    told: int
    told_currency: str
    at_stake: int
    asked: bool


def going_out(brand: str) -> list[GoingOut]:
    """What waits for a person to say whether it was paid out, the oldest first."""
    rows = Attempt.objects.filter(
        brand=brand,
        direction__in=(Direction.PAYOUT, Direction.REFUND),
        payment__state=PaymentState.PROCESSING,
        payment__reason=Reason.AMOUNT_DIFFERS,
    ).select_related("payment__payer", "payment__payee")
    subjects = {one.subject for one in approvals.pending([brand]) if one.action == differing.END}
    return [
        GoingOut(
            payment=one.payment,
            ordered=one.amount,
            currency=one.currency,
            told=int(one.payment.facts["notified"]),
            told_currency=one.payment.facts["notified_currency"],
            at_stake=differing.at_stake(one.payment, one),
            asked=any(differing.subject(one.payment, way) in subjects for way in differing.Ending),
        )
        for one in rows.order_by("started_at")[:SHOWN]
    ]


def owed(payment: Payment) -> by_bank.Owed | None:
    """What is owed because of a payment and no wallet can take; None where nothing is."""
    return by_bank.charged(payment) or payouts.owed(payment) or refunds.owed(payment)


def owed_to(payment: Payment) -> Customer | None:
    """To whom it is owed, if anything is."""
    found = owed(payment)
    return found.customer if found else None


def asked_back(brand: str) -> set[str]:
    """Subjects (by_bank.subject) of which a second person is to agree that they were paid back."""
    pending = approvals.pending([brand])
    return {one.subject for one in pending if one.action == by_bank.PAY_BACK}


@dataclass(frozen=True, slots=True)
class PaidBack:
    """What was paid back by bank: the payment that books it, who had it done and who agreed."""

    payment: Payment
    request: Request


def paid_back(brand: str) -> Sequence[PaidBack]:
    """What was paid back by bank, the newest first."""
    agreed = approvals.approved(brand, by_bank.PAY_BACK, ENDED_SHOWN)
    rows = Payment.objects.filter(
        approval_id__in=[one.pk for one in agreed], state=PaymentState.SUCCEEDED
    )
    booked = {one.approval_id: one for one in rows.select_related("payer")}
    return [PaidBack(booked[one.pk], one) for one in agreed if one.pk in booked]
