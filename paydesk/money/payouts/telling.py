"""Writes to a customer about a withdrawal or a bank account, inside the caller's transaction."""

from collections.abc import Mapping
from typing import Any

from paydesk.brands import profiles
from paydesk.brands.moments import written
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.notifications import actions as notifications
from paydesk.notifications.models import ToKind
from paydesk.people.models import Customer


def tell(customer: Customer, template: str, params: Mapping[str, Any]) -> None:
    """Queue a mail in the customer's language; name and moment are added."""
    user = customer.user
    brand = profiles.get(customer.brand)
    notifications.send(
        brand=customer.brand,
        to_kind=ToKind.MAIL,
        to_address=user.email,
        user=user.id,
        template=template,
        lang=user.lang,
        params={
            "name": customer.name,
            "at": written(clock.now(), brand.zone, user.lang),
            **params,
        },
        actor=SYSTEM(customer.brand),
    )
