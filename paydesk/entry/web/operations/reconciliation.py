"""The operators' reconciliation pages: days of providers, files taken in, differences explained."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from paydesk.brands import profiles
from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.entry.web.operations import (
    crediting,
    owed,
    paying_back,
    plot,
    recon_strip,
    recon_views,
)
from paydesk.entry.web.operations.recon_forms import ExplainForm, UploadForm
from paydesk.entry.web.posting import posted_from
from paydesk.kit import clock
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.payments.providers.credentials import NotConfigured
from paydesk.money.payments.providers.statements import SettlementUnreadable
from paydesk.money.reconciliation import access, actions, queries, texts, waiting
from paydesk.money.reconciliation.actions import AlreadyExplained, FileKnown
from paydesk.people import permissions
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission

PERIODS = (14, 30, 90)


@require_safe
@staff_required
def overview(request: HttpRequest) -> HttpResponse:
    """What was expected, settled and is unexplained, by provider and day."""
    staff = frame.staff_of(request)
    return _overview(request, staff, _brand(request, staff), None)


def _overview(
    request: HttpRequest, staff: StaffMember, brand: str, form: UploadForm | None
) -> HttpResponse:
    period = next((n for n in PERIODS if request.GET.get("days") == str(n)), PERIODS[0])
    today = clock.now().astimezone(profiles.get(brand).zone).date()
    since = today - timedelta(days=period - 1)
    currency = profiles.get(brand).default_currency
    by_day = queries.unexplained_by_day(brand, since, today, currency)
    open_now = queries.unexplained(brand)
    found = queries.days(brand, since, today)
    lacking = queries.lacking(brand, found)
    context = frame.context(staff, "reconciliation") | {
        "brand_code": brand,
        "brand_choices": [(code, frame.brand_name(code)) for code in _brands(staff)],
        "period": period,
        "periods": PERIODS,
        "days": recon_views.days(found, lacking),
        "strips": recon_strip.strips(found, lacking, since, today),
        "lacking": sum(len(days) for days in lacking.values()),
        "open_now": open_now or {currency: 0},
        "proven": not open_now and not lacking,
        "taken": crediting.taken(brand, waiting.uncredited(brand)),
        "going_out": crediting.going_out(brand, waiting.going_out(brand)),
        "owed": owed.to_closed(brand),
        "paid_back": paying_back.ended(brand),
        "clearing": recon_views.clearing(queries.clearing(brand)),
        "currency": currency,
        "bars": plot.bars(by_day, since, today),
        "plot": plot,
        "files": recon_views.files(queries.files(brand, since, today + timedelta(days=1))),
        "payouts": recon_views.payouts(queries.payouts_waiting(brand)),
        "payout_files": queries.payout_files(brand),
        "form": form or UploadForm(providers=_providers(brand), latest=today),
    }
    return render(request, "operations/reconciliation.html", context, status=_status(form))


def _status(form: UploadForm | None) -> int:
    return 422 if form and form.errors else 200


@posted_from("operations_reconciliation")
@staff_required
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file in; it is read by a job and the page shows how far it is."""
    staff = frame.staff_of(request)
    brand = _brand(request, staff)
    today = clock.now().astimezone(profiles.get(brand).zone).date()
    form = UploadForm(request.POST, request.FILES, providers=_providers(brand), latest=today)
    if not form.is_valid():
        return _overview(request, staff, brand, form)
    given = form.cleaned_data["file"]
    try:
        actions.take_in(
            brand=brand,
            provider=form.cleaned_data["provider"],
            day=form.cleaned_data["day"],
            name=given.name,
            raw=given.read(),
            actor=Actor(ActorKind.STAFF, staff.id, brand),
        )
    except FileKnown:
        form.add_error("file", _("这份文件已经接收过。"))
    except SettlementUnreadable as error:
        form.add_error("file", texts.trouble(error.trouble, error.line, error.what))
    if form.errors:
        return _overview(request, staff, brand, form)
    return redirect(f"{reverse('operations_reconciliation')}?brand={brand}#files")


