"""What the exchange form starts with: the address, or an earlier payment to be tried again."""

from typing import Any
from uuid import UUID

from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.wallet.prefill import earlier
from paydesk.kit.money import format_plain
from paydesk.money.exchange import queries
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind
from paydesk.people.models import Customer

TO_SOMEBODY = frozenset({PaymentKind.REMITTANCE, PaymentKind.TRANSFER})
_NAMES = {
    "from": "pay_currency",
    "to": "get_currency",
    "currency": "pay_currency",
    "pay": "pay_amount",
    "get": "get_amount",
    "recipient": "recipient",
}


def prefilled(request: BrandRequest, customer: Customer) -> dict[str, Any]:
    """Initial values: ?retry=<number> first, what else the address says over it."""
    first = earlier(customer, request.GET.get("retry"))
    values = _of(first) if first and first.payer_id == customer.id else {}
    values |= {ours: request.GET[name] for name, ours in _NAMES.items() if request.GET.get(name)}
    for name in ("pay_currency", "get_currency"):
        if values.get(name) not in request.brand.currencies:
            values.pop(name, None)
    for one, other in (("get_currency", "pay_currency"), ("pay_currency", "get_currency")):
        if one in values and other not in values:
            values[other] = next(c for c in request.brand.currencies if c != values[one])
    return values


def _of(first: Payment) -> dict[str, Any]:
    """The terms of an earlier payment: of an exchange as they were; of a transfer in a currency
    that its recipient does not take, what it was to cost (row 34)."""
    values: dict[str, Any] = {
        "retry_of": first.number,
        "pay_currency": first.currency,
        "note": first.note,
        "side": first.details.get("side", "pay"),
    }
    if values["side"] == "get" and first.received_amount:
        values["get_amount"] = format_plain(first.received_amount, first.received_currency)
    else:
        values["pay_amount"] = format_plain(first.amount, first.currency)
    takes = [one for one in first.facts.get("takes", []) if one != first.currency]
    values["get_currency"] = first.received_currency or (takes[0] if takes else "")
    if first.kind in TO_SOMEBODY:
        values["recipient"] = first.payee.number if first.payee else ""
        values |= _declared(first.id)
    return values


def kind_of(request: BrandRequest, customer: Customer) -> PaymentKind:
    """What the page is for: ?kind=, else what the payment to be tried again was."""
    asked = request.POST.get("kind") or request.GET.get("kind", "")
    if asked in {PaymentKind.EXCHANGE, PaymentKind.REMITTANCE}:
        return PaymentKind(asked)
    first = earlier(customer, request.GET.get("retry"))
    if first and first.kind in TO_SOMEBODY:
        return PaymentKind.REMITTANCE
    return PaymentKind.EXCHANGE


def _declared(payment_id: UUID) -> dict[str, str]:
    said = queries.declaration(payment_id)
    if said is None:
        return {}
    names = ("country", "purpose", "relationship", "address", "source_of_funds")
    return {name: getattr(said, name) for name in names}
