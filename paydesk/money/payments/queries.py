"""Reads about payments: wallets, limits left, holds, recent payments. Never writes or locks.

Amounts are minor units. Who may see what is decided in `access`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, F, Prefetch, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import AccountCode
from paydesk.money.merchants import queries as merchants
from paydesk.money.payments import limits
from paydesk.money.payments.models import Attempt, Hold, Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import (
    GIVEN_BACK,
    AttemptState,
    HoldState,
    PaymentKind,
    PaymentState,
)
from paydesk.people import naming
from paydesk.people.models import Customer

TAKEN = Coalesce("captured", "amount")
"""`Payment.taken` for the database."""


class Own(NamedTuple):
    """One side's amount (minor units) and currency, for the database."""

    amount: Combinable
    currency: Combinable


_ASKED = Own(TAKEN, F("currency"))
_OTHER = Own(
    Coalesce("received_amount", TAKEN), Coalesce(NullIf("received_currency", Value("")), "currency")
)


def _of_refund(refunds: Own, others: Own) -> Own:
    pairs = zip(refunds, others, strict=True)
    return Own(*(Case(When(kind=PaymentKind.REFUND, then=a), default=b) for a, b in pairs))


GAVE = _of_refund(_OTHER, _ASKED)
"""`Payment.gave` for the database."""
GOT = _of_refund(_ASKED, _OTHER)
"""`Payment.got` for the database."""

OWED_SHOWN = 100


@dataclass(frozen=True, slots=True)
class WalletFacts:
    """One wallet of a customer as support sees it, in minor units."""

    currency: str
    posted: int
    held: int
    limits: Sequence[limits.Left]

    @property
    def available(self) -> int:
        """What could be spent now."""
        return self.posted - self.held

    @property
    def left_today(self) -> int:
        """What may still be sent until midnight in the brand's zone."""
        return min(one.left for one in self.limits if one.period != "single")


def owed_to_closed(brand: str) -> Sequence[Payment]:
    """Top-ups that a provider took and whose customer's account is closed, the oldest first: no
    wallet can take them."""
    rows = Payment.objects.filter(
        brand=brand,
        kind=PaymentKind.TOPUP,
        state=PaymentState.PROCESSING,
        finished_at=None,  # read by the index on what is unfinished
        reason=Reason.PAID_NOT_CREDITED,
        payee__closed_at__isnull=False,
    )
    return list(rows.select_related("payee").order_by("created_at")[:OWED_SHOWN])


def wallets(customer: Customer) -> list[WalletFacts]:
    """Every wallet of the customer, the brand's default currency first."""
    brand = profiles.get(customer.brand)
    found = [
        WalletFacts(
            currency=account.currency,
            posted=account.posted,
            held=account.held,
            limits=limits.left(customer, account.currency),
        )
        for account in ledger.accounts_of(customer.brand, customer.id)
        if account.code == AccountCode.CUSTOMER_WALLET
    ]
    return sorted(found, key=lambda one: (one.currency != brand.default_currency, one.currency))


def visible_to(customer: Customer) -> QuerySet[Payment]:
    """The payments that a customer may see: what they asked for, and what reached them.

    Somebody's failed try to send them money is not among them, nor a refund that failed.
    """
    return _shown(Payment.objects.filter(_came(customer) | _sent(customer), brand=customer.brand))


def sent_by(customer: Customer) -> QuerySet[Payment]:
    """The part of `visible_to` that the customer paid: read by the index on the payer."""
    return _shown(Payment.objects.filter(_sent(customer), brand=customer.brand))


def came_to(customer: Customer) -> QuerySet[Payment]:
    """The rest of `visible_to`, which only reached them: read by the index on the payee."""
    found = Payment.objects.filter(_came(customer), brand=customer.brand)
    return _shown(found.exclude(payer=customer))


def _came(customer: Customer) -> Q:
    return Q(payee=customer) & (Q(kind=PaymentKind.TOPUP) | Q(state=PaymentState.SUCCEEDED))


def _sent(customer: Customer) -> Q:
    return Q(payer=customer) & (~Q(kind=PaymentKind.REFUND) | Q(state=PaymentState.SUCCEEDED))


