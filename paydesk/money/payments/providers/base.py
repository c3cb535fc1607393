"""What an adapter has unless it says otherwise: it refuses what it does not offer.

Inherit from it and override what the capabilities promise.
"""

from collections.abc import Iterable
from uuid import UUID

from paydesk.money.payments.providers.protocol import (
    Acknowledgement,
    Answer,
    Instrument,
    NotOffered,
    Order,
    Saving,
    SettlementLine,
)


class Adapter:
    """The refusing half of a provider."""

    code: str

    def instrument(self, token: str) -> Instrument | None:
        """No token of its own that anybody may pay with."""
        return None

    def refund(self, order: Order) -> Answer:
        """Raises NotOffered."""
        raise NotOffered(f"{self.code}: refund")

    def query_refund(self, order: Order) -> Answer:
        """Raises NotOffered."""
        raise NotOffered(f"{self.code}: query_refund")

    def payout(self, order: Order) -> Answer:
        """Raises NotOffered."""
        raise NotOffered(f"{self.code}: payout")

    def query_payout(self, order: Order) -> Answer:
        """Raises NotOffered."""
        raise NotOffered(f"{self.code}: query_payout")

    def begin_saving(self, brand: str, customer: UUID, return_url: str) -> Saving:
        """Raises NotOffered."""
        raise NotOffered(f"{self.code}: begin_saving")

    def saved(self, brand: str, reference: str) -> Instrument | None:
        """Raises NotOffered."""
        raise NotOffered(f"{self.code}: saved")

    def forget(self, brand: str, token: str) -> None:
        """Raises NotOffered."""
        raise NotOffered(f"{self.code}: forget")

    def acknowledge(self, believed: bool) -> Acknowledgement:
        """By status alone: 200 for what need not come again, 401 for what is not believed."""
        return Acknowledgement(200 if believed else 401)

    def read_settlement(self, brand: str, raw: bytes) -> Iterable[SettlementLine]:
        """Raises NotOffered."""
        raise NotOffered(f"{self.code}: read_settlement")
