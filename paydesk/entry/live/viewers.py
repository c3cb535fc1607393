"""Who looks at a stream, as a plain value. How that is found out is in `doors`."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewer:
    """One signed-in (or visiting) browser.

    `audiences` x `brands` is what it may hear: an event must match in both, so that nothing
    crosses brands. `key` is the same for every stream of one session. `proof` is what the check
    of access compares with later; it never leaves the process.
    """

    audiences: frozenset[str]
    brands: frozenset[str]
    key: str
    proof: object = None

    @property
    def mark(self) -> str:
        """The same for the same person with the same rights, and says nothing of either."""
        heard = " ".join(sorted((*self.audiences, *self.brands)))
        return hashlib.blake2s(heard.encode(), digest_size=8).hexdigest()

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Every (brand, audience) that it may hear."""
        for brand in self.brands:
            for audience in self.audiences:
                kind, _, who = audience.partition(":")
                if kind != "desk" or who == brand:
                    yield brand, audience

    def may_hear(self, brand: str, audience: tuple[str, ...]) -> bool:
        """Whether an event of `brand` told to `audience` is for this viewer."""
        return brand in self.brands and not self.audiences.isdisjoint(audience)
