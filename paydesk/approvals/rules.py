"""What a second person's decision is and when one may be given. Pure: no Django, no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

# Defined where the lowest action that needs it lives; this is its name for everybody above.
from paydesk.people.rules import ApprovedDecision as ApprovedDecision

LASTS = timedelta(hours=24)


class Refusal(StrEnum):
    """Why somebody may not decide a request."""

    SAME_PERSON = "same_person"
    NOT_ALLOWED = "not_allowed"
    EXPIRED = "expired"
    DECIDED = "decided"  # already, and otherwise


@dataclass(frozen=True, slots=True)
class Wish:
    """A request as plain values."""

    requested_by: UUID
    expires_at: datetime
    state: str
    decided_by: UUID | None


def refusal(
    wish: Wish, *, decider: UUID, allowed: bool, approve: bool, now: datetime
) -> Refusal | None:
    """Why `decider` may not give this decision now; None when they may.

    Giving one's own decision once more is allowed, and changes nothing.
    """
    if wish.requested_by == decider:
        return Refusal.SAME_PERSON
    if not allowed:
        return Refusal.NOT_ALLOWED
    if wish.state == "pending":
        return Refusal.EXPIRED if now >= wish.expires_at else None
    if wish.state == "expired":
        return Refusal.EXPIRED
    same = wish.decided_by == decider and (wish.state == "approved") == approve
    return None if same else Refusal.DECIDED
