"""Keeping a biller's reference for next time, and forgetting it."""

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.kit import clock, ids, shield
from paydesk.kit.actors import Actor
from paydesk.money.bills.directory import Biller
from paydesk.money.bills.models import SavedBiller
from paydesk.people.models import Customer

MOST_SAVED = 50
NAME_LENGTH = 40


class TooMany(ValueError):
    """The customer keeps as many as may be kept."""


@transaction.atomic
def save_biller(
    *, customer: Customer, biller: Biller, reference: str, name: str, actor: Actor
) -> SavedBiller:
    """Keep a checked reference; one that is kept gets the new name. Raises TooMany."""
    if SavedBiller.objects.filter(customer=customer).count() >= MOST_SAVED:
        raise TooMany(str(MOST_SAVED))
    saved, made = SavedBiller.objects.update_or_create(
        customer=customer,
        biller=biller.code,
        reference=reference,
        defaults={"name": shield.mask(" ".join(name.split())).text[:NAME_LENGTH]},
        create_defaults={
            "id": ids.uuid7(),
            "brand": customer.brand,
            "name": shield.mask(" ".join(name.split())).text[:NAME_LENGTH],
            "saved_at": clock.now(),
        },
    )
    if made:
        _record(saved, actor, "bills.saved")
    return saved


@transaction.atomic
def forget_biller(saved: SavedBiller, *, actor: Actor) -> None:
    """Forget a reference. Idempotent."""
    deleted, _ = SavedBiller.objects.filter(id=saved.id).delete()
    if deleted:
        _record(saved, actor, "bills.forgotten")


def _record(saved: SavedBiller, actor: Actor, action: str) -> None:
    audit.record(
        brand=saved.brand,
        actor=actor,
        action=action,
        subject=f"customer:{saved.customer_id}",
        details={"biller": saved.biller, "saved": saved.id},
    )
