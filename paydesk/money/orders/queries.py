"""Reads about orders, requests and a merchant's payments. Never writes or locks.

Lists are by key: `before` is the id of the last row of the page that went before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.merchants.models import Merchant
from paydesk.money.orders.models import Order, PaymentRequest, SandboxMove
from paydesk.money.orders.rules import purpose_of_order
from paydesk.money.payments.models import Payment
from paydesk.money.payments.queries import TAKEN
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.people.models import Customer


@dataclass(frozen=True, slots=True)
class Day:
    """What a merchant took on one local day, in minor units."""

    day: date
    amount: int
    count: int


def is_being_paid(order: Order) -> bool:
    """Whether a payment settles the order or is about to."""
    if not order.live:
        return False
    found = Payment.objects.filter(purpose=purpose_of_order(order.id))
    return found.exclude(state__in=[PaymentState.FAILED, PaymentState.CANCELLED]).exists()


def orders(
    merchant_id: UUID,
    *,
    live: bool,
    before: UUID | None = None,
    state: str = "",
    reference: str = "",
    limit: int = 50,
) -> Sequence[Order]:
    """A merchant's orders, newest first."""
    found = Order.objects.filter(merchant_id=merchant_id, live=live)
    if before:
        found = found.filter(id__lt=before)
    if state:
        found = found.filter(state=state)
    if reference:
        found = found.filter(reference=reference)
    return list(found.order_by("-id")[:limit])


def payments(
    merchant_id: UUID,
    *,
    kind: str = "",
    since: datetime | None = None,
    before: Payment | None = None,
    limit: int = 50,
) -> Sequence[Payment]:
    """A merchant's payments with their other sides, newest first."""
    found = Payment.objects.filter(merchant_id=merchant_id)
    if kind:
        found = found.filter(kind=kind)
    if since:
        found = found.filter(created_at__gte=since)
    if before:
        earlier = Q(created_at=before.created_at, id__lt=before.id)
        found = found.filter(Q(created_at__lt=before.created_at) | earlier)
    return list(
        found.select_related("payer", "payee", "original").order_by("-created_at", "-id")[:limit]
    )


def sandbox_moves(
    merchant_id: UUID, *, kind: str = "", before: UUID | None = None, limit: int = 50
) -> Sequence[SandboxMove]:
    """A merchant's moves of test money, newest first."""
    found = SandboxMove.objects.filter(merchant_id=merchant_id)
    if kind:
        found = found.filter(kind=kind)
    if before:
        found = found.filter(id__lt=before)
    return list(found.order_by("-id")[:limit])


def sandbox_balance(merchant_id: UUID) -> dict[str, int]:
    """Test money by currency, in minor units: what test orders brought, less what went out."""
    found: dict[str, int] = {}
    taken = Order.objects.filter(merchant_id=merchant_id, live=False).values("currency")
    for row in taken.annotate(total=Sum("captured")).order_by():
        found[row["currency"]] = int(row["total"] or 0)
    given = SandboxMove.objects.filter(merchant_id=merchant_id).values("currency")
    for row in given.annotate(total=Sum("amount")).order_by():
        found[row["currency"]] = found.get(row["currency"], 0) - int(row["total"] or 0)
    return found


def days(merchant: Merchant, currency: str, count: int = 30) -> list[Day]:
    """What a merchant took on each of the last days in the brand's zone, oldest first."""
    zone = profiles.get(merchant.brand).zone
    today = clock.now().astimezone(zone).date()
    first = today - timedelta(days=count - 1)
    start = datetime.combine(first, datetime.min.time(), zone)
    rows = (
        Payment.objects.filter(
            merchant=merchant,
            kind=PaymentKind.PURCHASE,
            state=PaymentState.SUCCEEDED,
            currency=currency,
            booked_at__gte=start,
            created_at__gte=start - timedelta(days=8),  # reserved first, taken later
        )
        .annotate(day=TruncDate("booked_at", tzinfo=zone))
        .values("day")
        .annotate(total=Sum(TAKEN), how_many=Count("id"))
        .order_by()
    )
    known = {row["day"]: (int(row["total"]), int(row["how_many"])) for row in rows}
    return [
        Day(day, *known.get(day, (0, 0)))
        for day in (first + timedelta(days=n) for n in range(count))
    ]


def requests_of(customer: Customer, limit: int = 50) -> Sequence[PaymentRequest]:
    """The requests that a customer made or was sent, newest first."""
    mine = Q(requester=customer) | Q(payer=customer)
    found = PaymentRequest.objects.filter(mine, brand=customer.brand)
    return list(found.select_related("requester", "payer", "payment").order_by("-id")[:limit])
