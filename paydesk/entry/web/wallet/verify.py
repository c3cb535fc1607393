"""The simulated bank's verification page: in a demo it stands where a bank's own would be.

What counts is what the provider says afterwards; this page only plays the payer's part.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.moves import move_of
from paydesk.entry.web.wallet.prefill import earlier
from paydesk.money.payments import actions
from paydesk.money.payments.actions.settle import NothingToVerify
from paydesk.money.payments.states import PaymentState
from paydesk.people.models import Customer


@signed_in
def verify(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """Show the page while the payment waits for its payer; take the answer."""
    payment = earlier(customer, number)
    if payment is None:
        raise Http404
    if request.method == "POST":
        passed = request.POST.get("passed") == "yes"
        try:
            actions.finish_verification(payment, passed=passed, actor=as_customer(customer).actor)
        except NothingToVerify:
            messages.info(request, _("这笔付款已经不用验证了。"))
        return redirect("wallet_payment", number)
    if payment.state != PaymentState.REQUIRES_ACTION:
        return redirect("wallet_payment", number)
    context = frame(customer, "home", move=move_of(payment, customer, explained=False))
    return render(request, "wallet/verify.html", context)
