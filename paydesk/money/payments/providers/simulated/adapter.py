"""The simulated provider's counter: takes orders into its book and answers from it.

Its book commits on its own before an answer is given or lost, as a real provider's would: what it
moved is true whatever we heard. Never looks at a payment.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from paydesk.kit import clock
from paydesk.money.payments.providers.base import Adapter
from paydesk.money.payments.providers.protocol import (
    Answer,
    Capabilities,
    Instrument,
    Order,
    ProviderSilent,
    Said,
    Saving,
    SettlementLine,
    Told,
)
from paydesk.money.payments.providers.simulated import book, daybook, instruments, page, signing
from paydesk.money.payments.providers.simulated.book import customer_acts, deliver_due
from paydesk.money.payments.providers.simulated.models import SimulatedOrder

__all__ = ["Simulated", "customer_acts", "deliver_due"]


class Simulated(Adapter):
    """The adapter; keeps nothing in memory."""

    code = "simulated"
    capabilities = Capabilities(
        kinds=frozenset({"card", "wallet", "bank"}),
        verification=True,
        notifies=True,
        answers_queries=True,
        hosted_page=True,
        qr=True,
        refunds=True,
        payouts=True,
        disputes=True,
        settlement_files=True,
    )

    def instrument(self, token: str) -> Instrument | None:
        return instruments.find(token)

    def charge(self, order: Order) -> Answer:
        return self._take_in(order, "charge", page.behaviour(order.brand, order.token))

    def query(self, order: Order) -> Answer:
        return book.look_up(order)

    def refund(self, order: Order) -> Answer:
        charged = (
            order.original
            and SimulatedOrder.objects.filter(
                reference=order.original.reference, direction="charge", state=Said.PAID
            ).first()
        )
        if not charged or order.amount > book.left_to_refund(charged):
            code = "charge_already_refunded" if charged else "resource_missing"
            return Answer(Said.REFUSED, order.amount, order.currency, code=code)
        return self._take_in(order, "refund", charged.script.rpartition("_")[2])

    def query_refund(self, order: Order) -> Answer:
        return book.look_up(order)

    def payout(self, order: Order) -> Answer:
        return self._take_in(order, "payout", order.terms.destination.get("last4", ""))

    def query_payout(self, order: Order) -> Answer:
        return book.look_up(order)

    def begin_saving(self, brand: str, customer: UUID, return_url: str) -> Saving:
        return page.open_card_page(brand, customer, return_url)

    def saved(self, brand: str, reference: str) -> Instrument | None:
        return page.saved(brand, reference)

    def forget(self, brand: str, token: str) -> None:
        page.forget(brand, token)

    def read_settlement(self, brand: str, raw: bytes) -> Iterable[SettlementLine]:
        return daybook.read(raw)

    def read_notification(
        self, brand: str, raw: bytes, headers: Mapping[str, str], at: datetime
    ) -> Told:
        return signing.read(brand, raw, headers, at)

    def reread(self, brand: str, raw: bytes) -> Told:
        return signing.content(raw)

    def _take_in(self, order: Order, direction: str, name: str) -> Answer:
        row = book.enter(order, direction, name, clock.now())
        if instruments.script(direction, name).silent:
            raise ProviderSilent(str(order.reference))
        return book.answer(row)
