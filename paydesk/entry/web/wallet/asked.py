"""What became of a request whose browser lost its connection: asked for by its own key (row 53)."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from paydesk.desk.diagnosis import queries as diagnosis
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.wallet.frame import signed_in
from paydesk.money.payments import access
from paydesk.money.payments.access import PaymentNotFound
from paydesk.people.models import Customer


@signed_in
def asked(request: BrandRequest, customer: Customer, key: str) -> HttpResponse:
    """The payment's page if the request arrived; else why it is safe to send it again."""
    try:
        payment = access.payment_asked(customer, key)
    except PaymentNotFound:
        lang = get_language() or "zh-hans"
        brand = request.brand.code
        said = diagnosis.explain_unbooked(brand, key, lang=lang, audience="customer")
        return render(request, "wallet/asked.html", {"finding": said})
    return redirect("wallet_payment", payment.number)
