"""The simulated provider's book of orders: what each comes to, and when it tells us.

Commits on its own and knows no payment. An order goes its script's way by itself: what is due is
worked off when it is asked about, or when its notification is due.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from paydesk.kit import clock
from paydesk.money.payments.providers.protocol import (
    About,
    Answer,
    Dispute,
    DisputeState,
    Order,
    Said,
)
from paydesk.money.payments.providers.simulated import instruments, signing
from paydesk.money.payments.providers.simulated.instruments import Script, Telling
from paydesk.money.payments.providers.simulated.models import SimulatedOrder

Sender = Callable[[str, bytes, Mapping[str, str]], object]
TIME_FOR_EVIDENCE = timedelta(days=7)
_ENDED = frozenset({Said.REFUSED, Said.RETURNED})


def enter(order: Order, direction: str, name: str, at: datetime) -> SimulatedOrder:
    """The order's line in the book; the same reference again is the same order, whatever is asked
    for under it."""
    script = instruments.script(direction, name)
    paid = script.first is Said.PAID
    after = script.settles_after or (script.returns_after if paid else None)
    tell = script.settles_after if script.settles_after else script.returns_after
    new = SimulatedOrder(
        reference=order.reference,
        brand=order.brand,
        direction=direction,
        script=name,
        amount=order.amount,
        currency=order.currency,
        state=script.first,
        code="" if paid else script.code,
        taken=order.amount if paid else 0,
        return_url=order.terms.return_url[:400],
        description=order.terms.description[:140],
        gives_back=order.original.reference if order.original else None,
        created_at=at,
        settles_at=at + after if after else None,
        notify_at=_tell_at(script, at, tell),
    )
    SimulatedOrder.objects.bulk_create([new], ignore_conflicts=True)
    return SimulatedOrder.objects.get(reference=order.reference)


def _tell_at(script: Script, at: datetime, after: timedelta | None) -> datetime | None:
    if script.disputes_after:
        return at + script.disputes_after
    return at + after if script.tells and after is not None else None


def left_to_refund(charge: SimulatedOrder) -> int:
    """Minor units of a charge that were not given back."""
    back = SimulatedOrder.objects.filter(
        direction="refund", brand=charge.brand, gives_back=charge.reference
    ).exclude(state__in=_ENDED)
    return charge.taken - int(back.aggregate(total=Sum("amount"))["total"] or 0)


def look_up(order: Order) -> Answer:
    """What the book says of an order now."""
    with transaction.atomic():
        row = SimulatedOrder.objects.filter(reference=order.reference).select_for_update().first()
        if row is None:
            return Answer(Said.NOT_FOUND, order.amount, order.currency)
        _settle(row, clock.now())
        return answer(row)


def customer_acts(reference: UUID, *, passed: bool) -> None:
    """The payer finishes (or fails) what the provider's page asked for."""
    with transaction.atomic():
        row = SimulatedOrder.objects.select_for_update().get(reference=reference)
        if waits_for_payer(row):
            row.state = Said.PAID if passed else Said.REFUSED
            row.code = "" if passed else _script(row).code
            row.taken = row.amount if passed else 0
            row.notify_at = clock.now() if _script(row).action == "qr" else None
            row.save(update_fields=["state", "code", "taken", "notify_at"])


def waiting_order(reference: UUID) -> SimulatedOrder | None:
    """An order whose script has a page for the payer, open or not any more; None for any other."""
    row = SimulatedOrder.objects.filter(reference=reference).first()
    return row if row and _script(row).action else None


def waits_for_payer(row: SimulatedOrder) -> bool:
    """Whether the payer has something to do on a page of the provider."""
    return bool(_script(row).action) and row.state in (Said.REQUIRES_ACTION, Said.WAITING)


def deliver_due(send: Sender, **only: str) -> int:
    """Send the notifications whose time has come to `send(brand, body, headers)`; how many.
    `only`: of orders with these values.

    An order that can't be delivered now is delivered again later, as providers do.
    """
    at = clock.now()
    due = list(
        SimulatedOrder.objects.filter(notify_at__lte=at, **only)
        .order_by("notify_at")
        .values_list("reference", flat=True)[:100]
    )
    for reference in due:
        with transaction.atomic():
            row = SimulatedOrder.objects.select_for_update().get(reference=reference)
            _settle(row, at)
        _tell(row, at, send)
        # A second thing to tell, such as a return, has its own time.
        later = row.settles_at if row.settles_at and row.settles_at > at else None
        SimulatedOrder.objects.filter(reference=reference).update(notify_at=later)
    return len(due)


def _tell(row: SimulatedOrder, at: datetime, send: Sender) -> None:
    script = _script(row)
    about = About.DISPUTE if script.disputes_after else About(row.direction)
    event = f"evt_{row.state[:3]}_{row.reference.hex}"
    body = signing.write(
        row.brand, event, row.reference, answer(row), about=about, dispute=_dispute(row, script)
    )
    headers = signing.sign(row.brand, body, at)
    if script.tells is Telling.FORGED:
        headers = {signing.HEADER: headers[signing.HEADER][:-4] + "beef"}
    for _ in range(2 if script.tells is Telling.TWICE else 1):
        send(row.brand, body, headers)


def _dispute(row: SimulatedOrder, script: Script) -> Dispute | None:
    if not script.disputes_after:
        return None
    due = row.created_at + script.disputes_after + TIME_FOR_EVIDENCE
    name = f"sim_dp_{row.reference.hex[:16]}"
    return Dispute(name, DisputeState.OPEN, script.code, row.taken, row.currency, due)


def _settle(row: SimulatedOrder, at: datetime) -> None:
    """Let an order take its next step once its time has come."""
    if row.settles_at is None or row.settles_at > at or row.state in _ENDED:
        return
    script = _script(row)
    if row.state == Said.PAID:
        if not script.returns_after:
            return
        row.state, row.code, row.taken, row.settles_at = Said.RETURNED, script.code, 0, None
    else:
        row.state, row.code = script.final, "" if script.final is Said.PAID else row.code
        row.taken = row.amount - script.takes_less if script.final is Said.PAID else 0
        row.settles_at = at + script.returns_after if script.returns_after else row.settles_at
    row.save(update_fields=["state", "taken", "code", "settles_at"])


def _script(row: SimulatedOrder) -> Script:
    return instruments.script(row.direction, row.script)


def answer(row: SimulatedOrder) -> Answer:
    """A line of the book as the provider tells it."""
    said = Said(row.state)
    return Answer(
        said=said,
        amount=row.taken if said is Said.PAID else row.amount,
        currency=row.currency,
        reference=f"sim_{row.reference.hex[:20]}",
        code="USER_PAYING" if waits_for_payer(row) and said is Said.WAITING else row.code,
        checks=dict(_script(row).checks),
        action=_action(row),
    )


def _action(row: SimulatedOrder) -> dict[str, str]:
    """What the payer has to do, at our own address: it plays a bank's or another wallet's."""
    kind = _script(row).action
    if not waits_for_payer(row):
        return {}
    url = f"{address(row.return_url)}/simulated/orders/{row.reference}"
    until = row.settles_at.isoformat() if row.settles_at else ""
    if kind == "qr":
        return {"kind": "qr", "content": url, "until": until}
    return {"kind": "redirect", "url": url, "until": until}


def address(return_url: str) -> str:
    """Where the provider's pages are: the host the payer came from, or the public one."""
    parts = urlsplit(return_url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else settings.PUBLIC_URL.rstrip("/")
