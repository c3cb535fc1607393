"""The pages of the last resort: they name the brand and a way on, and ask nothing of the database.

What can still speak the reader's language (403, 404) is a template of its own, web/trouble.html.
"""

import sys
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from paydesk.entry.away import AWAY, RETRY_SECONDS
from paydesk.entry.web import brandstyle
from paydesk.entry.web.realm import URLCONFS, Door, Realm


@dataclass(frozen=True, slots=True)
class Way:
    """Where somebody is, and where to go from there; empty parts are left out."""

    name: str = "Paydesk"
    home: str = "/"
    support: str = ""
    style: str = ""
    mark: str = ""


def way_of(request: HttpRequest) -> Way:
    """The way on from a request, which may not have come as far as a door."""
    door: Door | None = getattr(request, "door", None)
    if door is None:
        return Way()
    home = f"{door.prefix}/"
    if door.brand is None:
        return Way(home=home)
    names = dict.fromkeys((door.brand.name("zh"), door.brand.name("en")))
    customers, style = URLCONFS[Realm.CUSTOMER], brandstyle.digest(door.brand.code)
    return Way(
        name=" · ".join(names),
        home=home,
        support=reverse("site", customers),
        style=reverse("brand_style", customers, [style]),
        mark=reverse("brand_mark", customers, [style]),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """What failed on our side; while the database is away, the answer says to come back."""
    if not isinstance(sys.exception(), AWAY):
        return _page(request, "500.html", 500)
    answer = _page(request, "500.html", 503)
    answer["Retry-After"] = RETRY_SECONDS
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What could not be read."""
    return _page(request, "400.html", 400)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    return HttpResponse(render_to_string(template, {"way": way_of(request)}), status=status)
