"""Saved methods as choices of a form: what a page shows, and what a posted choice stands for."""

from dataclasses import dataclass

from django.utils.translation import get_language

from paydesk.kit import clock
from paydesk.money.methods import access, queries, rules, texts
from paydesk.money.methods.models import SavedMethod
from paydesk.money.payments.providers.protocol import Means
from paydesk.people.models import Customer

PREFIX = "method:"


@dataclass(frozen=True, slots=True)
class MethodView:
    """A saved method on a page. `value` is what a form posts for it."""

    id: str
    value: str
    label: str
    expires: str
    default: bool
    expired: bool
    soon: bool
    chosen: bool = False


def view_of(method: SavedMethod, chosen: str = "") -> MethodView:
    """A saved method as its owner sees it."""
    today = clock.now().date()
    value = f"{PREFIX}{method.id}"
    return MethodView(
        id=str(method.id),
        value=value,
        label=texts.label(method, get_language() or "zh-hans"),
        expires=method.expires,
        default=method.is_default,
        expired=rules.expired(method.expires, today),
        soon=rules.expires_soon(method.expires, today),
        chosen=value == chosen,
    )


def choices(customer: Customer, chosen: str = "") -> list[MethodView]:
    """The customer's methods that can pay now, the default first; `chosen` a posted value."""
    found = [view_of(one, chosen) for one in queries.methods_of(customer)]
    return [one for one in found if not one.expired]


def means(customer: Customer, value: str) -> Means | None:
    """What a posted choice is charged to; None for what is no saved method of this customer."""
    if not value.startswith(PREFIX):
        return None
    try:
        return queries.means_of(access.method_of(customer, value.removeprefix(PREFIX)))
    except access.NotYours:
        return None
