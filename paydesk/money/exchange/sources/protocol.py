"""What every source of rates offers, as plain values. No adapter writes a rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reading:
    """`mid` units of `counter` for one `base`, as it was at a moment."""

    base: str
    counter: str
    mid: Decimal
    at: datetime


class SourceSilent(Exception):
    """The source did not answer in time: the rates that are there grow old."""


class RateSource(Protocol):
    """One source. Asking goes over the network: never in a transaction."""

    code: str

    def readings(self, brand: str, pairs: Sequence[tuple[str, str]]) -> Sequence[Reading]:
        """The middle rates of these pairs (base, counter); a pair it can't tell is left out.

        Raises SourceSilent.
        """
        ...
