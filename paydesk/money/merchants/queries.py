"""Reads about merchants: keys, endpoints, events, deliveries, money. Never writes or locks."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import F, Q, QuerySet

from paydesk.kit import clock
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import AccountCode, Balance
from paydesk.money.merchants.models import (
    ApiKey,
    Delivery,
    Endpoint,
    Merchant,
    MerchantEvent,
)
from paydesk.people.models import Customer


def merchant(merchant_id: UUID) -> Merchant | None:
    """One merchant by id."""
    return Merchant.objects.select_related("owner__user").filter(id=merchant_id).first()


def merchants_in(brands: Collection[str], limit: int = 200) -> Sequence[Merchant]:
    """The merchants of some brands, those that wait for the staff first, then the newest."""
    found = Merchant.objects.filter(brand__in=brands).select_related("owner")
    return sorted(found.order_by("-created_at")[:limit], key=lambda one: one.standing != "applied")


def shops_in(brand: str, name_has: str = "") -> frozenset[UUID]:
    """The customers of a brand who are a shop, those alone whose name contains `name_has`."""
    return _owners(_shops().filter(brand=brand, name__icontains=name_has))


def shops_among(customers: Collection[UUID]) -> frozenset[UUID]:
    """Those of some customers who are a shop: their own name is that of a merchant of theirs that
    was let in. Payers know that name, so it is told whole where a person's is masked."""
    return _owners(_shops().filter(owner_id__in=customers))


def shown_name(customer: Customer, shops: Collection[UUID] | None = None) -> str:
    """A customer's name as a stranger may see it: a shop's whole, a person's masked. `shops`: the
    answer of `shops_among` where it was asked for many at once."""
    known = shops_among([customer.id]) if shops is None else shops
    return customer.name if customer.id in known else customer.masked_name


def _shops() -> QuerySet[Merchant]:
    return Merchant.objects.filter(since__isnull=False, name=F("owner__name"))


def _owners(found: QuerySet[Merchant]) -> frozenset[UUID]:
    ids = found.filter(owner__isnull=False).values_list("owner_id", flat=True)
    return frozenset(id_ for id_ in ids if id_)


def keys(merchant_id: UUID) -> Sequence[ApiKey]:
    """A merchant's keys: those in force first, each group newest first; long dead ones left out."""
    now = clock.now()
    rows = ApiKey.objects.filter(merchant_id=merchant_id).order_by("-created_at", "-id")[:60]
    return sorted(
        rows,
        key=lambda key: bool(key.revoked_at or (key.expires_at and key.expires_at <= now)),
    )


def endpoints(merchant_id: UUID, *, live: bool | None = None) -> Sequence[Endpoint]:
    """A merchant's endpoints, newest first, removed ones left out."""
    found = Endpoint.objects.filter(merchant_id=merchant_id, removed_at=None)
    if live is not None:
        found = found.filter(live=live)
    return list(found.order_by("-created_at"))


def events(
    merchant_id: UUID, *, live: bool, before: UUID | None = None, kind: str = "", limit: int = 50
) -> Sequence[MerchantEvent]:
    """What a merchant was told of, newest first; `before`: the last id of the page before."""
    found = MerchantEvent.objects.filter(merchant_id=merchant_id, live=live)
    if before:
        found = found.filter(id__lt=before)
    if kind:
        found = found.filter(kind=kind)
    return list(found.order_by("-id")[:limit])


def deliveries(
    merchant_id: UUID,
    *,
    endpoint: UUID | None = None,
    failed: bool = False,
    before: UUID | None = None,
    limit: int = 50,
) -> Sequence[Delivery]:
    """Deliveries to a merchant, newest first; `failed`: only those that have not arrived."""
    found = Delivery.objects.filter(endpoint__merchant_id=merchant_id)
    if endpoint:
        found = found.filter(endpoint_id=endpoint)
    if failed:
        found = found.exclude(state="delivered").filter(Q(tries__gt=0) | Q(state="given_up"))
    if before:
        found = found.filter(id__lt=before)
    return list(found.select_related("event", "endpoint").order_by("-id")[:limit])


def account(merchant_id: UUID, brand: str, currency: str) -> UUID | None:
    """A merchant's ledger account in a currency; None before it was active."""
    return ledger.account_for(brand, currency, AccountCode.MERCHANT, owner=merchant_id)


def balances(merchant: Merchant) -> Sequence[Balance]:
    """What a merchant has, by currency, in minor units."""
    return [
        Balance(one.posted, one.held, one.currency)
        for one in ledger.accounts_of(merchant.brand, merchant.id)
        if one.code == AccountCode.MERCHANT
    ]
