"""The brand's own site page: hours, official contacts, what is going on, and a chat for anybody.

A visitor who has not signed in is anonymous: his session holds an identity that opens no account.
He is asked what it is about and how to call him, never for a secret.
"""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.desk.channels import actions as channels
from paydesk.desk.channels.models import Identity
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support import hours, limits, pages
from paydesk.entry.web.support.cards import cards
from paydesk.entry.web.support.contacts import accounts_of
from paydesk.entry.web.support.correspondent import VISITOR_KEY, as_visitor, sides, visitor_of
from paydesk.entry.web.support.forms import VISITOR_TOPICS, VisitorForm
from paydesk.entry.web.wallet.notices import notices_of
from paydesk.kit import ids
from paydesk.people.access import current_customer


def site(request: BrandRequest) -> HttpResponse:
    """The page, and the start of a visitor's conversation."""
    brand, language = request.brand, get_language() or "zh-hans"
    form = VisitorForm(request.POST if request.method == "POST" else None, topics=VISITOR_TOPICS)
    if request.method == "POST" and form.is_valid():
        identity = _identity(request, form.cleaned_data["name"])
        case = pages.start(request, as_visitor(identity), form.cleaned_data) if identity else None
        if case:
            return redirect("support_case", case.number)
        form.add_error(None, _("没有成功，请再试一次。"))
    live = [(side, [case for case in side.cases() if case.live]) for side in sides(request)]
    context = {
        "form": form,
        "desk": hours.desk(brand),
        "hours": hours.table(brand),
        "accounts": accounts_of(brand),
        "notices": notices_of(brand),
        "slogan": brand.text("slogan", language),
        "welcome": brand.text("welcome", language),
        "customer": current_customer(request),
        "cases": [card for side, cases in live for card in cards(side, cases[:3])],
        "sign_in_url": reverse("wallet_home"),
    }
    return render(request, "support/site.html", context, status=422 if form.errors else 200)


def _identity(request: BrandRequest, name: str) -> Identity | None:
    """The visitor's identity: the session's own, else a new one, kept in the session.

    None when too many were new at this address lately.
    """
    known = visitor_of(request)
    if known is not None or not limits.may_meet(request):
        return known
    identity = channels.meet(
        brand=request.brand.code,
        channel=hours.CHAT,
        external_id=str(ids.uuid7()),
        display_name=name,
    )
    request.session[VISITOR_KEY] = str(identity.pk)
    return identity
