"""Tables as Excel workbooks, row by row in constant memory.

A sheet ends where Excel's ends; the next goes on with the same headings. Text is written as text
even where it looks like a formula or a link.
"""

from collections.abc import Callable
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from paydesk.kit.money import exponent
from paydesk.money.statements.formats.table import Cell, ColumnKind, Progress, Row, Table

SHEET_ROWS = 1_048_576
STEP = 5_000
EPOCH = 693_594  # 1899-12-30: Excel counts the days since (ECMA-376, 18.17.4.1)
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd hh:mm:ss",
}

Put = Callable[[int, int, Cell, Row], object]


def write(table: Table, file: BinaryIO, progress: Progress, *, sheet_rows: int = SHEET_ROWS) -> int:
    """Write the table; the number of rows. `sheet_rows` is lower only in tests."""
    book = xlsxwriter.Workbook(file, OPTIONS)
    head = book.add_format({"bold": True, "bg_color": "#eef2f7", "bottom": 1})
    looks = _Looks(book)
    written, line = 0, sheet_rows
    sheet, puts = None, []
    for row in table.rows:
        if line >= sheet_rows:
            sheet = _sheet(book, table, head)
            puts, line = _puts(table, sheet, looks), 1
        for place, put in enumerate(puts):
            cell = row[place]
            if cell is not None:
                put(line, place, cell, row)
        line += 1
        written += 1
        if written % STEP == 0:
            progress(written)
    if sheet is None:
        _sheet(book, table, head)
    book.close()
    progress(written)
    return written


class _Looks:
    """The number formats of a workbook, one for each number of decimal places."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._known: dict[str, tuple[Format, int]] = {}
        self.moment: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def amount(self, currency: str) -> tuple[Format, int]:
        """The format of an amount and what its minor units are divided by."""
        if currency not in self._known:
            places = exponent(currency)
            look = "#,##0" + (f".{'0' * places}" if places else "")
            self._known[currency] = self._book.add_format({"num_format": look}), 10**places
        return self._known[currency]


def _sheet(book: Any, table: Table, head: Format) -> Worksheet:
    sheet: Worksheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, table.heading(column), head)
    return sheet


def _puts(table: Table, sheet: Worksheet, looks: _Looks) -> list[Put]:
    """How each column is written, decided once a sheet: a million rows pass through it."""
    zone, currency = ZoneInfo(table.zone), table.currency

    def text(line: int, place: int, cell: Cell, row: Row) -> object:
        return sheet.write_string(line, place, str(cell))

    def count(line: int, place: int, cell: Cell, row: Row) -> object:
        return sheet.write_number(line, place, cell)

    def amount(line: int, place: int, cell: Cell, row: Row) -> object:
        # A column of amounts has a currency beside it and whole numbers in it.
        look, parts = looks.amount(str(row[currency]))  # type: ignore[index]  # not None here
        return sheet.write_number(line, place, cell / parts, look)  # type: ignore[operator]  # an int

    def moment(line: int, place: int, cell: Cell, row: Row) -> object:
        local = cell.astimezone(zone)  # type: ignore[union-attr]  # a column of moments
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        return sheet.write_number(
            line, place, local.toordinal() - EPOCH + seconds / 86_400, looks.moment
        )

    by = {
        ColumnKind.TEXT: text,
        ColumnKind.COUNT: count,
        ColumnKind.AMOUNT: amount,
        ColumnKind.MOMENT: moment,
    }
    return [by[column.kind] for column in table.columns]
