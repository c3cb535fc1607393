"""What every wallet page has around it: the signed-in customer, the navigation, what is unread.

Whoever is not signed in at this brand's door is led to the sign-in and back again.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from paydesk.desk.cases import queries as cases
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.kit.events import queries as events
from paydesk.people.access import current_customer
from paydesk.people.models import Customer

P = ParamSpec("P")
View = Callable[Concatenate[BrandRequest, P], HttpResponse]
CustomerView = Callable[Concatenate[BrandRequest, Customer, P], HttpResponse]

SIGN_IN = "account_login"


def signed_in(view: CustomerView[P]) -> View[P]:
    """Give the view its customer; anybody else is asked to sign in and comes back afterwards."""

    @wraps(view)
    def checked(request: BrandRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        customer = current_customer(request)
        if customer is not None:
            # Before the page's own reads: what happens in between is then told by the stream.
            request.cursor = str(events.position())
            return view(request, customer, *args, **kwargs)
        sign_in = redirect_to_login(request.get_full_path(), reverse(SIGN_IN))
        if request.htmx:
            return HttpResponseClientRedirect(sign_in.url)
        return sign_in

    return checked


def frame(customer: Customer, nav: str, **more: Any) -> dict[str, Any]:
    """The context of a wallet page: its place in the navigation and what is unread."""
    side = as_customer(customer)
    unread = sum(cases.unread(side.actor, side.cases()).values())
    return {"customer": customer, "nav": nav, "unread": unread, **more}
