"""Sending money: type, check whom it goes to, confirm. The result is the payment's own page.

Confirming twice, or going back and confirming again, is the same request under the same key.
"""

from typing import Any
from urllib.parse import urlencode

from allauth.core import ratelimit
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.balances import balance_of, balances_of, topup_query
from paydesk.entry.web.wallet.forms import TransferForm
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.limits import left_in_words
from paydesk.entry.web.wallet.notices import notices_of, restrictions_of
from paydesk.entry.web.wallet.prefill import earlier, prefilled
from paydesk.kit import ids
from paydesk.kit.money import SYMBOLS, format_amount
from paydesk.money.merchants import queries as merchants
from paydesk.money.payments import actions, fees
from paydesk.money.payments.contacts import masked
from paydesk.money.payments.plans import RequestConflict
from paydesk.money.payments.states import PaymentKind
from paydesk.people import queries as people
from paydesk.people.models import Customer


@signed_in
def transfer(request: BrandRequest, customer: Customer) -> HttpResponse:
    """The form, the confirmation and the sending, told apart by the field `step`."""
    brand = request.brand
    if request.method != "POST":
        return _form(
            request, customer, TransferForm(brand=brand, initial=prefilled(request, customer))
        )
    form = TransferForm(request.POST, brand=brand)
    if not form.is_valid():
        return _form(request, customer, form)
    recipient = _recipient(request, form, customer)
    if recipient is None:
        return _form(request, customer, form)
    if request.POST.get("step") != "send":
        return _confirm(request, customer, form, recipient)
    return _send(request, customer, form, recipient)


def _recipient(request: BrandRequest, form: TransferForm, customer: Customer) -> Customer | None:
    """Whom the typed text means; what can't be meant is an error at its field.

    Look-ups are counted per customer: a name, even masked, is not to be had by trying numbers.
    """
    if not ratelimit.consume(request, action="recipient_lookup", key=str(customer.id)):
        form.add_error("recipient", _("查找太频繁，请过几分钟再试。"))
        return None
    found = people.find_customer(request.brand.code, form.cleaned_data["recipient"])
    if found is None:
        form.add_error(
            "recipient", _("没有找到这位收款人。请核对邮箱、手机号或客户号；手机号要由对方验证过。")
        )
    elif found.id == customer.id:
        form.add_error("recipient", _("不能转给自己。"))
    else:
        return found
    return None


def _form(request: BrandRequest, customer: Customer, form: TransferForm) -> HttpResponse:
    currency = form["currency"].value() or request.brand.default_currency
    context = frame(
        customer,
        "transfer",
        form=form,
        symbol=SYMBOLS.get(currency, currency),
        available=" · ".join(one.available for one in balances_of(customer)),
        may=left_in_words(customer, currency) if currency in request.brand.currencies else "",
        notices=notices_of(request.brand),
        restrictions=restrictions_of(customer),
    )
    return render(request, "wallet/transfer.html", context, status=422 if form.errors else 200)


def _confirm(
    request: BrandRequest, customer: Customer, form: TransferForm, recipient: Customer
) -> HttpResponse:
    data = form.cleaned_data
    balance = balance_of(customer, data["currency"])
    fee = fees.fee(request.brand, PaymentKind.TRANSFER, data["minor"], data["currency"])
    total = data["minor"] + fee
    # A fresh key for what is confirmed now: going back to change the amount is another request.
    values = request.POST.copy()
    values["key"] = str(ids.uuid7())
    fresh = TransferForm(values, brand=request.brand)
    context = frame(
        customer,
        "transfer",
        form=fresh,
        amount=format_amount(data["minor"], data["currency"]),
        fee=format_amount(fee, data["currency"]) if fee else "",
        note=data["note"],
        recipient={"name": merchants.shown_name(recipient), "shown": masked(data["recipient"])},
        again=f"{reverse('wallet_transfer')}?{_typed(data)}",
        total=format_amount(total, data["currency"]) if fee else "",
        left=balance.less(total),
        short=balance.short_of(total),
        short_query=topup_query(balance, total),
    )
    return render(request, "wallet/transfer_confirm.html", context)


def _send(
    request: BrandRequest, customer: Customer, form: TransferForm, recipient: Customer
) -> HttpResponse:
    data = form.cleaned_data
    try:
        outcome = actions.transfer(
            payer=customer,
            recipient=data["recipient"],
            amount=data["minor"],
            currency=data["currency"],
            actor=as_customer(customer).actor,
            key=data["key"],
            note=data["note"],
            client_version=request.headers.get("X-Client-Version", ""),
            again=data["again"],
            retry_of=earlier(customer, data["retry_of"]),
        )
    except RequestConflict:
        form.add_error(None, _("这一页已经提交过别的内容。请核对后再次提交。"))
        return _confirm(request, customer, form, recipient)
    return redirect("wallet_payment", outcome.number)


def _typed(data: dict[str, Any]) -> str:
    """What was typed, as the query that fills the form in again."""
    names = {"recipient": "to", "amount": "amount", "currency": "currency", "note": "note"}
    return urlencode({short: data[name] for name, short in names.items() if data.get(name)})
