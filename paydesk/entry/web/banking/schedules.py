"""Later and repeated payments: made with their next dates in view, paused, skipped, ended."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.entry.web.banking.forms import DatesForm, ScheduleForm, today_in
from paydesk.entry.web.banking.withdraw import lang
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.moves import Move, move_of
from paydesk.entry.web.wallet.prefill import prefilled
from paydesk.kit import clock
from paydesk.kit.money import SYMBOLS, format_amount
from paydesk.money.bills import directory
from paydesk.money.bills import texts as bill_texts
from paydesk.money.bills.directory import Amount, Biller, Category
from paydesk.money.bills.references import clean
from paydesk.money.schedules import access, actions, calendar, queries, texts
from paydesk.money.schedules.access import NotYours
from paydesk.money.schedules.actions import NotPossible, ScheduleWish
from paydesk.money.schedules.actions.changing import NotNow
from paydesk.money.schedules.calendar import Plan, Rhythm
from paydesk.money.schedules.models import Occurrence, Schedule
from paydesk.money.schedules.rules import OccurrenceState, OnMissed, ScheduleState
from paydesk.people import queries as people
from paydesk.people.models import Customer

TONES = {"active": "ok", "paused": "warn"}
FIELDS = {
    "past": "first_on", "too_far": "first_on", "never": "ends_on", "to_self": "recipient",
    "recipient_closed": "recipient", "recipient_unknown": "recipient", "amount": "amount",
}  # fmt: skip
"""Where a schedule that can't be made is told of; the rest stands above the form."""


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A schedule as its owner sees it."""

    row: Schedule
    title: str
    icon: str
    amount: str
    rhythm: str
    state: str
    tone: str
    next_times: list[tuple[int, datetime]] = field(default_factory=list)

    @property
    def paused(self) -> bool:
        return self.row.state == ScheduleState.PAUSED

    @property
    def live(self) -> bool:
        return self.row.next_at is not None


@dataclass(frozen=True, slots=True)
class TimeView:
    """One time that a schedule fell due, with its payment and why none was made."""

    row: Occurrence
    state: str
    tone: str
    why: str
    move: Move | None


def _view(row: Schedule) -> ScheduleView:
    if row.amount is None:
        amount = _("最多 %(most)s") % {"most": format_amount(row.most or 0, row.currency)}
    else:
        amount = format_amount(row.amount, row.currency)
    biller = directory.get(row.brand, row.biller) if row.biller else None
    return ScheduleView(
        row=row,
        title=texts.title(row, lang()),
        icon=bill_texts.ICONS[Category(biller.category)] if biller else "send",
        amount=amount,
        rhythm=str(texts.RHYTHMS[Rhythm(row.rhythm)]),
        state=str(texts.STATES[ScheduleState(row.state)]),
        tone=TONES.get(row.state, ""),
        next_times=queries.next_times(row),
    )


def _time_view(row: Occurrence, customer: Customer) -> TimeView:
    tones = {"done": "ok", "failed": "bad", "running": "warn", "waiting": "warn", "missed": "bad"}
    return TimeView(
        row=row,
        state=str(texts.OCCURRENCES[OccurrenceState(row.state)]),
        tone=tones.get(row.state, ""),
        why=texts.why(row.why, lang()),
        move=move_of(row.payment, customer) if row.payment else None,
    )


@signed_in
def schedules(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Those that go on, by their next time, then the others."""
    views = [_view(row) for row in queries.schedules(customer)]
    context = frame(
        customer,
        "home",
        live=[one for one in views if one.live],
        over=[one for one in views if not one.live],
    )
    return render(request, "banking/schedules.html", context)


