"""Changing money and paying across a border: type either amount, see the offer, confirm in time.

An offer that lapsed is replaced by a new one that shows what changed; nothing typed is lost.
"""

from typing import Any

from allauth.core import ratelimit
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from paydesk.entry.web.exchange import offers
from paydesk.entry.web.exchange.forms import AmountsForm, ConvertForm, RemitForm
from paydesk.entry.web.exchange.prefill import kind_of, prefilled
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.balances import balance_of, balances_of, topup_query
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.notices import notices_of, restrictions_of
from paydesk.entry.web.wallet.prefill import earlier
from paydesk.kit import clock, ids
from paydesk.money.exchange import access, actions, queries, rules
from paydesk.money.exchange.access import QuoteNotFound
from paydesk.money.exchange.actions.paying import Wish
from paydesk.money.exchange.models import Quote
from paydesk.money.exchange.queries import NoRate
from paydesk.money.exchange.rules import NothingLeft
from paydesk.money.payments.contacts import masked
from paydesk.money.payments.plans import Outcome, RequestConflict
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind
from paydesk.people import queries as people
from paydesk.people.models import Customer


@signed_in
def start(request: BrandRequest, customer: Customer) -> HttpResponse:
    """The form, the offer and the paying, told apart by the field `step`."""
    kind = kind_of(request, customer)
    make = RemitForm if kind is PaymentKind.REMITTANCE else ConvertForm
    if request.method != "POST":
        initial = prefilled(request, customer)
        return _form(request, customer, make(brand=request.brand, initial=initial), kind)
    form = make(request.POST, brand=request.brand)
    if not form.is_valid() or not _recipient_right(request, customer, form):
        return _form(request, customer, form, kind)
    if request.POST.get("step") == "pay":
        return _pay(request, customer, form, kind)
    return _offer(request, customer, form, kind)


@signed_in
def preview(request: BrandRequest, customer: Customer) -> HttpResponse:
    """What a quote would say now: for the page while one types. Nothing is kept or promised."""
    form = AmountsForm(request.GET, brand=request.brand)
    if not form.is_valid():
        return JsonResponse({"problem": ""}, status=422)
    data = form.cleaned_data
    try:
        said = offers.estimate(
            request.brand,
            request.GET.get("kind", ""),
            data["side"],
            data["minor"],
            data["pay_currency"],
            data["get_currency"],
        )
    except (NoRate, NothingLeft) as error:
        words = _no_rate() if isinstance(error, NoRate) else _("金额太小，换不到任何钱。")
        return JsonResponse({"problem": words}, status=422)
    return JsonResponse(said)


def _form(
    request: BrandRequest, customer: Customer, form: ConvertForm, kind: PaymentKind
) -> HttpResponse:
    context = frame(
        customer,
        "transfer",
        form=form,
        kind=kind.value,
        remits=kind is PaymentKind.REMITTANCE,
        available=" · ".join(one.available for one in balances_of(customer)),
        notices=notices_of(request.brand),
        restrictions=restrictions_of(customer),
        asked={
            country: " ".join(sorted(rules.asked_for(country, request.brand.exchange.home)))
            for country in request.brand.exchange.countries
        },
    )
    return render(request, "exchange/start.html", context, status=422 if form.errors else 200)


def _recipient_right(request: BrandRequest, customer: Customer, form: ConvertForm) -> bool:
    """Whether the typed text means somebody who can be paid; else an error at its field."""
    if not isinstance(form, RemitForm) or request.POST.get("step") == "pay":
        return True
    if not ratelimit.consume(request, action="recipient_lookup", key=str(customer.id)):
        form.add_error("recipient", _("查找太频繁，请过几分钟再试。"))
        return False
    found = people.find_customer(request.brand.code, form.cleaned_data["recipient"])
    if found is None:
        form.add_error(
            "recipient", _("没有找到这位收款人。请核对邮箱、手机号或客户号；手机号要由对方验证过。")
        )
    elif found.id == customer.id:
        form.add_error("recipient", _("给自己换钱请用“换汇”。"))
    return found is not None and found.id != customer.id


