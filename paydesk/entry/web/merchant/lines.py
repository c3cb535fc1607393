"""A merchant's payments as lines of a list: words, sign, tone."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language

from paydesk.kit.money import format_amount
from paydesk.money.merchants.models import Merchant
from paydesk.money.orders.showing import counterparty
from paydesk.money.payments import texts
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind, PaymentState

_TONES = {
    PaymentState.SUCCEEDED: "ok",
    PaymentState.FAILED: "bad",
    PaymentState.CANCELLED: "",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One payment in a list."""

    payment: Payment
    title: str
    who: str
    amount: str
    incoming: bool
    state: str
    tone: str
    href: str


def lines_of(merchant: Merchant, payments: Iterable[Payment]) -> list[Line]:
    """The payments as their merchant sees them."""
    return [line_of(merchant, payment) for payment in payments]


def line_of(merchant: Merchant, payment: Payment) -> Line:
    """One payment as its merchant sees it."""
    lang = get_language() or "zh-hans"
    incoming = payment.kind == PaymentKind.PURCHASE
    sign = "+" if incoming else "−"
    taken = payment.amount if payment.captured is None else payment.captured
    return Line(
        payment=payment,
        title=texts.kind(payment.kind, lang),
        who=counterparty(payment) or "",
        amount=f"{sign}{format_amount(taken, payment.currency)}",
        incoming=incoming,
        state=texts.state(payment.state, lang),
        tone=_TONES.get(PaymentState(payment.state), "warn"),
        href=reverse("merchant_payment", args=[merchant.number, payment.number]),
    )
