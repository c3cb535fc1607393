"""Reads about payments: wallets, limits left, holds, recent payments. Never writes or locks.

Amounts are minor units. Who may see what is decided in `access`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import AccountCode
from paydesk.money.payments.looking import used_today
from paydesk.money.payments.models import Attempt, Hold, Payment
from paydesk.money.payments.states import HoldState, PaymentKind, PaymentState
from paydesk.people.models import Customer


@dataclass(frozen=True, slots=True)
class WalletFacts:
    """One wallet of a customer as support sees it, in minor units."""

    currency: str
    posted: int
    held: int
    limit_single: int
    limit_day: int
    used_today: int

    @property
    def available(self) -> int:
        """What could be spent now."""
        return self.posted - self.held

    @property
    def left_today(self) -> int:
        """What may still be sent until midnight in the brand's zone."""
        return max(self.limit_day - self.used_today, 0)


def wallets(customer: Customer) -> list[WalletFacts]:
    """Every wallet of the customer, the brand's default currency first."""
    brand, at = profiles.get(customer.brand), clock.now()
    found = [
        WalletFacts(
            currency=account.currency,
            posted=account.posted,
            held=account.held,
            limit_single=brand.limits[account.currency].transfer_single,
            limit_day=brand.limits[account.currency].transfer_day,
            used_today=used_today(customer.id, account.currency, brand.timezone, at),
        )
        for account in ledger.accounts_of(customer.brand, customer.id)
        if account.code == AccountCode.CUSTOMER_WALLET
    ]
    return sorted(found, key=lambda one: (one.currency != brand.default_currency, one.currency))


def visible_to(customer: Customer) -> QuerySet[Payment]:
    """The payments that a customer may see: what they asked for, and what reached them.

    Somebody's failed try to send them money is not among them, nor a refund that failed.
    """
    came = Q(payee=customer) & (Q(kind=PaymentKind.TOPUP) | Q(state=PaymentState.SUCCEEDED))
    sent = Q(payer=customer) & (~Q(kind=PaymentKind.REFUND) | Q(state=PaymentState.SUCCEEDED))
    return _shown(Payment.objects.filter(came | sent, brand=customer.brand))


def recent(customer: Customer, limit: int = 10) -> Sequence[Payment]:
    """The latest payments that the customer may see, newest first, attempts with them."""
    return list(visible_to(customer).order_by("-created_at", "-id")[:limit])


def with_customer(customer: Customer) -> QuerySet[Payment]:
    """For staff: every payment with the customer on either side, failed ones included."""
    sides = Q(payer=customer) | Q(payee=customer)
    return _shown(Payment.objects.filter(sides, brand=customer.brand))


def concerning(customer: Customer, limit: int = 20) -> Sequence[Payment]:
    """For staff: the latest payments with the customer on either side, failed ones included."""
    return list(with_customer(customer).order_by("-created_at", "-id")[:limit])


def payment(brand: str, payment_id: UUID) -> Payment | None:
    """One payment of a brand by its id, sides and attempts with it."""
    return _shown(Payment.objects.filter(brand=brand, id=payment_id)).first()


def refundable(original: Payment) -> int:
    """How much of a transfer is left to refund, in minor units."""
    if original.kind != PaymentKind.TRANSFER or original.state != PaymentState.SUCCEEDED:
        return 0
    return original.amount - original.refunded


def open_holds(customer: Customer) -> Sequence[Hold]:
    """What is reserved in the customer's wallets now, the first to end first."""
    found = Hold.objects.filter(customer=customer, state=HoldState.HELD)
    return list(found.order_by("expires_at", "id"))


def _shown(found: QuerySet[Payment]) -> QuerySet[Payment]:
    attempts = Prefetch("attempts", Attempt.objects.order_by("number"))
    return found.select_related(
        "payer__user", "payee__user", "original", "retry_of"
    ).prefetch_related(attempts)
