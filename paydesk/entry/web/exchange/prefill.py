"""What the exchange form starts with: the address, or an earlier payment to be tried again."""

from typing import Any

from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.wallet.prefill import earlier
from paydesk.kit.money import format_plain
from paydesk.money.exchange import queries
from paydesk.money.payments.states import PaymentKind
from paydesk.people.models import Customer

_NAMES = {
    "from": "pay_currency",
    "to": "get_currency",
    "currency": "get_currency",
    "pay": "pay_amount",
    "get": "get_amount",
    "recipient": "recipient",
}


def prefilled(request: BrandRequest, customer: Customer) -> dict[str, Any]:
    """Initial values: ?retry=<number> first, what else the address says over it."""
    values: dict[str, Any] = {}
    first = earlier(customer, request.GET.get("retry"))
    if first and first.payer_id == customer.id:
        values = {"retry_of": first.number, "pay_currency": first.currency}
        values["note"] = first.note
        if first.received_amount:
            side = first.details.get("side", "pay")
            typed = first.amount if side == "pay" else first.received_amount
            currency = first.currency if side == "pay" else first.received_currency
            values |= {
                "get_currency": first.received_currency,
                "side": side,
                f"{side}_amount": format_plain(typed, currency),
            }
        if first.kind == PaymentKind.REMITTANCE:
            values["recipient"] = first.payee.number if first.payee else ""
            values |= _declared(first.id)
        elif first.kind == PaymentKind.TRANSFER:
            values["get_amount"] = format_plain(first.amount, first.currency)
            values |= {"side": "get", "get_currency": first.currency}
            values.pop("pay_currency")
    values |= {ours: request.GET[name] for name, ours in _NAMES.items() if request.GET.get(name)}
    for name in ("pay_currency", "get_currency"):
        if values.get(name) not in request.brand.currencies:
            values.pop(name, None)
    if "get_currency" in values and "pay_currency" not in values:
        others = [one for one in request.brand.currencies if one != values["get_currency"]]
        values["pay_currency"] = others[0]
    return values


def kind_of(request: BrandRequest, customer: Customer) -> PaymentKind:
    """What the page is for: ?kind=, else what the payment to be tried again was."""
    asked = request.POST.get("kind") or request.GET.get("kind", "")
    if asked in {PaymentKind.EXCHANGE, PaymentKind.REMITTANCE}:
        return PaymentKind(asked)
    first = earlier(customer, request.GET.get("retry"))
    if first and first.kind == PaymentKind.REMITTANCE:
        return PaymentKind.REMITTANCE
    return PaymentKind.EXCHANGE


def _declared(payment_id: Any) -> dict[str, str]:
    said = queries.declaration(payment_id)
    if said is None:
        return {}
    names = ("country", "purpose", "relationship", "address", "source_of_funds")
    return {name: getattr(said, name) for name in names}