@signed_in
def new(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Make one: a transfer, or with ?biller=…&reference=… a bill."""
    asked = request.POST if request.method == "POST" else request.GET
    biller = directory.get(request.brand.code, asked.get("biller", "")[:16])
    reference = clean(asked.get("reference", "")[:60])
    if biller and biller.flaw(reference):
        return redirect("banking_biller", biller.code)
    if request.method != "POST":
        tomorrow = today_in(request.brand, clock.now()) + timedelta(days=1)
        initial = {"first_on": tomorrow, "rhythm": Rhythm.MONTHLY, **prefilled(request, customer)}
        if biller:
            initial["currency"] = biller.currency
        form = ScheduleForm(brand=request.brand, for_bill=biller is not None, initial=initial)
        return _form(request, customer, form, biller, reference)
    form = ScheduleForm(request.POST, brand=request.brand, for_bill=biller is not None)
    if form.is_valid() and (made := _make(request, customer, form, biller, reference)):
        messages.success(request, _("已设好，到时会自动付款。"))
        return redirect("banking_schedule", made.id)
    return _form(request, customer, form, biller, reference)


def _form(
    request: BrandRequest,
    customer: Customer,
    form: ScheduleForm,
    biller: Biller | None,
    reference: str,
) -> HttpResponse:
    currency = form["currency"].value() or request.brand.default_currency
    context = frame(
        customer,
        "home",
        form=form,
        symbol=SYMBOLS.get(currency, currency),
        biller=biller,
        biller_name=biller.name(lang()) if biller else "",
        label=biller.reference_label(lang()) if biller else "",
        reference=reference,
        by_query=biller is not None and biller.amount is Amount.QUERY,
        coming=_coming(request, form) if form.is_bound else [],
        once=Rhythm.ONCE.value,
        prove=form.has_error(NON_FIELD_ERRORS, "prove"),
    )
    status = 422 if form.errors else 200
    return render(request, "banking/schedule_new.html", context, status=status)


def _make(
    request: BrandRequest,
    customer: Customer,
    form: ScheduleForm,
    biller: Biller | None,
    reference: str,
) -> Schedule | None:
    recipient = None
    if biller is None:
        if not ratelimit.consume(request, action="recipient_lookup", key=str(customer.id)):
            form.add_error("recipient", _("查找太频繁，请过几分钟再试。"))
            return None
        recipient = people.find_customer(customer.brand, form.cleaned_data["recipient"])
    wish = _wish(customer, form, recipient, biller, reference)
    try:
        return actions.make(wish)
    except NotPossible as refused:
        name = FIELDS.get(refused.code)
        where = name if name in form.fields else None
        form.add_error(where, ValidationError(texts.problem(refused.code, lang()), refused.code))
    except ValueError:
        form.add_error("amount", texts.problem("amount", lang()))
    return None


def _wish(
    customer: Customer,
    form: ScheduleForm,
    recipient: Customer | None,
    biller: Biller | None,
    reference: str,
) -> ScheduleWish:
    data = form.cleaned_data
    by_query = biller is not None and biller.amount is Amount.QUERY
    return ScheduleWish(
        customer=customer,
        rhythm=Rhythm(data["rhythm"]),
        first_on=data["first_on"],
        at=data["at"],
        currency=data["currency"],
        actor=as_customer(customer).actor,
        key=data["key"],
        amount=None if by_query else data["minor"],
        most=data["minor"] if by_query else None,
        recipient=recipient,
        biller=biller.code if biller else "",
        reference=reference if biller else "",
        ends_on=data["ends_on"],
        times=data["times"],
        note=data.get("note", ""),
        on_missed=OnMissed(data["on_missed"]),
    )


@signed_in
def dates(request: BrandRequest, customer: Customer) -> HttpResponse:
    """The dates that a form as it stands would come to; asked by htmx while it is filled in."""
    form = DatesForm(request.GET)
    coming = _coming(request, form)
    return render(request, "banking/schedule_dates.html", {"coming": coming})


def _coming(request: BrandRequest, form: DatesForm | ScheduleForm) -> list[datetime]:
    form.is_valid()
    data = form.cleaned_data
    if not (data.get("first_on") and data.get("at") and data.get("rhythm")):
        return []
    plan = Plan(
        Rhythm(data["rhythm"]), data["first_on"], data["at"], data.get("ends_on"), data.get("times")
    )
    try:
        found = calendar.coming(plan, request.brand.zone)
        return [at for _n, at in islice(found, 4)]
    except (OverflowError, ValueError):
        return []  # a year that no calendar has


@signed_in
def schedule(request: BrandRequest, customer: Customer, schedule_id: UUID) -> HttpResponse:
    """One in full: what it pays, when next, what became of the times before."""
    row = _own(customer, schedule_id)
    context = frame(
        customer,
        "home",
        one=_view(row),
        times=[_time_view(one, customer) for one in queries.occurrences(row)],
    )
    return render(request, "banking/schedule.html", context)


@require_POST
@signed_in
def do(request: BrandRequest, customer: Customer, schedule_id: UUID) -> HttpResponse:
    """Pause, resume, skip the next time, or end it."""
    row, actor = _own(customer, schedule_id), as_customer(customer).actor
    what = request.POST.get("what")
    try:
        if what == "pause":
            actions.pause(row, actor=actor)
        elif what == "resume":
            actions.resume(row, actor=actor)
        elif what == "cancel":
            actions.cancel(row, actor=actor)
        elif what == "skip" and request.POST.get("n", "").isdecimal():
            actions.skip(row, int(request.POST["n"][:6]), actor=actor)
        else:
            raise Http404
    except NotNow:
        messages.info(request, _("这笔定期付款刚刚有变化，请看现在的状态。"))
    return redirect("banking_schedule", schedule_id)


def _own(customer: Customer, schedule_id: UUID) -> Schedule:
    try:
        return access.schedule_of(customer, schedule_id)
    except NotYours:
        raise Http404 from None
