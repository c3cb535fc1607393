"""What a money form starts with: from the address, or from an earlier payment to be tried again."""

from typing import Any

from paydesk.entry.web.requests import BrandRequest
from paydesk.kit.money import format_plain
from paydesk.money.payments import access
from paydesk.money.payments.access import PaymentNotFound
from paydesk.money.payments.models import Payment
from paydesk.people.models import Customer

_NAMES = {"to": "recipient", "amount": "amount", "currency": "currency", "note": "note"}


def earlier(customer: Customer, number: str | None) -> Payment | None:
    """The customer's own payment of that number, None if there is none."""
    if not number:
        return None
    try:
        return access.payment_of(customer, number)
    except PaymentNotFound:
        return None


def prefilled(request: BrandRequest, customer: Customer) -> dict[str, Any]:
    """Initial values: ?retry=<number> first, what else the address says over it.

    ?without=recipient leaves that empty, to try the same with another one.
    """
    values: dict[str, Any] = {}
    if first := earlier(customer, request.GET.get("retry")):
        values = {
            "recipient": first.payee.number
            if first.payee and first.payer_id == customer.id
            else "",
            "amount": format_plain(first.amount, first.currency),
            "currency": first.currency,
            "note": first.note,
            "retry_of": first.number,
            "again": "again" in request.GET,
        }
    values |= {ours: request.GET[name] for name, ours in _NAMES.items() if request.GET.get(name)}
    if without := request.GET.get("without"):
        values.pop(without, None)
    if values.get("currency") not in request.brand.currencies:
        values.pop("currency", None)
    return values
