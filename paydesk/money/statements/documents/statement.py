"""A wallet's month on paper and in a spreadsheet: proved figures, every entry, the hash."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from paydesk.brands import profiles
from paydesk.kit.money import format_amount
from paydesk.money.ledger import queries as ledger
from paydesk.money.payments import queries as payments
from paydesk.money.statements import texts
from paydesk.money.statements.documents.frame import document, owner_lines
from paydesk.money.statements.formats.table import Cell, Column, ColumnKind, Progress, Row, Table
from paydesk.money.statements.month import Month
from paydesk.people.models import Customer

CHUNK = 1_000
_CURRENCY = 6


def title(month: Month, lang: str) -> str:
    """月结单 2026-10 · CNY."""
    return f"{texts.word('statement', lang)} {month.first_day:%Y-%m} · {month.currency}"


def table(month: Month, customer: Customer, lang: str, *, framed: bool) -> Table:
    """The month's entries, oldest first. `framed` adds a first row with the opening and a last
    one with the closing balance and the hash, for files that have nothing but rows."""

    def column(
        name: str, kind: ColumnKind = ColumnKind.TEXT, width: int = 14, *, free: bool = False
    ) -> Column:
        return Column(texts.word(name, lang), kind, width, free)

    rows: Iterable[Row] = _rows(month, customer, lang)
    if framed:
        rows = _framed(rows, month, lang)
    return Table(
        title=title(month, lang),
        columns=[
            column("sequence", ColumnKind.COUNT, 8),
            column("at", ColumnKind.MOMENT, 18),
            column("kind", width=14),
            column("other", width=22, free=True),
            column("amount", ColumnKind.AMOUNT, 13),
            column("balance", ColumnKind.AMOUNT, 13),
            column("currency", width=7),
            column("number", width=17),
        ],
        rows=rows,
        zone=profiles.get(customer.brand).timezone,
        currency=_CURRENCY,
    )


def write_pdf(
    month: Month, customer: Customer, lang: str, file: BinaryIO, progress: Progress
) -> None:
    """The statement as a PDF. Raises fonts.NoChineseFont."""
    paper = document(customer, title(month, lang), lang)
    period = f"{month.first_day:%Y-%m-%d} – {month.last_day:%Y-%m-%d}"
    paper.heading(title(month, lang), f"{texts.word('period', lang)} {period}")
    paper.pairs(owner_lines(customer, lang))
    figures = [
        ("opening", month.opening),
        ("credited", month.credited),
        ("debited", month.debited),
        ("closing", month.closing),
    ]
    paper.figures(
        [(texts.word(name, lang), format_amount(sum_, month.currency)) for name, sum_ in figures]
    )
    paper.table(table(month, customer, lang, framed=False), progress)
    paper.part(texts.word("hash", lang))
    paper.paragraph(month.sha256)
    paper.paragraph(texts.word("proof", lang))
    paper.write_to(file)


def _rows(month: Month, customer: Customer, lang: str) -> Iterator[Row]:
    for start in range(0, len(month.entries), CHUNK):
        entries = month.entries[start : start + CHUNK]
        # A leg, a fee and what took a hold are parts of a payment under ids of their own.
        begun = ledger.beginnings([entry.transfer_id for entry in entries])
        told = payments.told(list(set(begun.values())), customer)
        for entry in entries:
            number, other = told.get(begun[entry.transfer_id], ("", ""))
            yield (
                entry.sequence,
                entry.at,
                texts.entry(entry.code, entry.kind, lang),
                other or None,
                entry.amount,
                entry.posted,
                month.currency,
                number or None,
            )


def _framed(rows: Iterable[Row], month: Month, lang: str) -> Iterator[Row]:
    def edge(name: str, balance: int, note: str | None = None) -> list[Cell]:
        said = texts.word(name, lang)
        return [None, None, said, note, None, balance, month.currency, None]

    yield edge("opening", month.opening)
    yield from rows
    yield edge("closing", month.closing, f"SHA-256 {month.sha256}")
