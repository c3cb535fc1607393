"""The only way entry obtains merchants and what is theirs: by key, by owner, or as staff.

What is not there and what is not yours look the same.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from paydesk.kit import clock
from paydesk.money.merchants import keys
from paydesk.money.merchants.models import ApiKey, Delivery, Endpoint, Merchant, MerchantEvent
from paydesk.money.merchants.rules import Scope, Standing
from paydesk.people.models import Customer, StaffMember
from paydesk.people.permissions import Permission, may

M = TypeVar("M", bound=Model)


class NotFound(LookupError):
    """There is none, or it is not for the asker's eyes."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls the API: one merchant's key, at its own brand's door."""

    brand: str
    merchant: UUID
    owner: UUID | None
    name: str
    standing: Standing
    live: bool
    key: UUID
    scopes: frozenset[str]
    requests_a_second: int
    used_at: datetime | None

    def may(self, scope: Scope) -> bool:
        """Whether the key was given this scope."""
        return scope.value in self.scopes

    @property
    def by(self) -> str:
        """How the merchant is named as one who asks for payments."""
        return f"merchant:{self.merchant}"


def callers(brand: str, texts: set[str]) -> dict[str, Caller]:
    """Whose keys these are, those in force at this brand's door; in one look."""
    digests = {keys.digest_of(text): text for text in texts if keys.is_key(text)}
    now = clock.now()
    found = ApiKey.objects.filter(digest__in=digests, brand=brand, revoked_at=None)
    return {
        digests[key.digest]: _caller(key)
        for key in found.select_related("merchant")
        if (key.expires_at is None or key.expires_at > now)
        and key.merchant.standing not in {Standing.CLOSED, Standing.APPLIED}
    }


def _caller(key: ApiKey) -> Caller:
    merchant = key.merchant
    return Caller(
        brand=merchant.brand,
        merchant=merchant.id,
        owner=merchant.owner_id,
        name=merchant.name,
        standing=Standing(merchant.standing),
        live=key.live,
        key=key.id,
        scopes=frozenset(key.scopes),
        requests_a_second=merchant.requests_a_second,
        used_at=key.last_used_at,
    )


def merchant_of_caller(caller: Caller) -> Merchant:
    """The merchant behind a key."""
    return Merchant.objects.get(id=caller.merchant)


def merchants_of(customer: Customer) -> list[Merchant]:
    """The merchants that a customer acts for, newest first."""
    return list(Merchant.objects.filter(owner=customer).order_by("-created_at"))


def merchant_for_owner(customer: Customer, number: str) -> Merchant:
    """A customer's own merchant. Raises NotFound."""
    found = Merchant.objects.filter(owner=customer, brand=customer.brand, number=number)
    return _only(found.select_related("owner__user"))


def merchant_for_staff(staff: StaffMember, number: str) -> Merchant:
    """A merchant of a brand in which the member of staff may see merchants. Raises NotFound."""
    found = Merchant.objects.filter(number=number).select_related("owner__user").first()
    if found is None or not may(staff, found.brand, Permission.MERCHANT_VIEW):
        raise NotFound(number)
    return found


def key_of(merchant: Merchant, key_id: UUID) -> ApiKey:
    """One of a merchant's keys. Raises NotFound."""
    return _only(ApiKey.objects.filter(merchant=merchant, id=key_id).select_related("merchant"))


def endpoint_of(merchant: UUID, live: bool, endpoint_id: UUID) -> Endpoint:
    """One of a merchant's endpoints that was not removed. Raises NotFound."""
    found = Endpoint.objects.filter(
        merchant_id=merchant, live=live, id=endpoint_id, removed_at=None
    )
    return _only(found.select_related("merchant"))


def event_of(merchant: UUID, live: bool, event_id: UUID) -> MerchantEvent:
    """One of a merchant's events. Raises NotFound."""
    return _only(MerchantEvent.objects.filter(merchant_id=merchant, live=live, id=event_id))


def delivery_of(merchant: Merchant, delivery_id: UUID) -> Delivery:
    """One delivery to a merchant, with its tries. Raises NotFound."""
    found = Delivery.objects.filter(event__merchant=merchant, id=delivery_id)
    return _only(found.select_related("event", "endpoint").prefetch_related("attempts"))


def _only(found: QuerySet[M]) -> M:
    one = found.first()
    if one is None:
        raise NotFound
    return one
