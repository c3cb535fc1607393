"""Payments that wait for a person, and names that stand on a screening list."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.kit.actors import Actor, ActorKind
from paydesk.kit.money import format_amount
from paydesk.money.merchants.models import Merchant
from paydesk.money.payments import queries as payments
from paydesk.money.payments.actions import review as deciding
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.reviewing import REVIEWED
from paydesk.money.payments.states import PaymentState
from paydesk.money.risk import access, actions, queries, texts
from paydesk.money.risk.models import Review
from paydesk.people.models import Customer
from paydesk.people.permissions import Permission

MOST = 100


@dataclass(frozen=True, slots=True)
class Card:
    """One review as the page shows it."""

    review: Review
    number: str
    payer: str
    payee: str
    amount: str
    why: str
    measured: list[tuple[str, str]]
    brand: str


@require_safe
@staff_required
def reviews(request: HttpRequest) -> HttpResponse:
    """The queue, what was decided lately, and open screening hits."""
    staff = frame.staff_of(request)
    brands = access.brands_of(staff, Permission.RISK_REVIEW)
    context = frame.context(staff, "risk") | {
        "cards": _cards(queries.reviews(brands)[:MOST]),
        "decided": _cards(queries.reviews(brands, waiting=False)[:10]),
        "hits": queries.hits(brands),
    }
    return render(request, "operations/reviews.html", context)


def _cards(found: Iterable[Review]) -> list[Card]:
    rows = list(found)
    concerned = payments.by_id(one.payment_id for one in rows)
    return [_card(one, concerned.get(one.payment_id)) for one in rows]


def _card(review: Review, payment: Payment | None) -> Card:
    payer, payee = _sides(review, payment)
    return Card(
        review=review,
        number=payment.number if payment else "",
        payer=payer,
        payee=payee,
        amount=format_amount(review.amount, review.currency),
        why=texts.why(review.why, review.rule),
        measured=texts.measured(review.measured, review.currency),
        brand=frame.brand_name(review.brand),
    )


def _sides(review: Review, payment: Payment | None) -> tuple[str, str]:
    """Payer and payee: customers or merchants; a payee that is neither as it was typed."""
    if payment is None:
        return _named(review.customer), ""
    if payment.payer is None:  # a merchant's money
        return _named(payment.merchant or review.customer), _named(payment.payee)
    return _named(payment.payer), _named(payment.payee or payment.merchant) or (
        payment.recipient_shown
    )


def _named(side: Customer | Merchant | None) -> str:
    return f"{side.name} · {side.number}" if side else ""


@require_POST
@staff_required
def decide(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Let a payment through or stop it; the money and the review follow together."""
    staff = frame.staff_of(request)
    try:
        review = access.review(staff, payment_id)
    except PermissionDenied:
        raise Http404 from None
    approve = request.POST.get("decision") == "approve"
    payment = payments.payment(review.brand, review.payment_id)
    if payment is None:
        raise Http404
    actor = Actor(ActorKind.STAFF, staff.id, review.brand)
    note = request.POST.get("note", "").strip()
    try:
        _tell(request, deciding.decide(payment, approve, actor, note))
    except deciding.NotUnderReview:
        messages.error(request, _("这笔付款已经处理过。"))
    return redirect("operations_reviews")


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    """Say what became of the payment, which may have ended before anybody decided."""
    match outcome.state:
        # What still has to be sent goes on once it is let through: its reason to wait is gone.
        case PaymentState.SUCCEEDED | PaymentState.PROCESSING if outcome.ok:
            messages.success(request, _("已放行。"))
        case PaymentState.FAILED if outcome.reason in REVIEWED:
            messages.success(request, _("已拒绝，金额退回付款人。"))
        case PaymentState.CANCELLED:
            messages.error(request, _("付款已被取消，金额已退回付款人。"))
        case PaymentState.PROCESSING:
            messages.error(request, _("现在无法执行，付款仍在等待。"))
        case _:
            messages.error(request, _("这笔付款已经处理过。"))


@require_POST
@staff_required
def decide_hit(request: HttpRequest, hit_id: UUID) -> HttpResponse:
    """Say whether a customer is the one on the list."""
    staff = frame.staff_of(request)
    try:
        hit = access.hit(staff, hit_id)
    except PermissionDenied:
        raise Http404 from None
    same = request.POST.get("decision") == "same"
    actions.decide_hit(hit, same_person=same, staff=staff)
    messages.success(request, _("已记录。"))
    return redirect("operations_reviews")
