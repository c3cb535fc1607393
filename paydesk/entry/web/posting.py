"""Addresses that only take what a page's form sends, yet show that page again with its mistakes.

The browser then stands at such an address: a reload by hand or a change of language asks for it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
View = Callable[Concatenate[R, P], HttpResponseBase]


def posted_from(page: str) -> Callable[[View[R, P]], View[R, P]]:
    """Take POST alone; whoever asks to read the address is led to the page with the form."""

    def decorate(view: View[R, P]) -> View[R, P]:
        @wraps(view)
        def checked(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method in {"GET", "HEAD"}:
                return redirect(page)
            return view(request, *args, **kwargs)

        return require_http_methods(["GET", "HEAD", "POST"])(checked)

    return decorate
