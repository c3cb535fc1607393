"""Asking for money back, and calling a transfer back. Pressed twice it is asked once."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from paydesk.entry.web.refunds.forms import AskForm, RecallForm
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.moves import move_of
from paydesk.entry.web.wallet.prefill import earlier
from paydesk.kit.money import format_amount, format_plain
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind
from paydesk.money.refunds import access, actions, queries, texts
from paydesk.money.refunds.actions import NotAskable, NotRecallable
from paydesk.money.refunds.rules import RecallWhy, Route, Why
from paydesk.people.models import Customer


@signed_in
def ask(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """The form for one payment; asked, it leads to the request's own page."""
    payment = _own(customer, number)
    stands = queries.objection(payment, customer)
    if stands:
        going_on = [one for one in access.requests_of(customer) if one.payment_id == payment.pk]
        if request.method != "POST" and going_on:
            return redirect("refunds_follow", going_on[0].number)
        context = frame(customer, "activity", payment=payment, problem=texts.OBJECTIONS[stands])
        return render(request, "refunds/cannot.html", context, status=422)
    rest = queries.paid(payment, customer).rest
    form = AskForm(
        request.POST or None,
        currency=payment.currency,
        rest=rest,
        choice=_has_choice(payment),
        initial={"amount": format_plain(rest, payment.currency)},
    )
    if request.method == "POST" and form.is_valid():
        answer = _ask(customer, payment, form)
        if answer:
            return answer
    context = frame(
        customer,
        "activity",
        form=form,
        payment=payment,
        move=move_of(payment, customer),
        amount=format_amount(payment.taken, payment.currency),
        may_recall=queries.is_recallable(payment, customer),
        received=_received(payment),
    )
    return render(request, "refunds/ask.html", context, status=422 if form.errors else 200)


def _received(payment: Payment) -> str:
    """What a remittance brought its recipient, who has to have it still; empty for others."""
    return format_amount(*payment.got) if payment.kind == PaymentKind.REMITTANCE else ""


def _ask(customer: Customer, payment: Payment, form: AskForm) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        made = actions.ask(
            customer=customer,
            payment=payment,
            amount=data["minor"],
            why=Why(data["why"]),
            text=data["text"],
            actor=as_customer(customer).actor,
            key=data["key"],
            route=Route(data.get("route") or Route.ORIGINAL),
        )
    except NotAskable as error:
        form.add_error("amount", str(texts.OBJECTIONS[error.objection]))
        return None
    return redirect("refunds_follow", made.number)


def _has_choice(payment: Payment) -> bool:
    """Whether it could go elsewhere than back the way it came: only what a provider took."""
    return payment.kind == PaymentKind.PURCHASE and queries.charge_of(payment) is not None


@signed_in
def recall(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """Call a transfer back: as a fraud what is left is held at once."""
    payment = _own(customer, number)
    form = RecallForm(request.POST or None, initial={"why": request.GET.get("why", "")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.recall(
                customer=customer,
                payment=payment,
                why=RecallWhy(data["why"]),
                text=data["text"],
                actor=as_customer(customer).actor,
            )
        except NotRecallable:
            form.add_error(None, _("这笔转账不能追回：只能由付款人在 30 天内提出。"))
        else:
            messages.success(request, _("已受理，我们正在尽力追回。请留意客服消息。"))
            return redirect("refunds_list")
    context = frame(
        customer,
        "activity",
        form=form,
        payment=payment,
        move=move_of(payment, customer),
        amount=format_amount(payment.amount, payment.currency),
    )
    return render(request, "refunds/recall.html", context, status=422 if form.errors else 200)


def _own(customer: Customer, number: str) -> Payment:
    found = earlier(customer, number)
    if found is None:
        raise Http404
    return found
