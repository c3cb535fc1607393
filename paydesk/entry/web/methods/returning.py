"""The payer's way to a provider's page and back: 3-D Secure, another wallet's code or app.

What counts is what the provider then says, never what the browser brought.
"""

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.security import posting_to
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.moves import move_of
from paydesk.entry.web.wallet.prefill import earlier
from paydesk.money.payments import actions
from paydesk.money.payments.charging import NUMBER
from paydesk.money.payments.models import Payment
from paydesk.money.payments.providers.protocol import Terms
from paydesk.money.payments.queries import action_of
from paydesk.money.payments.states import FINISHED
from paydesk.people.models import Customer

_MARK = "NUMBER"


def terms_of(request: HttpRequest, description: str = "") -> Terms:
    """What a provider is told of the payer's side: where to come back to, and the address."""
    back = request.build_absolute_uri(reverse("methods_back", args=[_MARK]))
    return Terms(
        description=description,
        return_url=back.replace(_MARK, NUMBER),
        client_ip=request.META.get("REMOTE_ADDR", ""),
    )


@csrf_exempt  # nothing is believed of it: the visit only makes us ask the provider
def came_back(request: BrandRequest, number: str) -> HttpResponse:
    """Back from a provider's page. Some post there, without our cookie: then come again by GET."""
    if request.method == "POST":
        return HttpResponseRedirect(request.path, status=303)
    return _asked(request, number)


@require_safe
@signed_in
def _asked(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """Ask the provider what became of it, then show the payment."""
    payment = _own(customer, number)
    if payment.state not in FINISHED:
        actions.resolve_unknown(payment, as_customer(customer).actor)
    return redirect("wallet_payment", number)


@require_safe
@signed_in
def go_on(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """What the payer has to do now: lead there, or show what is to be scanned, posted or paid."""
    payment = _own(customer, number)
    action = action_of(payment)
    if payment.state in FINISHED or not action:
        return redirect("wallet_payment", number)
    if action["kind"] == "redirect":
        return redirect(action["url"])
    code = ""
    if action["kind"] == "qr":
        picture = segno.make(action["content"], error="m", micro=False)
        code = picture.svg_inline(scale=5, border=2, omitsize=True)
    move = move_of(payment, customer, explained=False)
    context = frame(customer, "home", move=move, action=action, code=code, number=number)
    response = render(request, "methods/go_on.html", context)
    if action["kind"] == "page":
        response.headers["Content-Security-Policy"] = posting_to(action["url"])
    return response


def _own(customer: Customer, number: str) -> Payment:
    payment = earlier(customer, number)
    if payment is None:
        raise Http404
    return payment