def recent(customer: Customer, limit: int = 10) -> Sequence[Payment]:
    """The latest payments that the customer may see, newest first, attempts with them."""
    return list(visible_to(customer).order_by("-created_at", "-id")[:limit])


def listed(ids: Sequence[UUID]) -> Sequence[Payment]:
    """These payments in this order, with what a line of a list tells: both sides, the merchant,
    what was refunded. Attempts and retries are not read: most pages of lines show none."""
    found = Payment.objects.filter(id__in=ids).select_related("payer", "payee", "merchant")
    by_id = {one.id: one for one in found.prefetch_related("original__merchant")}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def concerning(customer: Customer, limit: int = 20) -> Sequence[Payment]:
    """For staff: the latest payments with the customer on either side, failed ones included."""
    sides = Q(payer=customer) | Q(payee=customer)
    found = _shown(Payment.objects.filter(sides, brand=customer.brand))
    return list(found.order_by("-created_at", "-id")[:limit])


def told(ids: Sequence[UUID], customer: Customer) -> dict[UUID, tuple[str, str]]:
    """Public number, and the other side as the customer may see it, of the customer's payments
    among these ids; an id that is no payment is left out."""
    rows = list(
        Payment.objects.filter(Q(payer=customer) | Q(payee=customer), id__in=ids).values_list(
            "id", "number", "payer_id", "payee_id", "payer__name", "payee__name", "merchant__name"
        )
    )
    shops = merchants.shops_among({side for row in rows for side in row[2:4] if side})
    found = {}
    for id_, number, payer, payee, payer_name, payee_name, merchant in rows:
        who, name = (payee, payee_name) if payer == customer.id else (payer, payer_name)
        shown = name if who in shops else naming.masked(name or "")
        other = "" if payer == payee else shown
        found[id_] = (number, merchant or other)
    return found


def payment(brand: str, payment_id: UUID) -> Payment | None:
    """One payment of a brand by its id, sides and attempts with it."""
    return _shown(Payment.objects.filter(brand=brand, id=payment_id)).first()


def by_id(payment_ids: Iterable[UUID]) -> dict[UUID, Payment]:
    """Payments with their sides, for staff; an id that is no payment is left out."""
    found = Payment.objects.filter(id__in=list(payment_ids))
    return {one.id: one for one in found.select_related("payer", "payee", "merchant")}


def action_of(payment: Payment) -> dict[str, Any]:
    """What the payer has to do now (protocol.Answer.action), {} for nothing."""
    attempt = Attempt.objects.filter(payment=payment).order_by("-number").first()
    if attempt is None or attempt.state in (AttemptState.PAID, AttemptState.REFUSED):
        return {}
    return dict(attempt.action)


def retried_by(failed: Payment) -> Payment | None:
    """The retry of a failed payment that succeeded or is under way, None if there is none."""
    gone = {PaymentState.FAILED, PaymentState.CANCELLED}
    return next((one for one in failed.retries.all() if one.state not in gone), None)


def refundable(original: Payment) -> int:
    """How much staff may still refund of a transfer or a remittance: minor units of what was paid,
    fee not included; 0 for another kind, or a remittance that is too old."""
    if original.kind not in GIVEN_BACK or original.state != PaymentState.SUCCEEDED:
        return 0
    return 0 if is_too_old(original) else original.taken - original.refunded


def is_too_old(original: Payment) -> bool:
    """Whether staff may refund a remittance no more of their own: as long after it as its payer
    can't ask for that either. It goes back at its own rate, and the house bears what that moved
    meanwhile; a transfer costs the house nothing, however old."""
    if original.kind != PaymentKind.REMITTANCE or original.booked_at is None:
        return False
    days = profiles.get(original.brand).refunds.ask_days
    return clock.now() - original.booked_at > timedelta(days=days)


def open_holds(customer: Customer) -> Sequence[Hold]:
    """What is reserved in the customer's wallets now, the first to end first."""
    found = Hold.objects.filter(customer=customer, state=HoldState.HELD)
    return list(found.order_by("expires_at", "id"))


def _shown(found: QuerySet[Payment]) -> QuerySet[Payment]:
    attempts = Prefetch("attempts", Attempt.objects.order_by("number"))
    return found.select_related(
        "payer__user", "payee__user", "original", "retry_of"
    ).prefetch_related(attempts, "retries")