def _offer(
    request: BrandRequest,
    customer: Customer,
    form: ConvertForm,
    kind: PaymentKind,
    *,
    lapsed: bool = False,
) -> HttpResponse:
    """A fresh quote to confirm; after an earlier one, with what changed."""
    data = form.cleaned_data
    try:
        quote = actions.quote(
            customer=customer,
            kind=kind,
            pay_currency=data["pay_currency"],
            get_currency=data["get_currency"],
            side=data["side"],
            amount=data["minor"],
            actor=as_customer(customer).actor,
        )
    except NoRate:
        form.add_error(None, _no_rate())
        return _form(request, customer, form, kind)
    except (NothingLeft, ValueError):
        form.too_small()
        return _form(request, customer, form, kind)
    before = _earlier_quote(customer, data.get("quote", ""))
    return _confirm(request, customer, form, quote, before=before, lapsed=lapsed)


def _confirm(
    request: BrandRequest,
    customer: Customer,
    form: ConvertForm,
    quote: Quote,
    *,
    before: Quote | None = None,
    lapsed: bool = False,
) -> HttpResponse:
    # A fresh key for what is confirmed now: another offer is another request.
    values = request.POST.copy()
    values["key"], values["quote"], values["side"] = str(ids.uuid7()), str(quote.id), quote.side
    fresh = type(form)(values, brand=request.brand)
    offer, balance = offers.offer_of(quote, clock.now()), balance_of(customer, quote.pay_currency)
    context = frame(
        customer,
        "transfer",
        form=fresh,
        kind=quote.kind,
        offer=offer,
        renewed=before is not None,
        lapsed=lapsed or (before is not None and before.expires_at <= quote.quoted_at),
        changed=offers.change(before, quote) if before else None,
        recipient=_shown(request, form),
        left=balance.less(offer.total_minor),
        short=balance.short_of(offer.total_minor),
        short_query=topup_query(balance, offer.total_minor),
    )
    return render(request, "exchange/confirm.html", context)


def _shown(request: BrandRequest, form: ConvertForm) -> dict[str, str] | None:
    typed = form.cleaned_data.get("recipient")
    found = people.find_customer(request.brand.code, typed) if typed else None
    return {"name": found.masked_name, "shown": masked(typed)} if found and typed else None


def _pay(
    request: BrandRequest, customer: Customer, form: ConvertForm, kind: PaymentKind
) -> HttpResponse:
    quote = _earlier_quote(customer, form.cleaned_data["quote"])
    if quote is None or quote.kind != kind:
        return _offer(request, customer, form, kind)
    try:
        outcome = _submit(request, customer, form, quote)
    except RequestConflict:
        return _offer(request, customer, form, kind)
    if outcome.reason is Reason.QUOTE_LAPSED and not queries.used_by(quote):
        return _offer(request, customer, form, kind, lapsed=True)
    if outcome.reason is Reason.CROSS_BORDER_DATA and isinstance(form, RemitForm):
        form.mark_missing(list(outcome.facts["missing"]))
        values = request.POST.copy()
        values["key"] = str(ids.uuid7())
        form.data = values
        return _form(request, customer, form, kind)
    return redirect("wallet_payment", outcome.number)


def _submit(request: BrandRequest, customer: Customer, form: ConvertForm, quote: Quote) -> Outcome:
    data = form.cleaned_data
    common: dict[str, Any] = {
        "quote": quote,
        "actor": as_customer(customer).actor,
        "key": data["key"],
        "client_version": request.headers.get("X-Client-Version", ""),
        "retry_of": earlier(customer, data["retry_of"]),
    }
    if not isinstance(form, RemitForm):
        return actions.convert(**common)
    return actions.remit(
        Wish(**common, recipient=data["recipient"], declared=form.declared(), note=data["note"])
    )


def _earlier_quote(customer: Customer, quote_id: str) -> Quote | None:
    try:
        return access.quote_of(customer, quote_id)
    except QuoteNotFound:
        return None


def _no_rate() -> str:
    return _("这两种货币暂时没有可用的汇率，请稍后再试。")
