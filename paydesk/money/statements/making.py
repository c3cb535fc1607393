"""Writes the file of an export: which table, in which format. Knows nothing of states or jobs."""

from datetime import date
from typing import BinaryIO

from paydesk.money.payments import access
from paydesk.money.statements import lines, month, wanted
from paydesk.money.statements.documents import evidence, statement
from paydesk.money.statements.documents.frame import document
from paydesk.money.statements.formats import csv, excel
from paydesk.money.statements.formats.table import Progress, Table
from paydesk.money.statements.models import Export, ExportFormat, ExportKind

PDF_ROWS = 20_000
MIME = {
    ExportFormat.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "text/csv",
    ExportFormat.PDF: "application/pdf",
}


class TooLarge(ValueError):
    """More rows than anybody would read on paper."""


def rows_expected(export: Export) -> int:
    """How many rows the file will have, as far as can be told beforehand (0: not known)."""
    if export.kind == ExportKind.STATEMENT:
        return 0
    return lines.expected(export.customer, wanted.filters(export.wanted["filters"]))


def write(export: Export, file: BinaryIO, progress: Progress) -> None:
    """Write the whole file. Raises TooLarge, month.NoSuchMonth, month.MonthDoesNotAddUp,
    fonts.NoChineseFont, access.PaymentNotFound, and whatever `progress` raises."""
    if export.format == ExportFormat.PDF and export.rows_expected > PDF_ROWS:
        raise TooLarge(str(export.rows_expected))
    if export.kind == ExportKind.STATEMENT:
        _statement(export, file, progress)
        return
    history = lines.history_table(
        export.customer, wanted.filters(export.wanted["filters"]), export.lang
    )
    if export.kind == ExportKind.EVIDENCE:
        chosen = [access.payment_of(export.customer, number) for number in export.wanted["chosen"]]
        evidence.write_pdf(export.customer, history, chosen, export.lang, file, progress)
    elif export.format == ExportFormat.PDF:
        paper = document(export.customer, history.title, export.lang, wide=True)
        paper.heading(history.title, f"{export.customer.name} · {export.customer.number}")
        paper.table(history, progress)
        paper.write_to(file)
    else:
        _rows(export, history, file, progress)


def _statement(export: Export, file: BinaryIO, progress: Progress) -> None:
    first = date.fromisoformat(export.wanted["month"])
    closed = month.close(export.customer, export.wanted["currency"], first)
    if export.format == ExportFormat.PDF:
        if len(closed.entries) > PDF_ROWS:
            raise TooLarge(str(len(closed.entries)))
        statement.write_pdf(closed, export.customer, export.lang, file, progress)
    else:
        table = statement.table(closed, export.customer, export.lang, framed=True)
        _rows(export, table, file, progress)


def _rows(export: Export, table: Table, file: BinaryIO, progress: Progress) -> None:
    writer = excel.write if export.format == ExportFormat.EXCEL else csv.write
    writer(table, file, progress)
