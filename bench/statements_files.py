"""Makes one file and says how long it took and how much memory at most: a process of its own."""

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from uuid import UUID

import django
import xlsxwriter
from fpdf import FPDF

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


def main(what: str, rows: int, customer: str) -> None:
    """Make the file `what` of so many rows; ours reads the customer's payments."""
    django.setup()
    start = time.perf_counter()
    with TemporaryFile() as file:
        {"excel": excel, "bare_excel": bare_excel, "pdf": pdf, "bare_pdf": bare_pdf}[what](
            cast(BinaryIO, file), rows, customer
        )
    peak = peak_memory()
    print(json.dumps({"seconds": time.perf_counter() - start, "megabytes": peak}))


def peak_memory() -> float:
    """Megabytes at most so far, of this program alone (rusage also counts its parent's)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [line] = [one for one in status.splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def excel(file: BinaryIO, rows: int, customer: str) -> None:
    """The export of the customer's whole history, as its job makes it."""
    from paydesk.money.statements import lines  # noqa: PLC0415 - models load after Django's setup
    from paydesk.money.statements.formats import excel as writer  # noqa: PLC0415
    from paydesk.money.statements.rules import Filters  # noqa: PLC0415
    from paydesk.people.models import Customer  # noqa: PLC0415

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
    from paydesk.money.statements.formats.pdf import Document  # noqa: PLC0415
    from paydesk.money.statements.formats.table import Column, ColumnKind, Table  # noqa: PLC0415

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
    from paydesk.money.statements.formats import fonts  # noqa: PLC0415

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


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
