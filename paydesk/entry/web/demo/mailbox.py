"""The demo's mailbox: every mail and SMS that the demo sent, with links that work."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.brands import profiles
from paydesk.entry.web.demo.guard import demo_only
from paydesk.notifications import queries, texts

STAFF = "staff"  # how the filter names mail of no brand
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a message: text, or an address to open."""

    text: str
    url: str


@demo_only
def page(request: HttpRequest) -> HttpResponse:
    """The list with its filter."""
    return render(request, "demo/mailbox.html", _list(request))


@demo_only
def listing(request: HttpRequest) -> HttpResponse:
    """The list alone, for polling; 204 while nothing new has come."""
    context = _list(request)
    if request.GET.get("latest") == context["latest"]:
        return HttpResponse(status=204)
    return render(request, "demo/mails.html", context)


@demo_only
def message(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """One message as its receiver sees it."""
    mail = queries.demo_mail(mail_id)
    if mail is None:
        raise Http404
    paragraphs = [
        [_part(line) for line in paragraph.splitlines()] for paragraph in mail.text.split("\n\n")
    ]
    sender = texts.sender_name(mail.brand, get_language() or "")
    context = {"mail": mail, "paragraphs": paragraphs, "sender": sender, "back": _back(request)}
    return render(request, "demo/mail.html", context)


def _part(line: str) -> Part:
    found = _ADDRESS.fullmatch(line.strip())
    return Part(line, found[0] if found else "")


def _list(request: HttpRequest) -> dict[str, Any]:
    chosen, search = request.GET.get("brand", ""), request.GET.get("q", "").strip()
    known = {brand.code for brand in profiles.all()}
    wanted = "" if chosen == STAFF else chosen if chosen in known else None
    language = get_language() or ""
    mails = [
        {"mail": mail, "sender": texts.sender_name(mail.brand, language)}
        for mail in queries.mailbox(wanted, search)
    ]
    latest = str(mails[0]["mail"].id) if mails else "none"  # type: ignore[attr-defined]  # rows are loose dicts
    poll = urlencode({"brand": chosen, "q": search, "latest": latest})
    return {
        "mails": mails,
        "latest": latest,
        "chosen": chosen,
        "search": search,
        "filters": [
            ("", _("全部")),
            *((brand.code, brand.name(language)) for brand in profiles.all()),
            (STAFF, _("客服台")),
        ],
        "poll": f"{reverse('demo_mailbox_list')}?{poll}",
        "keep": urlencode({"brand": chosen, "q": search}),
    }


def _back(request: HttpRequest) -> str:
    kept = {key: request.GET[key] for key in ("brand", "q") if request.GET.get(key)}
    return f"{reverse('demo_mailbox')}?{urlencode(kept)}" if kept else reverse("demo_mailbox")
