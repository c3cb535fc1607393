"""What every page of the portal has around it: the merchant, its standing, the tabs.

Only the merchant's owner comes in; to anybody else there is no such merchant.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http import Http404, HttpResponse

from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.kit.actors import Actor
from paydesk.money.merchants import access, texts
from paydesk.money.merchants.models import Merchant
from paydesk.money.merchants.rules import Standing

P = ParamSpec("P")
Page = Callable[Concatenate[BrandRequest, Merchant, P], HttpResponse]
View = Callable[Concatenate[BrandRequest, P], HttpResponse]

TONES = {
    Standing.ACTIVE: "ok",
    Standing.SANDBOX: "warn",
    Standing.APPLIED: "warn",
    Standing.SUSPENDED: "bad",
    Standing.CLOSED: "",
}


def own_merchant(view: Page[P]) -> View[Concatenate[str, P]]:
    """Give the view the signed-in owner's merchant of that number."""

    @wraps(view)
    def checked(
        request: BrandRequest, customer: Any, number: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        try:
            merchant = access.merchant_for_owner(customer, number)
        except access.NotFound:
            raise Http404 from None
        return view(request, merchant, *args, **kwargs)

    return cast(View[Concatenate[str, P]], signed_in(cast(Any, checked)))


def context(merchant: Merchant, place: str, **more: Any) -> dict[str, Any]:
    """The variables of a portal page; `place` is its tab."""
    assert merchant.owner
    return frame(
        merchant.owner,
        "",
        merchant=merchant,
        place=place,
        standing=texts.STANDINGS[merchant.standing],
        standing_tone=TONES[Standing(merchant.standing)],
        active=merchant.standing == Standing.ACTIVE,
        **more,
    )


def owner_of(merchant: Merchant) -> Actor:
    """The owner as one who acts."""
    assert merchant.owner
    return as_customer(merchant.owner).actor
