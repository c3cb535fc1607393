"""Keeps pages for staff who are signed in. What they may do there is decided later."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from paydesk.people import access

P = ParamSpec("P")
PageView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_required(view: PageView[P]) -> PageView[P]:
    """Let staff in; send others to sign in and back. No page is cached."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if access.current_staff(request) is None:
            return _to_sign_in(request)
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)  # nothing of an account stays in a shared cache
        return response

    return guarded


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    address = f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        # htmx would swap the sign-in page into a corner; it must go there instead.
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
