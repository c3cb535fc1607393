"""The files that the statements' benchmark makes: ours, and the bare loops beside them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO
from uuid import UUID

import xlsxwriter
from fpdf import FPDF

from paydesk.money.statements import lines
from paydesk.money.statements.formats import excel as writer
from paydesk.money.statements.formats import fonts
from paydesk.money.statements.formats.pdf import Document
from paydesk.money.statements.formats.table import Column, ColumnKind, Table
from paydesk.money.statements.rules import Filters
from paydesk.people.models import Customer

HEADINGS = [
    "时间",
    "单号",
    "种类",
    "状态",
    "对方",
    "金额",
    "手续费",
    "币种",
    "到账",
    "留言",
    "完成",
]
AT = datetime(2026, 1, 1, tzinfo=UTC)
PDF_WIDTHS = (12, 30, 24, 36, 22, 22, 10, 26)


def excel(file: BinaryIO, rows: int, customer: str) -> None:
    """The export of the customer's whole history, as its job makes it."""
    table = lines.history_table(Customer.objects.get(id=UUID(customer)), Filters(), "zh-hans")
    assert writer.write(table, file, _ignore) == rows


def bare_excel(file: BinaryIO, rows: int, customer: str) -> None:
    """The same number and kinds of cells from values at hand."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    money = book.add_format({"num_format": "#,##0.00"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for n, heading in enumerate(HEADINGS):
        sheet.write_string(0, n, heading)
    at = AT.replace(tzinfo=None)
    for n in range(1, rows + 1):
        sheet.write_datetime(n, 0, at, moment)
        sheet.write_string(n, 1, str(10_000_000_000_000 + n))
        sheet.write_string(n, 2, "转账")
        sheet.write_string(n, 3, "成功")
        sheet.write_string(n, 4, "*试")
        sheet.write_number(n, 5, n / 100, money)
        sheet.write_string(n, 7, "CNY")
        if n % 5 == 0:
            sheet.write_string(n, 9, f"午饭 {n}")
        sheet.write_datetime(n, 10, at, moment)
    book.close()


def pdf(file: BinaryIO, rows: int, customer: str) -> None:
    """A statement's table on our own paper."""
    kinds = [ColumnKind.COUNT, ColumnKind.MOMENT, *[ColumnKind.TEXT] * 2]
    kinds += [ColumnKind.AMOUNT] * 2 + [ColumnKind.TEXT] * 2
    columns = [
        Column(str(n), kind, width)
        for n, (kind, width) in enumerate(zip(kinds, PDF_WIDTHS, strict=True))
    ]
    paper = Document(brand="Topay", colour="#1463ff", title="t", foot="f")
    table = Table("t", columns, list(_lines(rows)), "Asia/Shanghai", currency=6)
    assert paper.table(table, _ignore) == rows
    paper.write_to(file)


def bare_pdf(file: BinaryIO, rows: int, customer: str) -> None:
    """The same lines by the PDF library alone."""
    face = fonts.regular()
    paper = FPDF(format="A4")
    paper.add_font("face", fname=face.path, collection_font_number=face.face)
    paper.add_page()
    paper.set_font("face", size=7.5)
    for line in _lines(rows):
        for cell, width in zip(line, PDF_WIDTHS, strict=True):
            paper.cell(width, 5.2, str(cell))
        paper.ln()
    file.write(bytes(paper.output()))


def _lines(rows: int) -> Iterator[tuple[int, datetime, str, str, int, int, str, str]]:
    for n in range(rows):
        at = AT + timedelta(minutes=n)
        yield n, at, "转账", f"*试{n % 50}", n % 900, 100_000 + n, "CNY", str(10**13 + n)


def _ignore(rows: int) -> None:
    pass
