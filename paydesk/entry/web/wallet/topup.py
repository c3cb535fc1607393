"""Putting money in. The result is the payment's own page; sent twice it is one top-up."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from paydesk.entry.web.methods import choices
from paydesk.entry.web.methods.returning import terms_of
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet import instruments
from paydesk.entry.web.wallet.forms import TopUpForm
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.notices import notices_of
from paydesk.entry.web.wallet.prefill import earlier, prefilled
from paydesk.kit import ids
from paydesk.kit.money import SYMBOLS, exponent, format_plain
from paydesk.money.payments import actions
from paydesk.money.payments.plans import RequestConflict
from paydesk.people.models import Customer

_USUAL_AMOUNTS = (50, 100, 200, 500)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An amount that can be chosen with one touch."""

    plain: str
    chosen: bool


@signed_in
def topup(request: BrandRequest, customer: Customer) -> HttpResponse:
    """The form, and the top-up itself."""
    saved = choices.choices(customer)
    tokens = (
        *(one.value for one in saved),
        *instruments.open_tokens(customer),
        *instruments.tokens(request.brand.code),
    )
    if request.method != "POST":
        initial = {"instrument": tokens[0] if tokens else "", **prefilled(request, customer)}
        return _page(
            request, customer, TopUpForm(brand=request.brand, tokens=tokens, initial=initial)
        )
    form = TopUpForm(request.POST, brand=request.brand, tokens=tokens)
    if not form.is_valid():
        return _page(request, customer, form)
    data = form.cleaned_data
    try:
        outcome = actions.topup(
            customer=customer,
            token=data["instrument"],
            means=choices.means(customer, data["instrument"]),
            terms=terms_of(request),
            amount=data["minor"],
            currency=data["currency"],
            actor=as_customer(customer).actor,
            key=data["key"],
            client_version=request.headers.get("X-Client-Version", ""),
            retry_of=earlier(customer, data["retry_of"]),
        )
    except RequestConflict:
        values = request.POST.copy()
        values["key"] = str(ids.uuid7())
        form = TopUpForm(values, brand=request.brand, tokens=tokens)
        form.add_error(None, _("这一页已经提交过别的内容。请核对后再次提交。"))
        return _page(request, customer, form)
    return redirect("wallet_payment", outcome.number)


def _page(request: BrandRequest, customer: Customer, form: TopUpForm) -> HttpResponse:
    currency = str(form["currency"].value())
    if currency not in request.brand.currencies:
        currency = request.brand.default_currency
    chosen = str(form["instrument"].value() or "")
    every = instruments.choices(chosen, request.brand.code)
    usual, rare = every[: instruments.USUAL], every[instruments.USUAL :]
    context = frame(
        customer,
        "home",
        form=form,
        symbol=SYMBOLS.get(currency, currency),
        suggestions=_suggestions(currency, str(form["amount"].value() or "")),
        methods=choices.choices(customer, chosen),
        ways=instruments.ways(chosen, customer),
        instruments=usual,
        rare=rare,
        rare_open=any(one.chosen for one in rare),
        notices=notices_of(request.brand),
    )
    return render(request, "wallet/topup.html", context, status=422 if form.errors else 200)


def _suggestions(currency: str, typed: str) -> list[Suggestion]:
    unit = 10 ** exponent(currency)
    return [
        Suggestion(str(whole), typed in (str(whole), format_plain(whole * unit, currency)))
        for whole in _USUAL_AMOUNTS
    ]
