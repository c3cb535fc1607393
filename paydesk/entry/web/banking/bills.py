"""Bills: the billers by category, numbers that are kept, receipts."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.entry.web.banking.withdraw import lang
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.moves import move_of
from paydesk.entry.web.wallet.notices import notices_of
from paydesk.entry.web.wallet.prefill import earlier
from paydesk.kit.money import format_amount
from paydesk.money.bills import access, actions, directory, link, queries, texts
from paydesk.money.bills.access import NotYours
from paydesk.money.bills.actions.asking import name_of
from paydesk.money.bills.directory import Biller, Category
from paydesk.money.bills.models import BillPayment, SavedBiller
from paydesk.money.payments.states import PaymentKind
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
