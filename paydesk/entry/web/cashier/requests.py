"""Requests for payment between customers: asking, the link and its code, paying, declining."""

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from paydesk.entry.web.cashier.qr import svg_response
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.balances import balance_of, topup_query
from paydesk.entry.web.wallet.forms import MoneyForm
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.kit import clock, ids
from paydesk.kit.money import SYMBOLS, format_amount
from paydesk.money.orders import access, queries, texts
from paydesk.money.orders.actions import requesting
from paydesk.money.orders.models import PaymentRequest
from paydesk.money.orders.rules import RequestState
from paydesk.money.payments.plans import RequestConflict
from paydesk.people import queries as people
from paydesk.people.models import Customer

_TONES = {RequestState.PAID: "ok", RequestState.OPEN: "warn"}


class RequestForm(MoneyForm):
    """How much, what for, and whom to ask; nobody: a link for whoever gets it."""

    payer = forms.CharField(
        label=gettext_lazy("向谁收款"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("对方的邮箱、手机号或客户号；留空则生成链接和二维码"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"}),
    )
    note = forms.CharField(label=gettext_lazy("留言"), max_length=140, required=False)


@signed_in
def request_list(request: BrandRequest, customer: Customer) -> HttpResponse:
    """What one asked others for and was asked for; the form to ask."""
    form = RequestForm(request.POST or None, brand=request.brand)
    if request.method == "POST" and form.is_valid():
        made = _make(request, customer, form)
        if made:
            return redirect("cashier_request", made.token)
    currency = form["currency"].value() or request.brand.default_currency
    context = frame(
        customer,
        "",
        form=form,
        symbol=SYMBOLS.get(currency, currency),
        rows=[_row(one, customer) for one in queries.requests_of(customer)],
    )
    status = 422 if form.errors else 200
    return render(request, "cashier/requests.html", context, status=status)


def _make(request: BrandRequest, customer: Customer, form: RequestForm) -> PaymentRequest | None:
    data, payer = form.cleaned_data, None
    if data["payer"]:
        if not ratelimit.consume(request, action="recipient_lookup", key=str(customer.id)):
            form.add_error("payer", _("查找太频繁，请过几分钟再试。"))
            return None
        payer = people.find_customer(request.brand.code, data["payer"])
        if payer is None or payer.closed_at:
            form.add_error("payer", _("没有找到这位客户。请核对邮箱、手机号或客户号。"))
            return None
        if payer.id == customer.id:
            form.add_error("payer", _("不能向自己收款。"))
            return None
    try:
        return requesting.make_request(
            requester=customer,
            payer=payer,
            amount=data["minor"],
            currency=data["currency"],
            note=data["note"],
            actor=as_customer(customer).actor,
        )
    except requesting.TooMany:
        form.add_error(None, _("待付款的请求太多了，请先处理一些。"))
        return None


@require_safe
@signed_in
def request_page(request: BrandRequest, customer: Customer, token: str) -> HttpResponse:
    """One request: for who asked its link and code, for whoever is asked the button that pays."""
    one = _request(request, token, customer)
    return render(request, "cashier/request.html", _context(request, customer, one))


@require_POST
@signed_in
def answer(request: BrandRequest, customer: Customer, token: str) -> HttpResponse:
    """Pay, decline or take back, told apart by the button pressed."""
    one, actor = _request(request, token, customer), as_customer(customer).actor
    what, key = request.POST.get("what"), request.POST.get("key", "")
    try:
        if what == "pay" and 8 <= len(key) <= 64:
            outcome = requesting.pay_request(one, payer=customer, actor=actor, key=key)
            return redirect("wallet_payment", outcome.number)
        if what == "decline":
            requesting.decline(one, payer=customer, actor=actor)
        elif what == "take_back" and one.requester_id == customer.id:
            requesting.take_back(one, actor=actor)
    except RequestConflict:
        messages.error(request, _("这一页已经提交过别的内容。请核对后再次提交。"))
    except (requesting.NotOpen, ValueError):
        messages.error(request, _("这个请求现在不能这样处理。"))
    return redirect("cashier_request", token)


@require_safe
def request_code(request: BrandRequest, token: str) -> HttpResponse:
    """The QR code of a request's page."""
    try:
        one = access.request_by_token(request.brand.code, token)
    except access.NotFound:
        raise Http404 from None
    return svg_response(request.build_absolute_uri(reverse("cashier_request", args=[one.token])))


def _request(request: BrandRequest, token: str, customer: Customer) -> PaymentRequest:
    """A request that this customer may see: made by them, sent to them, or sent to nobody."""
    try:
        one = access.request_by_token(request.brand.code, token)
    except access.NotFound:
        raise Http404 from None
    if one.payer_id not in {None, customer.id} and one.requester_id != customer.id:
        raise Http404
    return one


def _context(request: BrandRequest, customer: Customer, one: PaymentRequest) -> dict[str, Any]:
    balance = balance_of(customer, one.currency)
    mine = one.requester_id == customer.id
    payable = one.state == RequestState.OPEN and one.expires_at > clock.now() and not mine
    return frame(
        customer,
        "",
        one=one,
        row=_row(one, customer),
        mine=mine,
        payable=payable,
        declinable=payable and one.payer_id == customer.id,
        amount=format_amount(one.amount, one.currency),
        available=balance.available,
        left=balance.less(one.amount),
        short=balance.short_of(one.amount) if payable else "",
        short_query=topup_query(balance, one.amount),
        link=request.build_absolute_uri(reverse("cashier_request", args=[one.token])),
        share=_("请付给我 %(amount)s") % {"amount": format_amount(one.amount, one.currency)},
        key=str(ids.uuid7()),
    )


def _row(one: PaymentRequest, customer: Customer) -> dict[str, Any]:
    """A request as a line of the list."""
    mine = one.requester_id == customer.id
    other = one.payer if mine else one.requester
    name = other.masked_name if other else _("任何收到链接的人")
    title = _("向 %(who)s 收款") if mine else _("%(who)s 向您收款")
    return {
        "title": title % {"who": name},
        "name": name,
        "amount": format_amount(one.amount, one.currency),
        "href": reverse("cashier_request", args=[one.token]),
        "chip": texts.REQUESTS[one.state],
        "chip_tone": _TONES.get(RequestState(one.state), ""),
        "mine": mine,
        "at": one.created_at,
        "note": one.note,
    }
