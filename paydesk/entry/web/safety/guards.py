"""Keeps pages for whoever proved themselves minutes ago; others are led to the proof and back."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from paydesk.entry.web.requests import BrandRequest
from paydesk.people import access
from paydesk.people.assurance import Level, suffices
from paydesk.people.models import Customer

P = ParamSpec("P")
CustomerView = Callable[Concatenate[BrandRequest, Customer, P], HttpResponse]


def stepped_up(view: CustomerView[P]) -> CustomerView[P]:
    """Let in whoever gave a second factor minutes ago. Goes below `signed_in`."""

    @wraps(view)
    def checked(
        request: BrandRequest, customer: Customer, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if suffices(access.assurance_of(request), Level.STEPPED_UP):
            return view(request, customer, *args, **kwargs)
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('safety_step_up')}?{query}")

    return checked
