"""The simulated provider's counter: takes orders into its book and answers from it.

Its book (SimulatedOrder) commits on its own before an answer is given or lost, as a real
provider's would: what it took is true whatever we heard. Never looks at a payment.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from paydesk.kit import clock
from paydesk.money.payments.models import SimulatedOrder
from paydesk.money.payments.providers.base import Adapter
from paydesk.money.payments.providers.protocol import (
    Answer,
    Capabilities,
    Instrument,
    Order,
    ProviderSilent,
    Said,
    Told,
)
from paydesk.money.payments.providers.simulated import instruments, signing
from paydesk.money.payments.providers.simulated.instruments import SCRIPTS, Telling

Sender = Callable[[str, bytes, Mapping[str, str]], object]


class Simulated(Adapter):
    """The adapter; keeps nothing in memory."""

    code = "simulated"
    capabilities = Capabilities(
        kinds=frozenset({"card", "wallet"}),
        verification=True,
        notifies=True,
        answers_queries=True,
    )

    def instrument(self, token: str) -> Instrument | None:
        return instruments.find(token)

    def charge(self, order: Order) -> Answer:
        script = SCRIPTS[order.token]
        at = clock.now()
        new = SimulatedOrder(
            reference=order.reference,
            brand=order.brand,
            token=order.token,
            amount=order.amount,
            currency=order.currency,
            state=script.first,
            code=script.code,
            taken=order.amount if script.first is Said.PAID else 0,
            created_at=at,
            settles_at=at + script.settles_after if script.settles_after else None,
            notify_at=at + script.settles_after if script.tells else None,
        )
        # The same reference again is the same order, whatever is asked for under it.
        SimulatedOrder.objects.bulk_create([new], ignore_conflicts=True)
        if script.silent:
            raise ProviderSilent(str(order.reference))
        return _answer(SimulatedOrder.objects.get(reference=order.reference))

    def query(self, order: Order) -> Answer:
        with transaction.atomic():
            row = (
                SimulatedOrder.objects.filter(reference=order.reference).select_for_update().first()
            )
            if row is None:
                return Answer(Said.NOT_FOUND, order.amount, order.currency)
            _settle(row, clock.now())
            return _answer(row)

    def read_notification(
        self, brand: str, raw: bytes, headers: Mapping[str, str], at: datetime
    ) -> Told:
        return signing.read(brand, raw, headers, at)

    def reread(self, brand: str, raw: bytes) -> Told:
        return signing.content(raw)


def customer_acts(reference: UUID, *, passed: bool) -> None:
    """The payer finishes (or fails) the verification on the provider's page."""
    with transaction.atomic():
        row = SimulatedOrder.objects.select_for_update().get(reference=reference)
        if row.state == Said.REQUIRES_ACTION:
            row.state = Said.PAID if passed else Said.REFUSED
            row.code = "" if passed else "authentication_required"
            row.taken = row.amount if passed else 0
            row.save(update_fields=["state", "code", "taken"])


def deliver_due(send: Sender) -> int:
    """Send the notifications whose time has come to `send(brand, body, headers)`; how many.

    An order that can't be delivered now is delivered again later, as providers do.
    """
    at = clock.now()
    due = list(
        SimulatedOrder.objects.filter(notify_at__lte=at)
        .order_by("notify_at")
        .values_list("reference", flat=True)[:100]
    )
    for reference in due:
        with transaction.atomic():
            row = SimulatedOrder.objects.select_for_update().get(reference=reference)
            _settle(row, at)
        _tell(row, at, send)
        SimulatedOrder.objects.filter(reference=reference).update(notify_at=None)
    return len(due)


def _tell(row: SimulatedOrder, at: datetime, send: Sender) -> None:
    tells = SCRIPTS[row.token].tells
    body = signing.write(row.brand, f"evt_{row.reference.hex}", row.reference, _answer(row))
    headers = signing.sign(row.brand, body, at)
    if tells is Telling.FORGED:
        headers = {signing.HEADER: headers[signing.HEADER][:-4] + "beef"}
    for _ in range(2 if tells is Telling.TWICE else 1):
        send(row.brand, body, headers)


def _settle(row: SimulatedOrder, at: datetime) -> None:
    """Let a waiting order come to its end once its time has come."""
    if row.settles_at is None or row.settles_at > at or row.state in {Said.PAID, Said.REFUSED}:
        return
    script = SCRIPTS[row.token]
    row.state = script.final
    if script.final is Said.PAID:
        row.taken = row.amount - script.takes_less
        row.code = ""
    row.save(update_fields=["state", "taken", "code"])


def _answer(row: SimulatedOrder) -> Answer:
    said = Said(row.state)
    return Answer(
        said=said,
        amount=row.taken if said is Said.PAID else row.amount,
        currency=row.currency,
        reference=f"sim_{row.reference.hex[:20]}",
        code=row.code,
        checks=dict(SCRIPTS[row.token].checks),
    )
