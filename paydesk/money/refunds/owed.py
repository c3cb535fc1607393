"""Reads of what stands in the way of money that nobody got, or is owed to a closed account: refunds
that came back, disputes. Never writes."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from paydesk.money.payments.actions import by_bank
from paydesk.money.payments.models import Payment
from paydesk.money.refunds.models import Dispute, ReturnedRefund
from paydesk.money.refunds.rules import UNDECIDED

SHOWN = 100


def owed(payment: Payment) -> by_bank.Owed | None:
    """A refund that came back for a closed account: no wallet can take it."""
    rows = ReturnedRefund.objects.filter(attempt__payment=payment, credit=None)
    row = rows.select_related("attempt", "customer").first()
    if row is None or row.customer.closed_at is None:
        return None
    amount, currency = payment.amount, payment.currency
    return by_bank.Owed(payment, row.attempt, row.customer, amount, currency, row.purpose)


def owed_to_closed(brand: str) -> Sequence[ReturnedRefund]:
    """Refunds that came back to their provider and whose customer's account is closed, the oldest
    first: no wallet can take them."""
    rows = ReturnedRefund.objects.filter(
        brand=brand, credit=None, customer__closed_at__isnull=False
    )
    related = rows.select_related("attempt__payment", "customer")
    return list(related.order_by("returned_at")[:SHOWN])


def disputed(payments: Iterable[Payment]) -> dict[UUID, Dispute]:
    """The dispute about each of these payments that its bank has not decided, or decided against
    us: what was charged may go back to the payer, or has. About a refund is what disputes the
    payment that it refunds; of several, one that is not decided."""
    charges = {one.id: [one.id, one.original_id] for one in payments}
    about = {charge for both in charges.values() for charge in both if charge}
    rows = Dispute.objects.filter(payment__in=about, state__in=[*UNDECIDED, "lost"])
    last = sorted(rows.order_by("opened_at"), key=lambda one: one.state in UNDECIDED)
    of_charge = {one.payment_id: one for one in last}
    return {
        payment: of_charge[charge]
        for payment, both in charges.items()
        for charge in both
        if charge in of_charge
    }
