"""Bills: by category, a number checked as it is typed, what is due looked up, paid, confirmed."""

from dataclasses import dataclass
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.entry.web.banking.forms import BillForm, ReferenceForm
from paydesk.entry.web.banking.withdraw import lang
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.balances import balance_of, topup_query
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.moves import move_of
from paydesk.entry.web.wallet.notices import notices_of, restrictions_of
from paydesk.entry.web.wallet.prefill import earlier
from paydesk.kit import ids
from paydesk.kit.money import SYMBOLS, format_amount, format_plain
from paydesk.money.bills import access, actions, directory, link, queries, texts
from paydesk.money.bills.access import NotYours
from paydesk.money.bills.actions.asking import name_of
from paydesk.money.bills.actions.saving import TooMany
from paydesk.money.bills.directory import Amount, Biller, Category
from paydesk.money.bills.models import BillPayment, SavedBiller
from paydesk.money.bills.protocol import Bill, BillerDown, BillerSilent, Standing
from paydesk.money.payments import fees
from paydesk.money.payments.plans import RequestConflict
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.people.models import Customer


@dataclass(frozen=True, slots=True)
class BillerView:
    """A biller as a choice."""

    code: str
    name: str
    icon: str
    category: str
    sample: str = ""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A number that is kept."""

    id: str
    biller: BillerView
    name: str
    reference: str


def biller_view(biller: Biller) -> BillerView:
    """A biller in the reader's words."""
    category = Category(biller.category)
    return BillerView(
        code=biller.code,
        name=biller.name(lang()),
        icon=texts.ICONS[category],
        category=texts.category(category, lang()),
    )


@signed_in
def bills(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Numbers kept, billers by category, what was paid last. ?retry=<number> leads on."""
    first = earlier(customer, request.GET.get("retry"))
    if first and first.kind == PaymentKind.BILL and first.details.get("biller"):
        code, reference = first.details["biller"], first.details["reference"]
        return redirect(f"{_address(code)}?reference={reference}&retry={first.number}")
    known = directory.of_brand(request.brand.code) if link.is_there() else {}
    groups = [
        (texts.category(category, lang()), texts.ICONS[category], found)
        for category in Category
        if (found := [biller_view(b) for b in known.values() if b.category is category])
    ]
    context = frame(
        customer,
        "home",
        groups=groups,
        saved=_saved(customer),
        latest=[
            (move_of(one.payment, customer), name_of(one, lang()), one)
            for one in queries.recent(customer)
        ],
        notices=notices_of(request.brand),
    )
    return render(request, "banking/bills.html", context)


def _address(code: str) -> str:
    return str(redirect("banking_biller", code).url)


def _saved(customer: Customer) -> list[SavedView]:
    return [view for one in queries.saved(customer) if (view := _saved_view(one))]


def _saved_view(saved: SavedBiller) -> SavedView | None:
    biller = directory.get(saved.brand, saved.biller)
    if biller is None:
        return None
    return SavedView(str(saved.id), biller_view(biller), saved.name, saved.reference)


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
    samples = list(biller.samples.items()) if link.is_there() else []
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


@signed_in
def paid(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """The receipt of a bill, its biller's confirmation on it."""
    try:
        row: BillPayment = access.bill_of(customer, number)
    except NotYours:
        raise Http404 from None
    found = directory.get(row.brand, row.biller)
    context = frame(
        customer,
        "activity",
        move=move_of(row.payment, customer),
        row=row,
        biller=biller_view(found) if found else None,
        name=name_of(row, lang()),
        label=found.reference_label(lang()) if found else "",
        fee=format_amount(row.payment.fee, row.payment.currency),
    )
    return render(request, "banking/bill_paid.html", context)


@require_POST
@signed_in
def forget(request: BrandRequest, customer: Customer, saved_id: str) -> HttpResponse:
    """Forget a number that was kept."""
    try:
        saved = access.saved_of(customer, saved_id)
    except NotYours:
        raise Http404 from None
    actions.forget_biller(saved, actor=as_customer(customer).actor)
    messages.success(request, _("已删除保存的号码。"))
    return redirect("banking_bills")
