"""A table to write: columns with their kinds, and rows of plain values.

Text never becomes a formula, whatever program opens the file: names and notes are written by
strangers (CSV injection, OWASP).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Cell = str | int | datetime | None
Row = Sequence[Cell]
Progress = Callable[[int], None]
"""Told now and then how many rows were written; may raise to stop."""

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class ColumnKind(StrEnum):
    TEXT = "text"
    AMOUNT = "amount"  # minor units of the row's currency
    MOMENT = "moment"  # an aware moment, shown in the table's zone
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, its kind, its width in characters. `free` text may wrap on paper;
    times, numbers and words of ours stand there whole."""

    title: str
    kind: ColumnKind = ColumnKind.TEXT
    width: int = 14
    free: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """What is written. `currency` is the column that holds the code of each row's currency."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    zone: str
    currency: int | None = None

    def heading(self, column: Column) -> str:
        """A column's title; one of moments names the zone they are in, for whoever reads on."""
        return f"{column.title} ({self.zone})" if column.kind == ColumnKind.MOMENT else column.title


def harmless(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: with an apostrophe in front."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text
