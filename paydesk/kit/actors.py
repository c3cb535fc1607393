"""Who does something: the plain value that actions, audit and events carry. Knows no user table."""

from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from msgspec import Struct


class ActorKind(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    VISITOR = "visitor"
    SYSTEM = "system"
    MERCHANT = "merchant"  # by its API key


class Actor(Struct, frozen=True):
    """One who acts, within one brand. `id` is the customer's, staff member's, identity's
    or merchant's id."""

    kind: ActorKind
    id: UUID | None
    brand: str

    def __str__(self) -> str:
        return _text(self.kind, self.id)


@lru_cache(maxsize=4096)
def _text(kind: ActorKind, id: UUID | None) -> str:
    return f"{kind}:{id}" if id else str(kind)


def SYSTEM(brand: str) -> Actor:  # noqa: N802 - reads as the constant it nearly is
    """The program itself, acting in a brand (jobs, expiry, sealing)."""
    return Actor(ActorKind.SYSTEM, None, brand)
