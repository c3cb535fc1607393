"""PDF pages in the look of our own: a head with the brand, tables that go on over pages, a foot.

The font is embedded as a subset, so every reader sees the same characters.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from paydesk.kit.money import format_plain
from paydesk.money.statements.formats import fonts
from paydesk.money.statements.formats.table import Cell, Column, ColumnKind, Progress, Row, Table

MARGIN = 14.0
LINE = 5.2
STEP = 1_000
_INK, _QUIET, _RULE, _BAND = (28, 35, 46), (102, 112, 128), (222, 227, 234), (244, 246, 250)


class Document(FPDF):
    """A4 pages. `brand` heads every page in `colour` (#rrggbb), `foot` is said on every one."""

    def __init__(self, *, brand: str, colour: str, title: str, foot: str) -> None:
        super().__init__(format="A4")
        plain, strong = fonts.regular(), fonts.bold()
        self.add_font("paydesk", "", plain.path, collection_font_number=plain.face)
        self.add_font("paydesk", "B", strong.path, collection_font_number=strong.face)
        self.brand, self.foot = brand, foot
        self.colour = tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, 20)
        self.set_title(title)
        self.set_creator(brand)
        self.alias_nb_pages()
        self.add_page()

    def header(self) -> None:
        """The brand's name and a rule in its colour, on every page."""
        self._face(11, strong=True, colour=self.colour)
        self.cell(0, 6, self.brand, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_draw_color(*self.colour)
        self.set_line_width(0.6)
        self.line(MARGIN, self.get_y() + 1, self.w - MARGIN, self.get_y() + 1)
        self.ln(5)

    def footer(self) -> None:
        """What is to be said on every page, and which page it is."""
        self.set_y(-14)
        self._face(7, colour=_QUIET)
        self.cell(0, 4, self.foot)
        self.set_x(self.w - MARGIN - 30)
        self.cell(30, 4, f"{self.page_no()} / {{nb}}", align="R")

    def heading(self, text: str, under: str = "") -> None:
        """The title of a document or a part, with a quiet line under it."""
        self._face(16, strong=True)
        self.multi_cell(0, 8, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if under:
            self._face(8.5, colour=_QUIET)
            self.multi_cell(0, 5, under, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(3)

    def part(self, text: str) -> None:
        """The heading of a section."""
        self.ln(3)
        self._face(11, strong=True)
        self.cell(0, 7, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def paragraph(self, text: str) -> None:
        """Plain text over the whole width."""
        self._face(9)
        self.multi_cell(0, 5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def pairs(self, lines: Iterable[tuple[str, str]]) -> None:
        """Labels and values, one a line."""
        for label, value in lines:
            self._face(9, colour=_QUIET)
            self.cell(42, 6, label)
            self._face(9)
            self.multi_cell(0, 6, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def figures(self, shown: Sequence[tuple[str, str]]) -> None:
        """Large figures side by side, each with its label over it."""
        width, top = (self.w - 2 * MARGIN) / len(shown), self.get_y()
        self.set_fill_color(*_BAND)
        self.rect(MARGIN, top, self.w - 2 * MARGIN, 17, style="F", round_corners=True)
        for place, (label, value) in enumerate(shown):
            left = MARGIN + place * width + 3
            self.set_xy(left, top + 2.5)
            self._face(8, colour=_QUIET)
            self.cell(width - 4, 4, label)
            self.set_xy(left, top + 7.5)
            self._face(12, strong=True)
            self.cell(width - 4, 6, value)
        self.set_xy(MARGIN, top + 20)

    def table(self, table: Table, progress: Progress) -> int:  # type: ignore[override]
        """The table's rows with its head on every page; how many there were."""
        widths = self._widths(table.columns)
        zone, written = ZoneInfo(table.zone), 0
        self._head(table.columns, widths)
        for row in table.rows:
            if self.get_y() + LINE > self.page_break_trigger:
                self.add_page()
                self._head(table.columns, widths)
            self._row(table, row, widths, zone)
            written += 1
            if written % STEP == 0:
                progress(written)
        progress(written)
        return written

    def write_to(self, file: BinaryIO) -> None:
        """The finished file."""
        file.write(bytes(self.output()))

    def _face(self, size: float, *, strong: bool = False, colour: Sequence[int] = _INK) -> None:
        self.set_font("paydesk", "B" if strong else "", size)
        self.set_text_color(*colour)

    def _widths(self, columns: Sequence[Column]) -> list[float]:
        whole = sum(column.width for column in columns)
        return [column.width / whole * (self.w - 2 * MARGIN) for column in columns]

    def _head(self, columns: Sequence[Column], widths: Sequence[float]) -> None:
        self._face(8, strong=True)
        self.set_fill_color(*_BAND)
        for column, width in zip(columns, widths, strict=True):
            self.cell(width, 6.5, column.title, fill=True, align=_align(column))
        self.ln(6.5)
        self._face(7.5)
        self.set_draw_color(*_RULE)
        self.set_line_width(0.1)

    def _row(self, table: Table, row: Row, widths: Sequence[float], zone: ZoneInfo) -> None:
        for place, column in enumerate(table.columns):
            text = _said(row[place], column, _currency(table, row), zone)
            self.cell(widths[place], LINE, self._fitting(text, widths[place]), align=_align(column))
        self.ln(LINE)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())

    def _fitting(self, text: str, width: float) -> str:
        """The text cut to what a cell of that width (mm) holds."""
        room = width - 2 * self.c_margin
        if len(text) * 2.8 < room or self.get_string_width(text) <= room:
            return text
        while text and self.get_string_width(f"{text}…") > room:
            text = text[:-1]
        return f"{text}…"


def _align(column: Column) -> str:
    return "R" if column.kind in {ColumnKind.AMOUNT, ColumnKind.COUNT} else "L"


def _said(cell: Cell, column: Column, currency: str, zone: ZoneInfo) -> str:
    if cell is None:
        return ""
    if column.kind is ColumnKind.AMOUNT:
        assert isinstance(cell, int)
        return format_plain(cell, currency)
    if column.kind is ColumnKind.MOMENT:
        assert isinstance(cell, datetime)
        return f"{cell.astimezone(zone):%Y-%m-%d %H:%M}"
    return str(cell)


def _currency(table: Table, row: Row) -> str:
    return "" if table.currency is None else str(row[table.currency])
