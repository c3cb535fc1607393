"""Reads of saved methods. Never answers those that were removed."""

from collections.abc import Mapping

from paydesk.money.methods.models import SavedMethod
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import Means, Provider
from paydesk.people.models import Customer


def methods_of(customer: Customer) -> list[SavedMethod]:
    """The customer's methods that can be used now, the default one first, then the newest."""
    rows = SavedMethod.objects.filter(brand=customer.brand, customer=customer, removed_at=None)
    return [
        row
        for row in rows.order_by("-is_default", "-added_at")
        if registry.offers(row.provider, customer.brand)
    ]


def means_of(method: SavedMethod) -> Means:
    """The method as what a payment is charged to."""
    shown = {
        "kind": method.kind,
        "scheme": method.scheme,
        "last4": method.last4,
        "expires": method.expires,
    }
    return Means(method.provider, method.token, shown)


def was_removed(brand: str, kept: Mapping[str, str]) -> bool:
    """Whether what a payment keeps of its means (charging.method) was a saved method that its
    owner has removed: it may not be charged again."""
    rows = SavedMethod.objects.filter(
        brand=brand, provider=kept.get("provider", ""), token=kept.get("token", "")
    )
    return rows.exclude(removed_at=None).exists()


def saving_provider(brand: str) -> Provider | None:
    """The provider on whose page the brand's customers save cards; None where it has none."""
    offered = registry.of_brand(brand)
    return next((one for one in offered if one.capabilities.hosted_page), None)
