"""The customer's conversations as pages: the list, a new one, one that is going on.

Everything here works without JavaScript; with it, `talk` keeps the conversation alive.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.brands import profiles
from paydesk.desk.cases import actions, queries, texts
from paydesk.desk.cases.access import CaseNotFound
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.queries import customer_side
from paydesk.desk.cases.rules import CaseRefused, State, Topic, is_tellable
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support import hours, limits
from paydesk.entry.web.support.bubbles import bubbles
from paydesk.entry.web.support.cards import cards, title
from paydesk.entry.web.support.correspondent import Correspondent, as_customer, own_case
from paydesk.entry.web.support.forms import AskForm
from paydesk.entry.web.templatetags.page import soon
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.moves import moves_of
from paydesk.entry.web.wallet.notices import notices_of
from paydesk.kit import clock, ids
from paydesk.kit.events import queries as events
from paydesk.money.payments import access as payments
from paydesk.money.payments.access import PaymentNotFound
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.statements.queries import history
from paydesk.money.statements.rules import Filters
from paydesk.people.models import Customer

PAGE = 50
ACCEPTED = "image/png,image/jpeg,image/gif,image/webp,application/pdf,text/plain"
_RECENT_FAILURES = 3


@signed_in
def listing(request: BrandRequest, customer: Customer) -> HttpResponse:
    """All conversations of the customer."""
    side = as_customer(customer)
    context = frame(customer, "help", cases=cards(side, side.cases()))
    return render(request, "support/list.html", context)


@signed_in
def new(request: BrandRequest, customer: Customer) -> HttpResponse:
    """What it is about: a conversation going on, a payment that failed, or something new."""
    side = as_customer(customer)
    form = AskForm(
        request.POST if request.method == "POST" else None,
        initial={"topic": request.GET.get("topic", Topic.OTHER)},
    )
    if request.method == "POST" and form.is_valid():
        case = start(request, side, form.cleaned_data)
        if case:
            return redirect("support_case", case.number)
        form.add_error(None, _("没有成功，请再试一次。"))
    live = [case for case in side.cases() if case.live]
    context = frame(
        customer,
        "help",
        form=form,
        desk=hours.desk(request.brand),
        cases=cards(side, live[:3]),
        failed=moves_of(_failures(customer, live), customer, explained=True),
        notices=notices_of(request.brand),
    )
    return render(request, "support/new.html", context, status=422 if form.errors else 200)


def _failures(customer: Customer, live: list[Case]) -> list[Payment]:
    """The latest failed payments that no live case is about already."""
    known = {case.payment_id for case in live}
    failed = Filters(states=frozenset({PaymentState.FAILED}))
    found = history(customer, failed, limit=_RECENT_FAILURES).payments
    return [payment for payment in found if payment.pk not in known]


def start(request: BrandRequest, side: Correspondent, data: dict[str, Any]) -> Case | None:
    """Open a case with its first message; None when the channel is not offered, or too often.

    Sent twice, the second finds the case that the first made by the message's own id.
    """
    topic = Topic(data["topic"])
    if begun := customer_side.case_begun_by(side.actor, data["client_id"]):
        return begun
    if not limits.may_open(request, side):
        return None
    try:
        case = actions.open_case(
            brand=request.brand.code,
            channel=hours.CHAT,
            actor=side.actor,
            topic=topic,
            customer=side.customer,
            identity=side.identity,
            lang=get_language() or "zh-hans",
        )
        actions.post_message(
            case, author=side.actor, client_id=data["client_id"], body=data["body"]
        )
    except CaseRefused:
        return None
    return case


@require_POST
@signed_in
def open_payment(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """The conversation about a payment: the one that is going on, else a new one."""
    try:
        payment = payments.payment_of(customer, number)
    except PaymentNotFound:
        raise Http404 from None
    case = actions.open_case(
        brand=request.brand.code,
        channel=hours.CHAT,
        actor=as_customer(customer).actor,
        topic=_topic(payment),
        customer=customer,
        lang=get_language() or "zh-hans",
        payment=payment,
    )
    return redirect("support_case", case.number)


def _topic(payment: Payment) -> Topic:
    if payment.state == PaymentState.FAILED and payment.kind == PaymentKind.TRANSFER:
        return Topic.TRANSFER_FAILED
    if payment.state == PaymentState.FAILED and payment.kind == PaymentKind.TOPUP:
        return Topic.TOPUP_FAILED
    return Topic.REFUND if payment.kind == PaymentKind.REFUND else Topic.PAYMENT


def conversation(request: BrandRequest, number: str) -> HttpResponse:
    """One conversation, with its latest lines."""
    try:
        case, side = own_case(request, number)
    except CaseNotFound:
        return missing(request)
    cursor = events.position()  # before the page's own reads, so that nothing falls in between
    lines = queries.lines(case, side.actor, limit=PAGE)
    marks = queries.marks(case)
    context = {
        "case": case,
        "title": title(case),
        "visitor": side.visitor,
        "me": side.actor.id,
        "back": reverse("site") if side.visitor else reverse("support_list"),
        "bubbles": bubbles(case, side, lines, marks.staff_read),
        "last": lines[-1].entry.sequence if lines else 0,
        "more": bool(lines) and lines[0].entry.sequence > 1 and len(lines) == PAGE,
        "desk": hours.desk(request.brand),
        "present": is_here(case),
        "promise": promise(case),
        "closed": case.state == State.CLOSED,
        "client_id": ids.uuid7(),
        "accept": ACCEPTED,
        "cursor": cursor,
    }
    if side.customer:
        context |= frame(side.customer, "help")
    return render(request, "support/conversation.html", context)


def missing(request: BrandRequest) -> HttpResponse:
    """Not his, not there, or not signed in: the last is asked to sign in, the rest is told 404."""
    if request.user.is_authenticated:
        raise Http404
    messages.info(request, _("登录后可以查看您的咨询。"))
    return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")


def is_here(case: Case) -> bool:
    """Whether the customer may be told that somebody is there: who took the case, or in the hours
    of the brand's chat anybody of its desk."""
    if not case.assignee_id and not hours.is_staffed(profiles.get(case.brand)):
        return False
    return customer_side.is_attended(case)


def promise(case: Case) -> str:
    """What may honestly be promised about the first answer; empty once it is given.

    A time only where the queue lets it be kept; else another channel that is staffed now.
    """
    if case.first_responded_at is not None or not case.live or case.waiting_since is None:
        return ""
    if case.assignee_id and is_here(case):
        return _("客服已接手，正在看您的问题。")
    place, wait, at = queries.position(case), queries.wait(case), clock.now()
    first, due = _("您排在第 %(n)d 位") % {"n": place} if place else "", case.first_response_due
    if due is not None and due > at and is_tellable(due - at, place, wait):
        by = _("最晚 %(at)s 前答复您") % {"at": soon(due)}
        parts = [first, hours.waiting_words(wait), by]
    else:
        parts = [first, *hours.instead_of_a_time(profiles.get(case.brand), wait)]
    return " · ".join(part for part in parts if part)


def refusal(error: CaseRefused) -> str:
    """A refusal in the reader's words."""
    return texts.refusal(error.code)
