"""What every write of this domain leaves behind: one audit row, one event for open pages."""

from typing import Any

from paydesk.audit import actions as audit
from paydesk.kit.actors import Actor
from paydesk.kit.events import actions as events
from paydesk.money.merchants.models import Merchant


def trace(merchant: Merchant, actor: Actor, action: str, **details: Any) -> None:
    """Record what was done to a merchant and tell the owner's and the desk's open pages."""
    subject = f"merchant:{merchant.id}"
    audit.record(
        brand=merchant.brand,
        actor=actor,
        action=f"merchant.{action}",
        subject=subject,
        details=details,
    )
    audience = [f"desk:{merchant.brand}"]
    if merchant.owner_id:
        audience.append(f"customer:{merchant.owner_id}")
    events.publish(
        brand=merchant.brand,
        kind="merchant.changed",
        subject=subject,
        audience=audience,
        actor=actor,
        payload={"merchant": str(merchant.id), "standing": merchant.standing},
    )
