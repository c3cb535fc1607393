"""The history with its filters, and one payment in full."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.forms import ActivityForm
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.moves import move_of, moves_of
from paydesk.entry.web.wallet.prefill import earlier
from paydesk.entry.web.wallet.receipt import details_of, steps_of
from paydesk.money.methods import queries as methods
from paydesk.money.payments import actions
from paydesk.money.payments import queries as payments
from paydesk.money.payments.actions import NotRetriable
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import RequestConflict
from paydesk.money.refunds import queries
from paydesk.money.statements.queries import HistoryPage, history
from paydesk.money.statements.rules import BadCursor, Filters
from paydesk.people.models import Customer

PAGE = 25


@signed_in
def activity(request: BrandRequest, customer: Customer) -> HttpResponse:
    """The history; asked by htmx for more, only the lines that follow."""
    currencies, lang = request.brand.currencies, get_language() or "zh-hans"
    form = ActivityForm(request.GET, currencies=currencies, lang=lang)
    wanted = form.filters if form.is_valid() else Filters()
    page = _page(request, customer, wanted)
    context: dict[str, Any] = {
        "moves": moves_of(page.payments, customer, explained=False),
        "more": _next(request, page.after),
    }
    if "after" in request.GET and request.htmx:
        return render(request, "wallet/moves.html", context)
    context |= frame(customer, "activity", form=form, filtered=not wanted.empty)
    context["narrowed"] = not replace(wanted, counterparty="").empty or bool(form.errors)
    return render(request, "wallet/activity.html", context)


def _page(request: BrandRequest, customer: Customer, wanted: Filters) -> HistoryPage:
    """The page that was asked for; a place that can't be read is the beginning."""
    try:
        return history(customer, wanted, after=request.GET.get("after", ""), limit=PAGE)
    except BadCursor:
        return history(customer, wanted, limit=PAGE)


def _next(request: BrandRequest, after: str | None) -> str:
    if after is None:
        return ""
    query = request.GET.copy()
    query["after"] = after
    return query.urlencode()


@signed_in
def payment(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """One payment: what became of it, why, what to do, step by step."""
    found = _own(customer, number)
    move, askable = move_of(found, customer), queries.objection(found, customer) is None
    context = frame(
        customer,
        "activity",
        move=move,
        steps=steps_of(found, move),
        details=details_of(found, move),
        refundable=askable,
        recallable=not askable and queries.is_recallable(found, customer),
        asked_back=queries.asked_about(found, customer),
    )
    return render(request, "wallet/payment.html", context)


@require_POST
@signed_in
def retry(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """Ask for the same once more; pressed twice it is once more, once."""
    first = _own(customer, number)
    if done := payments.retried_by(first):
        messages.info(request, _("已经重试过了，就是这一笔。"))
        return redirect("wallet_payment", done.number)
    if methods.was_removed(first.brand, first.method):
        messages.error(request, _("这张卡已被移除，请换一种方式。"))
        return redirect("wallet_topup")
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
