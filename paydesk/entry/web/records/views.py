"""The customer's papers: files of the history, monthly statements, receipts, evidence."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.brands import profiles
from paydesk.entry.web.posting import posted_from
from paydesk.entry.web.records.forms import HistoryForm, StatementForm
from paydesk.entry.web.records.shown import row_of
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.files.access import FileUnreadable, as_download, readable_file
from paydesk.money.payments.access import PaymentNotFound, payment_of
from paydesk.money.statements import access, actions
from paydesk.money.statements.documents.receipt import receipt_pdf
from paydesk.money.statements.formats.fonts import NoChineseFont
from paydesk.money.statements.models import Export, ExportFormat
from paydesk.money.statements.rules import Filters
from paydesk.people.models import Customer

HOME = "records_home"


@signed_in
def home(request: BrandRequest, customer: Customer) -> HttpResponse:
    """The page; what the activity was narrowed down to comes along in the address."""
    asked = request.GET.dict()
    history = _history_form(customer, initial=asked)
    return _page(request, customer, history, _statement_form(customer))


@signed_in
def exports(request: BrandRequest, customer: Customer) -> HttpResponse:
    """The list of files alone: asked for again while one is being made."""
    return render(request, "records/exports.html", _listed(customer))


@posted_from(HOME)
@signed_in
def history(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Ask for the history as a file."""
    form = _history_form(customer, request.POST)
    if not form.is_valid():
        return _page(request, customer, form, _statement_form(customer), status=422)
    wish = _wish(customer, form.cleaned_data["format"])
    return _asked(request, lambda: actions.export_history(wish, form.filters))


@posted_from(HOME)
@signed_in
def statement(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Ask for a month's statement."""
    form = _statement_form(customer, request.POST)
    if not form.is_valid():
        return _page(request, customer, _history_form(customer), form, status=422)
    wish, data = _wish(customer, form.cleaned_data["format"]), form.cleaned_data
    return _asked(request, lambda: actions.export_statement(wish, data["currency"], form.first_day))


@require_POST
@signed_in
def evidence(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """Ask for the money part of an appeal's evidence about one payment."""
    try:
        payment = payment_of(customer, number)
    except PaymentNotFound:
        raise Http404 from None
    day = payment.created_at.astimezone(profiles.get(customer.brand).zone).date()
    around = Filters(first_day=day.replace(day=1), last_day=None)
    wish = _wish(customer, ExportFormat.PDF)
    return _asked(request, lambda: actions.export_evidence(wish, around, [payment.number]))


@require_POST
@signed_in
def cancel(request: BrandRequest, customer: Customer, export_id: UUID) -> HttpResponse:
    """Stop a file that is being made."""
    try:
        export = access.export_of(customer, export_id)
    except access.ExportNotFound:
        raise Http404 from None
    if not actions.cancel(export, as_customer(customer).actor):
        messages.info(request, _("这个文件已经完成或已取消。"))
    return redirect(HOME)


@signed_in
def file(request: BrandRequest, customer: Customer, token: str) -> HttpResponse:
    """The file itself, by a link that lapses."""
    try:
        return as_download(readable_file(customer.brand, f"customer:{customer.id}", token))
    except FileUnreadable:
        messages.error(request, _("下载链接已失效，请从列表重新下载。"))
        return redirect(HOME)


@signed_in
def receipt(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """One payment's receipt as a PDF. There is none where no money moved."""
    try:
        payment = payment_of(customer, number)
        if payment.booked_at is None:
            raise Http404
        content = receipt_pdf(payment, customer, get_language() or "zh-hans")
    except PaymentNotFound:
        raise Http404 from None
    except NoChineseFont:
        messages.error(request, _("服务器没有中文字体，暂时无法生成 PDF。"))
        return redirect("wallet_payment", number)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{customer.brand}-{number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _asked(request: BrandRequest, ask: Callable[[], Export]) -> HttpResponse:
    try:
        ask()
    except actions.TooManyExports:
        messages.error(request, _("已有几个导出正在进行，请等它们完成。"))
    else:
        messages.success(request, _("文件正在生成，完成后可在下面下载。"))
    return redirect(HOME)


def _wish(customer: Customer, format_: str) -> actions.Wish:
    lang = get_language() or "zh-hans"
    return actions.Wish(customer, ExportFormat(format_), lang, as_customer(customer).actor)


def _history_form(customer: Customer, data: Any = None, **more: Any) -> HistoryForm:
    currencies = profiles.get(customer.brand).currencies
    lang = get_language() or "zh-hans"
    return HistoryForm(data, currencies=currencies, lang=lang, prefix=None, **more)


def _statement_form(customer: Customer, data: Any = None) -> StatementForm:
    brand = profiles.get(customer.brand)
    months = access.months_of(customer)
    return StatementForm(data, months=months, currencies=brand.currencies, auto_id="month_%s")


def _listed(customer: Customer) -> dict[str, Any]:
    rows = [row_of(one) for one in access.exports_of(customer)]
    return {"rows": rows, "busy": any(row.open for row in rows)}


def _page(
    request: BrandRequest,
    customer: Customer,
    history_form: HistoryForm,
    statement_form: StatementForm,
    status: int = 200,
) -> HttpResponse:
    context = frame(customer, "activity", history=history_form, statement=statement_form)
    context |= {"months": access.months_of(customer), **_listed(customer)}
    return render(request, "records/home.html", context, status=status)
