"""Writes to a merchant's owner about what opens or watches real money, each time it changes."""

from enum import StrEnum

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.merchants.models import Merchant
from paydesk.people import telling

TEMPLATE = "merchants/doors_changed"


class What(StrEnum):
    """What was done; the mail says it in words."""

    KEY_MADE = "key_made"
    KEY_ROTATED = "key_rotated"
    ENDPOINT_ADDED = "endpoint_added"
    ENDPOINT_CHANGED = "endpoint_changed"
    ENDPOINT_ROTATED = "endpoint_rotated"
    ENDPOINT_REMOVED = "endpoint_removed"


def write(merchant: Merchant, what: What, which: str) -> None:
    """Write to the owner, whoever did it: `which` key or address."""
    if merchant.owner is None:
        return
    user = merchant.owner.user
    at = telling.local_time(user, clock.now())
    about = {"merchant": merchant.name, "what": what.value, "which": which, "at": at}
    telling.mail(user, TEMPLATE, actor=SYSTEM(merchant.brand), params=about)
