"""Payments, refunds and orders of a merchant; an order made by hand to be sent as a link."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from paydesk.entry.web.merchant import frame as portal
from paydesk.entry.web.merchant.lines import line_of, lines_of
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.wallet.forms import AMOUNT_PROBLEMS, MoneyForm
from paydesk.kit import clock, ids
from paydesk.kit.money import SYMBOLS, AmountError, format_amount, format_plain, parse_amount
from paydesk.money.merchants.models import Merchant
from paydesk.money.orders import access, queries, texts
from paydesk.money.orders.actions import ordering
from paydesk.money.orders.actions.ordering import OrderWish
from paydesk.money.orders.models import Order
from paydesk.money.orders.rules import Capture
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import RequestConflict
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.refunds.actions import NotRefundable, refund_purchase

PAGE = 30
LINK_LASTS = timedelta(days=3)


class OrderForm(MoneyForm):
    """An order to send as a link or to show as a code."""

    reference = forms.CharField(label=gettext_lazy("商户订单号"), max_length=64)
    description = forms.CharField(label=gettext_lazy("说明"), max_length=140, required=False)
    test = forms.BooleanField(label=gettext_lazy("测试订单（只有测试资金）"), required=False)


class RefundForm(forms.Form):
    """How much to give back, and why."""

    key = forms.CharField(widget=forms.HiddenInput, min_length=8, max_length=64)
    amount = forms.CharField(
        label=gettext_lazy("退款金额"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=140, required=False)


@require_safe
@portal.own_merchant
def payments(request: BrandRequest, merchant: Merchant) -> HttpResponse:
    """Payments, newest first; `kind` narrows them, `after` is the number of the last one seen."""
    kind = request.GET.get("kind", "")
    if kind not in {"", PaymentKind.PURCHASE, PaymentKind.REFUND, PaymentKind.DISBURSEMENT}:
        raise Http404
    before = _payment(merchant, request.GET["after"]) if request.GET.get("after") else None
    found = queries.payments(merchant.id, kind=kind, before=before, limit=PAGE + 1)
    context = portal.context(
        merchant,
        "payments",
        kind=kind,
        lines=lines_of(merchant, found[:PAGE]),
        after=found[PAGE - 1].number if len(found) > PAGE else "",
    )
    return render(request, "merchant/payments.html", context)


@portal.own_merchant
def payment(request: BrandRequest, merchant: Merchant, payment_number: str) -> HttpResponse:
    """One payment with its refunds; of a purchase, the form that gives it back."""
    found = _payment(merchant, payment_number)
    taken = found.amount if found.captured is None else found.captured
    rest = taken - found.refunded
    refundable = (
        found.kind == PaymentKind.PURCHASE and found.state == PaymentState.SUCCEEDED and rest > 0
    )
    initial = {"key": str(ids.uuid7()), "amount": format_plain(max(rest, 1), found.currency)}
    form = RefundForm(request.POST or None, initial=initial)
    if request.method == "POST" and refundable and form.is_valid():
        done = _refund(request, merchant, found, form)
        if done:
            return done
    context = portal.context(
        merchant,
        "payments",
        line=line_of(merchant, found),
        refunds=lines_of(merchant, _refunds_of(found)),
        form=form if refundable else None,
        symbol=SYMBOLS.get(found.currency, found.currency),
        rest=format_amount(rest, found.currency),
        refunded=format_amount(found.refunded, found.currency) if found.refunded else "",
        reference=found.details.get("reference", ""),
    )
    return render(request, "merchant/payment.html", context, status=422 if form.errors else 200)


def _refunds_of(found: Payment) -> list[Payment]:
    return list(found.refunds.select_related("payer", "payee", "original").order_by("created_at"))


def _refund(
    request: BrandRequest, merchant: Merchant, original: Payment, form: RefundForm
) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        outcome = refund_purchase(
            original=original,
            amount=parse_amount(data["amount"], original.currency),
            actor=portal.owner_of(merchant),
            key=data["key"],
            note=data["reason"],
        )
    except AmountError as error:
        form.add_error("amount", str(AMOUNT_PROBLEMS[error.code]))
        return None
    except NotRefundable:
        form.add_error(None, _("这笔付款不能退款。"))
        return None
    except RequestConflict:
        form.add_error(None, _("这一页已经提交过别的内容。请核对后再次提交。"))
        return None
    if outcome.state is PaymentState.FAILED:
        messages.error(request, _("退款没有成功，详情见退款记录。"))
    else:
        messages.success(request, _("退款已提交。"))
    return redirect("merchant_payment", merchant.number, original.number)


def _payment(merchant: Merchant, number: str) -> Payment:
    try:
        return access.payment_by_number(merchant, number)
    except access.NotFound:
        raise Http404 from None


@portal.own_merchant
def orders(request: BrandRequest, merchant: Merchant) -> HttpResponse:
    """The latest orders, live and test; the form that makes one to send as a link."""
    form = OrderForm(request.POST or None, brand=request.brand)
    if request.method == "POST" and form.is_valid():
        made = _make(merchant, form)
        if made:
            return redirect("merchant_order", merchant.number, made.id)
    live = queries.orders(merchant.id, live=True, limit=PAGE)
    test = queries.orders(merchant.id, live=False, limit=PAGE)
    latest = sorted([*live, *test], key=lambda one: one.id, reverse=True)[:PAGE]
    currency = form["currency"].value() or request.brand.default_currency
    context = portal.context(
        merchant,
        "orders",
        form=form,
        symbol=SYMBOLS.get(currency, currency),
        rows=[_row(one) for one in latest],
    )
    return render(request, "merchant/orders.html", context, status=422 if form.errors else 200)


def _make(merchant: Merchant, form: OrderForm) -> Order | None:
    data = form.cleaned_data
    wish = OrderWish(
        merchant=merchant,
        live=not data["test"],
        amount=data["minor"],
        currency=data["currency"],
        reference=data["reference"],
        description=data["description"],
        capture=Capture.AUTOMATIC,
        expires_at=clock.now() + LINK_LASTS,
        return_url="",
        actor=portal.owner_of(merchant),
    )
    try:
        return ordering.create_order(wish)
    except ordering.NotTaking:
        form.add_error(None, _("商户目前不能收款；沙箱里只能创建测试订单。"))
    except ordering.Refused:
        form.add_error("amount", _("金额太小。"))
    return None


@require_safe
@portal.own_merchant
def order(request: BrandRequest, merchant: Merchant, order_id: Any) -> HttpResponse:
    """One order: its link and code to send, and how it stands."""
    found = None
    for live in (True, False):
        try:
            found = access.order_of(merchant.id, live, order_id)
        except access.NotFound:
            continue
    if found is None:
        raise Http404
    link = request.build_absolute_uri(reverse("cashier_order", args=[found.token]))
    context = portal.context(merchant, "orders", order=found, row=_row(found), link=link)
    return render(request, "merchant/order.html", context)


def _row(one: Order) -> dict[str, Any]:
    tones = {"paid": "ok", "open": "warn", "authorised": "warn"}
    return {
        "order": one,
        "amount": format_amount(one.amount, one.currency),
        "state": texts.ORDERS[one.state],
        "tone": tones.get(one.state, ""),
    }
