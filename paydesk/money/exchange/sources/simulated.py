"""The simulated rate source: ships with the product, moves a little every minute, does as told.

A rate is a function of the minute, so a seeded past and a running present agree with each other.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from paydesk.kit import clock
from paydesk.money.exchange.models import SimulatedMarket
from paydesk.money.exchange.rules import PLACES
from paydesk.money.exchange.sources.protocol import Reading, SourceSilent

# Units of each currency for one US dollar, from which the simulation starts.
_PAR = {
    "USD": "1", "CNY": "7.1384", "EUR": "0.9217", "JPY": "151.27", "GBP": "0.7864",
    "HKD": "7.8113", "SGD": "1.3452", "AUD": "1.5241", "CAD": "1.3687", "CHF": "0.8846",
    "MYR": "4.4370", "THB": "34.560", "KRW": "1378.4", "VND": "25310", "KWD": "0.3071",
    "BHD": "0.3769",
}  # fmt: skip
_SWING = 20  # it moves at most so many hundredths of a per cent around its start


class Simulated:
    """The adapter; keeps nothing in memory."""

    code = "simulated"

    def readings(self, brand: str, pairs: Sequence[tuple[str, str]]) -> Sequence[Reading]:
        at = clock.now().replace(second=0, microsecond=0)
        told = {row.currency: row for row in SimulatedMarket.objects.filter(brand=brand)}
        silent = {currency for currency, row in told.items() if row.silent}
        shifts = {currency: row.shift_bp for currency, row in told.items()}
        found = [
            Reading(base, counter, _mid(base, counter, at, shifts), at)
            for base, counter in pairs
            if base in _PAR and counter in _PAR and not {base, counter} & silent
        ]
        if pairs and not found:
            raise SourceSilent(self.code)
        return found


def tell(brand: str, currency: str, *, shift_bp: int = 0, silent: bool = False) -> None:
    """Tell the market of a currency what to do: to cost so much more, or to say nothing."""
    SimulatedMarket.objects.update_or_create(
        brand=brand, currency=currency, defaults={"shift_bp": shift_bp, "silent": silent}
    )


def _mid(base: str, counter: str, at: datetime, shifts: dict[str, int]) -> Decimal:
    """How much of `counter` one `base` is worth in that minute."""
    per_dollar = {
        one: Decimal(_PAR[one])
        * (10_000 - shifts.get(one, 0) + _wave(one, at) * (one != "USD"))
        / 10_000
        for one in (base, counter)
    }
    return (per_dollar[counter] / per_dollar[base]).quantize(Decimal(1).scaleb(-PLACES))


def _wave(currency: str, at: datetime) -> int:
    """A small whole number that is the same whenever it is asked about the same minute."""
    digest = hashlib.sha256(f"{currency}{at:%Y%m%d%H%M}".encode()).digest()
    return int.from_bytes(digest[:4]) % (2 * _SWING + 1) - _SWING
