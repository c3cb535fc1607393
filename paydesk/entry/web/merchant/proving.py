"""Asks a merchant's owner for a proof before what opens or watches real money.

What was typed waits. What only takes away (revoking, switching off, removing) needs no proof:
it may be urgent.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from paydesk.entry.web.requests import BrandRequest
from paydesk.money.merchants.models import Merchant
from paydesk.people import access
from paydesk.people.assurance import Level, suffices

KEY = "merchant_typed"


def is_proved(request: BrandRequest) -> bool:
    """Whether the owner gave a proof minutes ago."""
    return suffices(access.assurance_of(request), Level.STEPPED_UP)


def ask(
    request: BrandRequest, merchant: Merchant, page: str, typed: dict[str, Any] | None = None
) -> HttpResponse:
    """Lead to the proof and back to a page of the portal; `typed` waits there."""
    back = reverse(page, args=[merchant.number])
    request.session[KEY] = {"page": back, "typed": typed or {}}
    return redirect(f"{reverse('safety_step_up')}?{urlencode({'next': back})}")


def typed_before(request: BrandRequest) -> dict[str, Any]:
    """What was typed on this page before the proof, once; and the word that it can go on."""
    kept = request.session.get(KEY)
    if request.method != "GET" or not kept or kept["page"] != request.path:
        return {}
    del request.session[KEY]
    if is_proved(request):
        messages.success(request, _("已确认是您本人，请再按一次刚才的按钮。"))
    typed: dict[str, Any] = kept["typed"]
    return typed
