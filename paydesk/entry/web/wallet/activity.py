"""The history with its filters, and one payment in full."""

from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.forms import ActivityForm
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.moves import move_of, moves_of
from paydesk.entry.web.wallet.prefill import earlier
from paydesk.entry.web.wallet.receipt import details_of, steps_of
from paydesk.money.payments import actions
from paydesk.money.payments.actions import NotRetriable
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import RequestConflict
from paydesk.money.statements import queries as statements
from paydesk.money.statements.rules import CursorError, Filter, Place, parse_place
from paydesk.people.models import Customer


@signed_in
def activity(request: HttpRequest, customer: Customer) -> HttpResponse:
    """The history; asked by htmx for more, only the lines that follow."""
    form = ActivityForm(request.GET)
    wanted = _wanted(form) if form.is_valid() else Filter()
    after = _place(request)
    page = statements.history(customer, wanted, after=after)
    context = {
        "moves": moves_of(page.payments, customer, explained=False),
        "more": _next(request, page.next),
    }
    if after is not None and request.htmx:
        return render(request, "wallet/moves.html", context)
    context |= frame(customer, "activity", form=form, filtered=wanted.narrows)
    return render(request, "wallet/activity.html", context)


def _wanted(form: ActivityForm) -> Filter:
    data = form.cleaned_data
    return Filter(
        text=data["text"],
        kind=data["kind"],
        state=data["state"],
        since=_midnight(data["since"]),
        until=_midnight(data["until"], days=1),
    )


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    """When that day begins for the reader (or the day after, so that the day itself counts)."""
    if day is None:
        return None
    wall = datetime.combine(day + timedelta(days=days), time())
    return timezone.make_aware(wall)


def _place(request: HttpRequest) -> Place | None:
    try:
        return parse_place(request.GET["after"])
    except (KeyError, CursorError):
        return None


def _next(request: HttpRequest, place: Place | None) -> str:
    if place is None:
        return ""
    query = request.GET.copy()
    query["after"] = str(place)
    return query.urlencode()


@signed_in
def payment(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """One payment: what became of it, why, what to do, step by step."""
    found = _own(customer, number)
    move = move_of(found, customer)
    context = frame(
        customer,
        "activity",
        move=move,
        steps=steps_of(found, move),
        details=details_of(found, move),
    )
    return render(request, "wallet/payment.html", context)


@require_POST
@signed_in
def retry(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Ask for the same once more; pressed twice it is once more, once."""
    first = _own(customer, number)
    try:
        outcome = actions.retry(
            first,
            actor=as_customer(customer).actor,
            key=request.POST.get("key", ""),
            client_version=request.headers.get("X-Client-Version", ""),
        )
    except (NotRetriable, RequestConflict, ValueError):
        messages.error(request, _("这笔付款不能原样重试。"))
        return redirect("wallet_payment", number)
    return redirect("wallet_payment", outcome.number)


def _own(customer: Customer, number: str) -> Payment:
    found = earlier(customer, number)
    if found is None:
        raise Http404
    return found
