"""Paying one biller: the number checked, what is due looked up, the amount confirmed, paid."""

from typing import Any

from allauth.core import ratelimit
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from paydesk.entry.web.banking.bills import biller_view
from paydesk.entry.web.banking.forms import BillForm, ReferenceForm
from paydesk.entry.web.banking.withdraw import lang
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.balances import balance_of, topup_query
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.notices import restrictions_of
from paydesk.entry.web.wallet.prefill import earlier
from paydesk.kit import ids
from paydesk.kit.money import SYMBOLS, format_amount, format_plain
from paydesk.money.bills import actions, directory, link, queries, texts
from paydesk.money.bills.actions.saving import TooMany
from paydesk.money.bills.directory import Amount, Biller
from paydesk.money.bills.protocol import Bill, BillerDown, BillerSilent, Standing
from paydesk.money.payments import fees
from paydesk.money.payments.plans import RequestConflict
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.people.models import Customer


@signed_in
def biller(request: BrandRequest, customer: Customer, code: str) -> HttpResponse:
    """Type the number, see what is due, confirm, pay: told apart by the field `step`."""
    found = directory.get(request.brand.code, code)
    if found is None or not link.is_there():
        raise Http404
    label = found.reference_label(lang())
    data = request.POST if request.method == "POST" else request.GET
    form = ReferenceForm(data if "reference" in data else None, label=label)
    if not form.is_bound or not form.is_valid():
        return _ask_reference(request, customer, found, form)
    reference = form.cleaned_data["reference"]
    if flaw := found.flaw(reference):
        form.add_error("reference", texts.flaw(flaw, label, lang()))
        return _ask_reference(request, customer, found, form)
    bill = _looked_up(request, customer, found, form)
    if bill is None:
        return _ask_reference(request, customer, found, form)
    step = request.POST.get("step")
    paying = BillForm(
        request.POST if step else None, brand=request.brand, initial=_start(found, bill)
    )
    if not step or not _is_payable(paying, found, bill):
        return _ask_amount(request, customer, found, bill, paying, reference)
    if step != "send":
        return _confirm(request, customer, found, bill, paying)
    return _send(request, customer, found, bill, paying)


def _start(biller: Biller, bill: Bill) -> dict[str, Any]:
    due = bill.amount or (biller.choices[0] if biller.choices else 0)
    amount = format_plain(due, biller.currency) if due else ""
    return {"currency": biller.currency, "amount": amount}


def _looked_up(
    request: BrandRequest, customer: Customer, biller: Biller, form: ReferenceForm
) -> Bill | None:
    """What is due; what the biller does not know or say is an error at the number.

    Counted per customer: whose bill is how high is not to be had by trying numbers.
    """
    if not ratelimit.consume(request, action="bill_lookup", key=str(customer.id)):
        form.add_error("reference", _("查找太频繁，请过几分钟再试。"))
        return None
    try:
        bill = link.get().look_up(biller.brand, biller.code, form.cleaned_data["reference"])
    except (BillerDown, BillerSilent):
        form.add_error(None, _("收费单位的系统暂时没有应答，没有扣款。请稍后再试。"))
        return None
    if bill.standing is Standing.UNKNOWN:
        form.add_error("reference", _("收费单位查不到这个号码，请对照账单核对。"))
        return None
    return bill


def _is_payable(form: BillForm, biller: Biller, bill: Bill) -> bool:
    """Whether the amount is one that the biller takes; else an error at its field."""
    if not form.is_valid() or bill.standing is not Standing.DUE:
        return False
    minor = form.cleaned_data["minor"]
    if form.cleaned_data["currency"] != biller.currency:
        form.add_error(
            "amount", _("这个收费单位只收 %(currency)s。") % {"currency": biller.currency}
        )
    elif biller.amount is Amount.QUERY and minor != bill.amount:
        form.add_error("amount", _("账单金额有变化，请按现在的金额缴纳。"))
    elif not biller.takes(minor):
        least, most = (format_amount(one, biller.currency) for one in (biller.least, biller.most))
        form.add_error(
            "amount", _("金额要在 %(least)s 到 %(most)s 之间。") % {"least": least, "most": most}
        )
    return not form.errors


