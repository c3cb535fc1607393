"""Ids of ledger transfers that are posted after their payment was made, perhaps days after.

The ledger takes no id that is far from the moment of posting. A settlement happens once anyway:
the payment's row is locked, and a hold ends once.
"""

from datetime import timedelta
from uuid import UUID

from paydesk.kit import clock, ids

FRESH = timedelta(hours=20)


def is_late(payment: UUID) -> bool:
    """Whether the payment is too old for ids that carry its moment."""
    return clock.now().timestamp() * 1000 - (payment.int >> 80) > FRESH / timedelta(milliseconds=1)


def transfer_id(payment: UUID, name: str = "") -> UUID:
    """The id of what is posted now for a payment: its own for the main transfer, a sibling by
    `name` for what belongs to it; a fresh one once the payment is old."""
    if is_late(payment):
        return ids.uuid7()
    return ids.sibling(payment, name) if name else payment
