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
from paydesk.money.statements.formats.layout import HEAD, Layout, Ruler, fitted, wrapped
from paydesk.money.statements.formats.table import Cell, Column, ColumnKind, Progress, Row, Table

MARGIN = 14.0
LINE = 5.2
TIGHT = 3.6  # from line to line of a text that wraps
STEP = 1_000
_INK, _QUIET, _RULE, _BAND = (28, 35, 46), (102, 112, 128), (222, 227, 234), (244, 246, 250)


class Document(FPDF):
    """A4 pages. `brand` heads every page in `colour` (#rrggbb), `foot` is said on every one.
    `wide` lays them with the long side across."""

    def __init__(
        self, *, brand: str, colour: str, title: str, foot: str, wide: bool = False
    ) -> None:
        super().__init__("landscape" if wide else "portrait", format="A4")
        plain, strong = fonts.regular(), fonts.bold()
        self.add_font("paydesk", "", plain.path, collection_font_number=plain.face)
        self.add_font("paydesk", "B", strong.path, collection_font_number=strong.face)
        self._plain, self._strong = self._ruler("paydesk"), self._ruler("paydeskB")
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

    def wide_page(self) -> None:
        """Another page, with its long side across: for tables of many columns."""
        self.add_page(orientation="landscape")

    def table(self, table: Table, progress: Progress) -> int:  # type: ignore[override]  # not FPDF's
        """The table's rows with its head on every page; how many there were."""
        rows, written = _told(table), 0
        layout = fitted(
            table.columns, rows, self.w - 2 * MARGIN, 2 * self.c_margin, (self._plain, self._strong)
        )
        self._head(table.columns, layout)
        for row in rows:
            cells = self._wrapped(row, layout)
            deep = max(map(len, cells), default=1)
            height = LINE if deep == 1 else deep * TIGHT + LINE - TIGHT
            if self.get_y() + height > self.page_break_trigger:
                self.add_page(orientation=self.cur_orientation.value)
                self._head(table.columns, layout)
            self._row(table.columns, cells, layout, height)
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

    def _ruler(self, face: str) -> Ruler:
        font = self.fonts[face]
        return Ruler(lambda char: font.get_text_width(char, 1.0, None)[1] / self.k)

    def _head(self, columns: Sequence[Column], layout: Layout) -> None:
        size, pad, top = layout.size + HEAD, 2 * self.c_margin, self.get_y()
        self._face(size, strong=True)
        titles = [
            wrapped(column.title, width - pad, size, self._strong)
            for column, width in zip(columns, layout.widths, strict=True)
        ]
        height = max(map(len, titles)) * TIGHT + 2.9
        self.set_fill_color(*_BAND)
        self.rect(MARGIN, top, sum(layout.widths), height, style="F")
        self._lines(columns, titles, layout, top + 1.45)
        self.set_xy(MARGIN, top + height)
        self._face(layout.size)
        self.set_draw_color(*_RULE)
        self.set_line_width(0.1)

    def _wrapped(self, row: Sequence[str], layout: Layout) -> list[list[str]]:
        pad = 2 * self.c_margin
        return [
            wrapped(text, width - pad, layout.size, self._plain)
            for text, width in zip(row, layout.widths, strict=True)
        ]

    def _row(
        self, columns: Sequence[Column], cells: Sequence[list[str]], layout: Layout, height: float
    ) -> None:
        top = self.get_y()
        if height == LINE:
            for column, lines, width in zip(columns, cells, layout.widths, strict=True):
                self.cell(width, LINE, lines[0], align=_align(column))
        else:
            self._lines(columns, cells, layout, top + (LINE - TIGHT) / 2)
        self.set_xy(MARGIN, top + height)
        self.line(MARGIN, top + height, self.w - MARGIN, top + height)

    def _lines(
        self, columns: Sequence[Column], cells: Sequence[list[str]], layout: Layout, top: float
    ) -> None:
        """Cells of several lines side by side, from the same height down."""
        left = MARGIN
        for column, lines, width in zip(columns, cells, layout.widths, strict=True):
            for place, text in enumerate(lines):
                self.set_xy(left, top + place * TIGHT)
                self.cell(width, TIGHT, text, align=_align(column))
            left += width


def _align(column: Column) -> str:
    return "R" if column.kind in {ColumnKind.AMOUNT, ColumnKind.COUNT} else "L"


def _told(table: Table) -> list[list[str]]:
    """All rows as they are said: how wide a column must be shows only at the last one."""
    zone = ZoneInfo(table.zone)
    return [
        [
            _said(cell, column, _currency(table, row), zone)
            for cell, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]


def _said(cell: Cell, column: Column, currency: str, zone: ZoneInfo) -> str:
    if cell is None:
        return ""
    if column.kind is ColumnKind.AMOUNT:
        assert isinstance(cell, int)
        return format_plain(cell, currency)
    if column.kind is ColumnKind.MOMENT:
        assert isinstance(cell, datetime)
        return f"{cell.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return " ".join(str(cell).split())


def _currency(table: Table, row: Row) -> str:
    return "" if table.currency is None else str(row[table.currency])
