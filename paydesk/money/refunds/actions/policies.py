"""What a merchant promises of itself: money back within so many days, up to so much."""

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.kit import clock
from paydesk.kit.actors import Actor
from paydesk.money.merchants.models import Merchant
from paydesk.money.refunds.models import MerchantPolicy


@transaction.atomic
def set_policy(merchant: Merchant, *, days: int, most: int | None, actor: Actor) -> MerchantPolicy:
    """Let requests be granted by rule within `days` of the payment, up to `most` minor units
    (None: whatever it was). Raises ValueError for less than a day or more than a year."""
    if not 1 <= days <= 366 or (most is not None and most <= 0):
        raise ValueError("a promise of 1 to 366 days and a positive amount")
    made, _ = MerchantPolicy.objects.update_or_create(
        merchant=merchant,
        defaults={
            "brand": merchant.brand,
            "days": days,
            "most": most,
            "changed_at": clock.now(),
        },
    )
    audit.record(
        brand=merchant.brand,
        actor=actor,
        action="refund.policy",
        subject=f"merchant:{merchant.id}",
        details={"days": days, "most": most},
    )
    return made
