"""Proving oneself once more: within a session, and as the second step of signing in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.safety import proofs
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.prefill import earlier
from paydesk.kit import ids
from paydesk.kit.money import format_amount
from paydesk.money.payments.actions.retry import is_retriable
from paydesk.people import access, login_stages
from paydesk.people.assurance import Level, suffices
from paydesk.people.models import Customer, FactorKind, User


@never_cache
@signed_in
def step_up(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Ask for a proof, then go on to where it was needed: a page, or a payment that waits."""
    number = request.GET.get("payment", "")
    if suffices(access.assurance_of(request), Level.STEPPED_UP):
        return _go_on(request, customer, number)
    context, proved = _asked(request, customer.user)
    if proved:
        access.note_step_up(request)
        return _go_on(request, customer, number)
    nav = "home" if number else "security"
    back = reverse("wallet_payment", args=[number]) if number else reverse("wallet_security")
    page = frame(customer, nav, back=back, number=number, **context)
    return render(request, "safety/step_up.html", page, status=422 if context["problem"] else 200)


def _go_on(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    payment = earlier(customer, number) if number else None
    if payment is None:
        return redirect(_next(request))
    if not is_retriable(payment):
        return redirect("wallet_payment", number)
    total = format_amount(payment.amount, payment.currency)
    page = frame(customer, "home", payment=payment, sum=total, key=str(ids.uuid7()))
    return render(request, "safety/go_on.html", page)


def _next(request: HttpRequest) -> str:
    """Where to go afterwards: a page behind this very door."""
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    inside = wanted.startswith(get_script_prefix()) and safe
    return wanted if inside else reverse("wallet_security")


@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second step of signing in."""
    stage = login_stages.waiting(request)
    user = stage.login.user if stage else None
    if stage is None or not isinstance(user, User):
        return redirect("account_login")
    if request.POST.get("step") == "cancel":
        answer: HttpResponse = stage.abort()
        return answer
    context, proved = _asked(request, user)
    if proved:
        done: HttpResponse = stage.exit()
        access.note_step_up(request)
        return done
    status = 422 if context["problem"] else 200
    return render(request, "accounts/second_factor.html", context, status=status)


def _asked(request: HttpRequest, user: User) -> tuple[dict[str, Any], bool]:
    """The page's context, and whether what came with the request proves its sender."""
    ways = proofs.ways(user)
    way = request.POST.get("way") or request.GET.get("way", "")
    if way not in {one.code for one in ways}:
        way = ways[0].code if ways else ""
    problem, sent = "", False
    step = request.POST.get("step", "")
    if request.method == "POST" and step == "send" and way == proofs.CODE:
        problem = proofs.send_code(user)
        sent = not problem
    elif request.method == "POST" and step == "prove":
        problem = proofs.prove(request, user, way, request.POST.get("code", ""))
        if not problem:
            return {}, True
        sent = way == proofs.CODE
    passkey = way == FactorKind.PASSKEY
    return {
        "ways": ways,
        "way": way,
        "others": [one for one in ways if one.code != way],
        "sent": sent,
        "problem": problem,
        "address": proofs.shown_address(user),
        "options": proofs.passkey_options(request, user) if passkey else "",
    }, False
