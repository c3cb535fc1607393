"""Simulated billers: ship with the product, for demos, training and fault tests.

They keep a book of their own (SimulatedBill), answer by the samples of the biller's file and
misbehave where a sample says so. Any other right reference is an ordinary customer, whose bill of
the month follows from its digits. Never looks at a payment.
"""

import hashlib
from datetime import date, timedelta

from django.db import transaction

from paydesk.kit import clock
from paydesk.kit.ids import public_number
from paydesk.money.bills import directory
from paydesk.money.bills.directory import Amount, Biller
from paydesk.money.bills.models import SimulatedBill
from paydesk.money.bills.protocol import (
    Answer,
    Bill,
    BillerDown,
    BillerSilent,
    BillOrder,
    Said,
    Standing,
)

SETTLES_AFTER = timedelta(seconds=20)
_HOLDERS = ("*晓雯", "**明", "D*** O***", "*建国", "M*** L***")
_USUAL = (4_000, 32_000)  # what a bill of a currency with cents comes to


class Simulated:
    """The adapter; keeps nothing in memory."""

    def look_up(self, brand: str, biller: str, reference: str) -> Bill:
        known = _biller(brand, biller)
        does = _behaviour(known, reference)
        if does == "down":
            raise BillerDown(biller)
        if does == "unknown":
            return Bill(Standing.UNKNOWN)
        if known.amount is not Amount.QUERY:
            return Bill(Standing.DUE, holder=_holder(reference))
        number = f"{clock.now():%Y%m}"
        paid = SimulatedBill.objects.filter(
            brand=brand, biller=biller, reference=reference, bill_number=number, accepted=True
        ).exists()
        if does == "paid" or paid:
            return Bill(Standing.PAID, number, holder=_holder(reference))
        return Bill(
            Standing.DUE,
            number,
            amount=_due(known, reference, number),
            due_on=_month_end(clock.now().date()),
            holder=_holder(reference),
        )

    def pay(self, order: BillOrder) -> Answer:
        known = _biller(order.brand, order.biller)
        does = _behaviour(known, order.reference)
        if does == "down":
            raise BillerDown(order.biller)
        code = self._objection(known, order, does)
        new = SimulatedBill(
            id=order.id,
            brand=order.brand,
            biller=order.biller,
            reference=order.reference,
            bill_number=order.bill_number,
            amount=order.amount,
            accepted=not code and does != "silent",
            code=code,
            confirmation="" if code else public_number(12),
            at=clock.now(),
        )
        # The same id again is the same order, whatever is asked for under it.
        SimulatedBill.objects.bulk_create([new], ignore_conflicts=True)
        if does == "silent":
            raise BillerSilent(str(order.id))
        return _answer(SimulatedBill.objects.get(id=order.id))

    def query(self, order: BillOrder) -> Answer:
        with transaction.atomic():
            row = SimulatedBill.objects.select_for_update().filter(id=order.id).first()
            if row is None:
                return Answer(Said.NOT_FOUND)
            if not row.code and not row.accepted and clock.now() - row.at >= SETTLES_AFTER:
                row.accepted = True
                row.save(update_fields=["accepted"])
            return _answer(row)

    def _objection(self, known: Biller, order: BillOrder, does: str) -> str:
        if does == "unknown":
            return "unknown_reference"
        if does == "refused":
            return "closed"
        if known.amount is not Amount.QUERY:
            return ""
        earlier = SimulatedBill.objects.filter(
            brand=order.brand,
            biller=order.biller,
            reference=order.reference,
            bill_number=order.bill_number,
            code="",
        ).exclude(id=order.id)
        if does == "paid" or earlier.exists():
            return "already_paid"
        due = _due(known, order.reference, order.bill_number)
        return "" if order.amount == due else "other_amount"


def _biller(brand: str, code: str) -> Biller:
    found = directory.get(brand, code)
    if found is None:
        raise BillerDown(code)
    return found


def _behaviour(biller: Biller, reference: str) -> str:
    return next((does for does, sample in biller.samples.items() if sample == reference), "due")


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])


def _due(biller: Biller, reference: str, number: str) -> int:
    least, most = _USUAL
    return least + _number(f"{biller.code}{reference}{number}") % (most - least)


def _holder(reference: str) -> str:
    return _HOLDERS[_number(reference) % len(_HOLDERS)]


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _answer(row: SimulatedBill) -> Answer:
    if row.code:
        return Answer(Said.REFUSED, code=row.code)
    if not row.accepted:
        return Answer(Said.WAITING)
    return Answer(Said.ACCEPTED, confirmation=row.confirmation)
