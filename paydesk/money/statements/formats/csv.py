"""Tables as CSV (RFC 4180): UTF-8 with a mark, so that spreadsheets read Chinese rightly."""

import codecs
import csv
import io
from typing import BinaryIO
from zoneinfo import ZoneInfo

from paydesk.kit.money import format_plain
from paydesk.money.statements.formats.table import Cell, ColumnKind, Progress, Row, Table, harmless

STEP = 5_000


def write(table: Table, file: BinaryIO, progress: Progress) -> int:
    """Write the table; the number of rows. Amounts are decimals without grouping."""
    file.write(codecs.BOM_UTF8)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    out = csv.writer(text)
    out.writerow([table.heading(column) for column in table.columns])
    zone, written = ZoneInfo(table.zone), 0
    for row in table.rows:
        out.writerow([_said(table, row, n, zone) for n in range(len(table.columns))])
        written += 1
        if written % STEP == 0:
            progress(written)
    text.flush()
    text.detach()
    progress(written)
    return written


def _said(table: Table, row: Row, place: int, zone: ZoneInfo) -> str:
    cell: Cell = row[place]
    if cell is None:
        return ""
    match table.columns[place].kind:
        case ColumnKind.AMOUNT:
            return _decimal(cell, _currency(table, row))
        case ColumnKind.MOMENT:
            return f"{cell.astimezone(zone):%Y-%m-%d %H:%M:%S}"  # type: ignore[union-attr]  # the column's kind says so
        case ColumnKind.COUNT:
            return str(cell)
        case _:
            return harmless(str(cell))


def _decimal(minor: Cell, currency: str) -> str:
    assert isinstance(minor, int)
    return format_plain(minor, currency).replace(",", "")


def _currency(table: Table, row: Row) -> str:
    assert table.currency is not None
    return str(row[table.currency])
