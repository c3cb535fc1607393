"""The cashier page of an order: whom one is about to pay, what for; paying; what became of it.

Whoever has the link may look; paying asks to sign in. A test order shows buttons instead.
"""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from paydesk.brands import profiles
from paydesk.entry.web.cashier.merchant_card import card_of
from paydesk.entry.web.cashier.qr import svg_response
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.balances import balance_of, topup_query
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.moves import move_of
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.kit.money import format_amount
from paydesk.money.orders import access, texts
from paydesk.money.orders.actions import ordering, paying, sandbox
from paydesk.money.orders.models import Order
from paydesk.money.orders.rules import Capture, OrderState
from paydesk.money.payments import access as payments
from paydesk.money.payments import fees
from paydesk.money.payments.plans import RequestConflict
from paydesk.money.payments.states import PaymentKind
from paydesk.people.access import current_customer
from paydesk.people.models import Customer

_DONE = {OrderState.PAID, OrderState.AUTHORISED}


@require_safe
def order_page(request: BrandRequest, token: str) -> HttpResponse:
    """The order and its merchant; the button that pays, or what became of it."""
    order = _order(request, token)
    ordering.note_seen(order)
    customer = current_customer(request)
    return render(request, "cashier/order.html", _context(request, order, customer))


@require_POST
@signed_in
def pay(request: BrandRequest, customer: Customer, token: str) -> HttpResponse:
    """Pay from the wallet. Sent twice, it is one request under the page's key."""
    order = _order(request, token)
    if not order.live:
        raise Http404
    key = request.POST.get("key", "")
    if not 8 <= len(key) <= 64:
        return redirect("cashier_order", token)
    wish = paying.Pay(
        order=order,
        payer=customer,
        actor=as_customer(customer).actor,
        key=key,
        client_version=request.headers.get("X-Client-Version", ""),
    )
    try:
        outcome = paying.pay_order(wish)
    except RequestConflict:
        messages.error(request, _("这一页已经提交过别的内容。请核对后再次提交。"))
        return redirect("cashier_order", token)
    return redirect("cashier_result", token, outcome.number)


@require_safe
@signed_in
def result(request: BrandRequest, customer: Customer, token: str, number: str) -> HttpResponse:
    """What became of the payer's own payment: receipt and the way back, or why not."""
    order = _order(request, token)
    try:
        payment = payments.payment_of(customer, number)
    except payments.PaymentNotFound:
        raise Http404 from None
    context = _context(request, order, customer) | {"move": move_of(payment, customer)}
    return render(request, "cashier/result.html", context)


@require_POST
def test_pay(request: BrandRequest, token: str) -> HttpResponse:
    """The test buttons of a sandbox order: pay, or give up. Test money only."""
    order = _order(request, token)
    if order.live:
        raise Http404
    actor = SYSTEM(order.brand)
    try:
        if request.POST.get("what") == "pay":
            sandbox.pay(order, actor=actor)
        else:
            ordering.cancel_order(order, actor=actor)
    except (sandbox.NotPossible, ordering.NotOpen):
        messages.error(request, _("订单现在的状态不允许这样做。"))
    return redirect("cashier_order", token)


@require_safe
def order_code(request: BrandRequest, token: str) -> HttpResponse:
    """The QR code of an order's page."""
    order = _order(request, token)
    return svg_response(request.build_absolute_uri(reverse("cashier_order", args=[order.token])))


def _order(request: BrandRequest, token: str) -> Order:
    try:
        return access.order_by_token(request.brand.code, token)
    except access.NotFound:
        raise Http404 from None


def _context(request: BrandRequest, order: Order, customer: Customer | None) -> dict[str, Any]:
    brand = profiles.get(order.brand)
    fee = fees.fee(brand, PaymentKind.PURCHASE, order.amount, order.currency)
    total = order.amount + fee
    context: dict[str, Any] = {
        "order": order,
        "merchant": card_of(order.merchant),
        "amount": format_amount(order.amount, order.currency),
        "fee": format_amount(fee, order.currency) if fee else "",
        "total": format_amount(total, order.currency),
        "state": texts.ORDERS[order.state],
        "payable": _payable(order),
        "done": order.state in _DONE,
        "manual": order.capture == Capture.MANUAL,
        "link": request.build_absolute_uri(reverse("cashier_order", args=[order.token])),
        "back": _back(order),
        "key": str(ids.uuid7()),
        "sign_in": f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}",
    }
    if customer is None:
        return context
    balance = balance_of(customer, order.currency)
    wallet = {
        "available": balance.available,
        "short": balance.short_of(total),
        "short_query": topup_query(balance, total),
        "left": balance.less(total),
    }
    return frame(customer, "", **(context | wallet))


def _payable(order: Order) -> bool:
    """Whether the button that pays is of any use."""
    fresh = order.state == OrderState.OPEN and order.expires_at > clock.now()
    return fresh and ordering.takes(order.merchant, live=order.live)


def _back(order: Order) -> str:
    """The merchant's page to return to, told which order and how it stands."""
    if not order.return_url:
        return ""
    parts = urlsplit(order.return_url)
    query = [*parse_qsl(parts.query), ("order", str(order.id)), ("state", order.state)]
    return urlunsplit(parts._replace(query=urlencode(query)))
