"""Proves the ledger from its transfers alone: nothing stored about a balance is believed.

Reads everything in one snapshot, writes nothing, mends nothing, and names the first broken row.
"""

from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

# In this order: each check may lean on the ones before it.
CHECKS = (
    "parties",  # a transfer's accounts exist, in one brand and one currency
    "chain",  # per account: sequences without gap, balances that follow from entry to entry
    "accounts",  # an account shows what its transfers add up to
    "originals",  # what posts, voids, expires or reverses fits what it names, once
    "settlements",  # what is settled, and which holds are open, is written down rightly
    "marks",  # every 64th entry of an account can be found by its moment
    "snapshots",  # the days that were closed show what their entries left
    "groups",  # linked transfers stand or fall together
    "zero_sum",  # a brand's accounts in one currency add up to nothing
)
_SQL = Path(__file__).resolve().parent / "sql" / "verify"


@dataclass(frozen=True, slots=True)
class Break:
    """The first row that does not hold, in a check: what `row` names, and how it is wrong."""

    check: str
    row: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was read, and the first break of each check that failed."""

    accounts: int
    transfers: int
    refusals: int
    breaks: tuple[Break, ...]

    @property
    def ok(self) -> bool:
        """Whether the whole ledger holds."""
        return not self.breaks

    def __str__(self) -> str:
        read = f"{self.accounts} accounts, {self.transfers} transfers, {self.refusals} refusals"
        if self.ok:
            return f"ledger holds: {read}"
        return "\n".join(
            [f"LEDGER BROKEN: {read}", *(f"{b.check}: {b.row}: {b.wrong}" for b in self.breaks)]
        )


def verify() -> Report:
    """Recompute balances, sequences, holds, groups and sums, and compare. Seconds per million."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not connection.savepoint_ids:  # the outermost: nothing was read yet
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(
            "SELECT (SELECT count(*) FROM public.ledger_account),"
            " count(*) FILTER (WHERE outcome = 0), count(*) FILTER (WHERE outcome > 0)"
            " FROM public.ledger_transfer"
        )
        accounts, transfers, refusals = cursor.fetchone()
        breaks = []
        for check in CHECKS:
            cursor.execute((_SQL / f"{check}.sql").read_text(encoding="utf-8"))
            if row := cursor.fetchone():
                breaks.append(Break(check, *row))
    return Report(accounts, transfers, refusals, tuple(breaks))