@require_safe
@staff_required
def file_row(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """One file's row, asked for again while it is being read."""
    try:
        found = access.file(frame.staff_of(request), file_id)
    except access.NothingThere:
        raise Http404 from None
    [view] = recon_views.files([found])
    return render(request, "operations/recon_file.html", {"file": view})


@require_safe
@staff_required
def day_page(request: HttpRequest, brand: str, provider: str, day: date) -> HttpResponse:
    """A provider's day: its sums and every difference with what it is about."""
    staff = frame.staff_of(request)
    access.require(staff, _known(brand, staff))
    return _day(request, staff, brand, provider, day, None)


def _day(
    request: HttpRequest,
    staff: StaffMember,
    brand: str,
    provider: str,
    day: date,
    failed: tuple[UUID, ExplainForm] | None,
) -> HttpResponse:
    sums = [one for one in queries.days(brand, day, day) if one.provider == provider]
    found = queries.differences(brand, provider, day)
    if not sums and not found:
        raise Http404
    limits = profiles.get(brand).limits
    context = frame.context(staff, "reconciliation") | {
        "brand_code": brand,
        "provider": provider,
        "provider_name": texts.provider(provider),
        "day": day,
        "sums": recon_views.days(sums, queries.lacking(brand, sums)),
        "differences": recon_views.differences(
            found, limits, failed, {one.payment.pk for one in waiting.uncredited(brand)}
        ),
    }
    status = 422 if failed else 200
    return render(request, "operations/reconciliation_day.html", context, status=status)


@posted_from("operations_reconciliation")
@staff_required
def explain(request: HttpRequest, difference_id: UUID) -> HttpResponse:
    """Explain a difference; a large one then waits for a second person."""
    staff = frame.staff_of(request)
    try:
        found = access.difference(staff, difference_id)
    except access.NothingThere:
        raise Http404 from None
    form = ExplainForm(request.POST)
    if form.is_valid():
        try:
            actions.explain(found, way=form.way_chosen, note=form.cleaned_data["note"], staff=staff)
        except AlreadyExplained:
            form.add_error(None, _("已有人处理过这笔差异。"))
    if form.errors:
        return _day(request, staff, found.brand, found.provider, found.day, (difference_id, form))
    return redirect("operations_reconciliation_day", found.brand, found.provider, found.day)


@require_POST
@staff_required
def make_payouts(request: HttpRequest) -> HttpResponse:
    """Put what waits into a file for the bank."""
    staff = frame.staff_of(request)
    brand = _brand(request, staff)
    currency = request.POST.get("currency", "")
    try:
        actions.payout_file.make(brand=brand, currency=currency, staff=staff)
    except actions.payout_file.NothingToPay:
        messages.info(request, _("没有等待的付款。"))
    return redirect(f"{reverse('operations_reconciliation')}?brand={brand}#payouts")


@require_POST
@staff_required
def take_payouts(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """The file itself, to be handed to the bank."""
    staff = frame.staff_of(request)
    try:
        found = access.payout_file(staff, file_id)
        raw = actions.payout_file.content(found, staff)
    except (access.NothingThere, NotConfigured):
        raise Http404 from None
    headers = {"Content-Disposition": f'attachment; filename="{found.message}.xml"'}
    return HttpResponse(raw, content_type="application/xml", headers=headers)


def _brands(staff: StaffMember) -> list[str]:
    held = frame.posts(staff)
    return [
        one.code
        for one in held
        if permissions.may(staff, one.code, Permission.RECONCILIATION_MANAGE)
    ]


def _brand(request: HttpRequest, staff: StaffMember) -> str:
    """The brand asked for, else one's first. Raises PermissionDenied (recorded)."""
    mine = _brands(staff)
    asked = request.POST.get("brand") or request.GET.get("brand") or ""
    if not mine:
        access.require(staff, frame.posts(staff)[0].code if frame.posts(staff) else "")
    if asked and asked not in mine:
        raise Http404
    return asked or mine[0]


def _known(brand: str, staff: StaffMember) -> str:
    if brand not in {one.code for one in frame.posts(staff)}:
        raise Http404
    return brand


def _providers(brand: str) -> list[tuple[str, str]]:
    return [(one.code, texts.provider(one.code)) for one in queries.reconciled(brand)]
