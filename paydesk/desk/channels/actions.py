"""Writes about identities: met for the first time, proven to be a customer."""

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.desk.channels.models import Identity
from paydesk.kit import clock, shield
from paydesk.kit.actors import Actor
from paydesk.people.models import Customer


class IdentityRefused(ValueError):
    """The proof does not fit: another brand, or already somebody else's. `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def meet(*, brand: str, channel: str, external_id: str, display_name: str = "") -> Identity:
    """The identity of a channel's own id, made when it writes for the first time.

    For a website visitor `external_id` is a secret-free id that his session holds.
    """
    identity, _ = Identity.objects.get_or_create(
        brand=brand,
        channel=channel,
        external_id=external_id,
        defaults={"display_name": shield.mask(display_name).text[:80]},
    )
    return identity


@transaction.atomic
def prove(identity: Identity, customer: Customer, *, actor: Actor) -> Identity:
    """Link an identity to the customer that it was proven to be.

    Proving the same link again changes nothing. Raises IdentityRefused (`other_brand`,
    `other_customer`).
    """
    locked = Identity.objects.select_for_update().get(pk=identity.pk)
    if customer.brand != locked.brand:
        raise IdentityRefused("other_brand")
    if locked.customer_id == customer.pk:
        return locked
    if locked.customer_id is not None:
        raise IdentityRefused("other_customer")
    locked.customer = customer
    locked.proven_at = clock.now()
    locked.save(update_fields=["customer", "proven_at"])
    audit.record(
        brand=locked.brand,
        actor=actor,
        action="identity.proven",
        subject=f"identity:{locked.pk}",
        details={"customer": str(customer.pk), "channel": locked.channel},
    )
    return locked
