"""Who does something: the plain value that actions, audit and events carry. Knows no user table."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    VISITOR = "visitor"
    SYSTEM = "system"
    MERCHANT = "merchant"  # by its API key


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts, within one brand. `id` is the customer's, staff member's, identity's
    or merchant's id."""

    kind: ActorKind
    id: UUID | None
    brand: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)


def SYSTEM(brand: str) -> Actor:  # noqa: N802 - reads as the constant it nearly is
    """The program itself, acting in a brand (jobs, expiry, sealing)."""
    return Actor(ActorKind.SYSTEM, None, brand)
