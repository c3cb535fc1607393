"""The simulated provider's settlement file of a day, from its own book, with its fees.

It can be told to leave lines out, to say them twice or to get an amount wrong, so that
reconciliation has something to find.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q

from paydesk.money.payments.providers.protocol import About, Said, SettlementLine
from paydesk.money.payments.providers.simulated.models import SimulatedOrder
from paydesk.money.payments.providers.statements import (
    SettlementUnreadable,
    Trouble,
    table,
    text,
)

FEE_RATE = 60  # hundredths of a percent of what is taken
COLUMNS = ("number", "reference", "about", "amount", "fee", "currency", "at")


@dataclass(frozen=True, slots=True)
class Mischief:
    """What the file gets wrong, by our references; amounts in minor units too much."""

    leave_out: frozenset[UUID] = frozenset()
    double: frozenset[UUID] = frozenset()
    alter: tuple[tuple[UUID, int], ...] = ()


def fee_of(amount: int) -> int:
    """The provider's fee for taking an amount, in minor units; giving back costs nothing."""
    return (amount * FEE_RATE + 5000) // 10_000


def write(brand: str, since: datetime, until: datetime, mischief: Mischief = Mischief()) -> bytes:
    """The file of what was settled from `since` until before `until`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    altered = dict(mischief.alter)
    for row in _settled(brand, since, until):
        if row.reference in mischief.leave_out:
            continue
        line = _cells(row, altered.get(row.reference, 0))
        writer.writerow(line)
        if row.reference in mischief.double:
            writer.writerow(line)
    return out.getvalue().encode()


def _settled(brand: str, since: datetime, until: datetime) -> Iterator[SimulatedOrder]:
    at = Q(settles_at__gte=since, settles_at__lt=until) | Q(
        settles_at=None, created_at__gte=since, created_at__lt=until
    )
    rows = SimulatedOrder.objects.filter(at, brand=brand, state=Said.PAID, taken__gt=0)
    return rows.order_by("created_at", "reference").iterator(2000)


def _cells(row: SimulatedOrder, more: int) -> tuple[object, ...]:
    charge = row.direction == About.CHARGE
    amount = row.taken + more
    return (
        f"sim_{row.reference.hex[:20]}",
        row.reference,
        row.direction,
        amount if charge else -amount,
        fee_of(amount) if charge else 0,
        row.currency,
        (row.settles_at or row.created_at).astimezone(UTC).isoformat(),
    )


def read(raw: bytes) -> Iterator[SettlementLine]:
    """The lines of such a file. Raises SettlementUnreadable."""
    for line, row in table(text(raw), COLUMNS[0]):
        try:
            amount, fee = int(row["amount"]), int(row["fee"])
            about, reference = About(row["about"]), UUID(row["reference"])
        except ValueError as error:
            if isinstance(error, SettlementUnreadable):
                raise
            raise SettlementUnreadable(Trouble.AMOUNT, line) from error
        try:
            at = datetime.fromisoformat(row["at"]).astimezone(UTC)
        except ValueError as error:
            raise SettlementUnreadable(Trouble.MOMENT, line) from error
        yield SettlementLine(row["number"], reference, about, amount, fee, row["currency"], at)
