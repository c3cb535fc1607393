"""Notifications of payment providers by HTTP. Believes nothing itself: the domain verifies.

Answers as the provider asks for it: one word for what need not be sent again, another for what
will never be believed.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from paydesk.brands import profiles
from paydesk.brands.profiles import UnknownBrandError
from paydesk.money.payments.actions import receive_notification
from paydesk.money.payments.actions.notify import MAX_BYTES, Received
from paydesk.money.payments.providers import registry


@csrf_exempt  # a provider has no session; its signature is checked instead
@require_POST
def notified(request: HttpRequest, provider: str, brand: str) -> HttpResponse:
    """A delivery of a provider for one brand."""
    try:
        code = profiles.get(brand).code
    except UnknownBrandError:
        raise Http404(brand) from None
    if not registry.offers(provider, code):
        raise Http404(provider)
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES or len(request.body) > MAX_BYTES:
        return HttpResponse(status=413)
    received = receive_notification(provider, code, request.body, request.headers)
    said = registry.get(provider).acknowledge(received is not Received.REFUSED)
    return HttpResponse(said.body, status=said.status, content_type=said.content_type)