def _ask_reference(
    request: BrandRequest, customer: Customer, biller: Biller, form: ReferenceForm
) -> HttpResponse:
    samples = texts.samples(biller.samples) if link.is_there() else []
    context = frame(customer, "home", biller=biller_view(biller), form=form, samples=samples)
    return render(request, "banking/biller.html", context, status=422 if form.errors else 200)


def _ask_amount(
    request: BrandRequest,
    customer: Customer,
    biller: Biller,
    bill: Bill,
    form: BillForm,
    reference: str,
) -> HttpResponse:
    balance = balance_of(customer, biller.currency)
    context = frame(
        customer,
        "home",
        biller=biller_view(biller),
        label=biller.reference_label(lang()),
        reference=reference,
        bill=bill,
        is_due=bill.standing is Standing.DUE,
        by_choice=biller.amount is Amount.FIXED,
        by_payer=biller.amount is Amount.OPEN,
        due=format_amount(bill.amount, biller.currency) if bill.amount else "",
        choices=[
            (format_plain(one, biller.currency), format_amount(one, biller.currency))
            for one in biller.choices
        ],
        form=form,
        symbol=SYMBOLS.get(biller.currency, biller.currency),
        currency=biller.currency,
        available=balance.available,
        restrictions=restrictions_of(customer),
        is_saved=queries.is_saved(customer, biller.code, reference),
    )
    return render(request, "banking/bill_amount.html", context, status=422 if form.errors else 200)


def _confirm(
    request: BrandRequest, customer: Customer, biller: Biller, bill: Bill, form: BillForm
) -> HttpResponse:
    data = form.cleaned_data
    fee = fees.fee(request.brand, PaymentKind.BILL, data["minor"], biller.currency)
    whole, balance = data["minor"] + fee, balance_of(customer, biller.currency)
    values = request.POST.copy()
    values["key"] = str(ids.uuid7())
    context = frame(
        customer,
        "home",
        form=BillForm(values, brand=request.brand),
        biller=biller_view(biller),
        label=biller.reference_label(lang()),
        reference=data["reference"],
        holder=bill.holder,
        amount=format_amount(data["minor"], biller.currency),
        fee=format_amount(fee, biller.currency),
        left=balance.less(whole),
        short=balance.short_of(whole),
        short_query=topup_query(balance, whole),
        errors=form.non_field_errors(),
    )
    return render(request, "banking/bill_confirm.html", context, status=422 if form.errors else 200)


def _send(
    request: BrandRequest, customer: Customer, biller: Biller, bill: Bill, form: BillForm
) -> HttpResponse:
    data, actor = form.cleaned_data, as_customer(customer).actor
    wish = actions.BillWish(
        customer=customer,
        biller=biller,
        reference=data["reference"],
        amount=data["minor"],
        actor=actor,
        key=data["key"],
        bill_number=bill.number,
        client_version=request.headers.get("X-Client-Version", ""),
        retry_of=earlier(customer, data["retry_of"]),
    )
    try:
        outcome = actions.pay_bill(wish)
    except RequestConflict:
        form.add_error(None, _("这一页已经提交过别的内容。请核对后再次提交。"))
        return _confirm(request, customer, biller, bill, form)
    if data["save"]:
        _save(customer, biller, data)
    if outcome.state is PaymentState.FAILED:
        return redirect("wallet_payment", outcome.number)
    return redirect("banking_bill", outcome.number)


def _save(customer: Customer, biller: Biller, data: dict[str, Any]) -> None:
    try:
        actions.save_biller(
            customer=customer,
            biller=biller,
            reference=data["reference"],
            name=data["name"],
            actor=as_customer(customer).actor,
        )
    except TooMany:
        return  # the payment went through; keeping the number is only a comfort
