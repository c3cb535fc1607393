"""Notifications of payment providers by HTTP. Believes nothing itself: the domain verifies.

Answers 2xx for what need not be sent again, 4xx for what will never be believed.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from paydesk.brands import profiles
from paydesk.brands.profiles import UnknownBrandError
from paydesk.money.payments.actions import receive_notification
from paydesk.money.payments.actions.notify import MAX_BYTES, Received
from paydesk.money.payments.providers.registry import UnknownProvider


@csrf_exempt  # a provider has no session; its signature is checked instead
@require_POST
def simulated(request: HttpRequest, brand: str) -> HttpResponse:
    """A delivery of the simulated provider for one brand."""
    try:
        code = profiles.get(brand).code
    except UnknownBrandError:
        raise Http404(brand) from None
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES or len(request.body) > MAX_BYTES:
        return HttpResponse(status=413)
    try:
        received = receive_notification("simulated", code, request.body, request.headers)
    except UnknownProvider:
        raise Http404(brand) from None
    return HttpResponse(status=401 if received is Received.REFUSED else 200)
