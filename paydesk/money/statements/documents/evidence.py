"""The money part of the evidence in an appeal: the history of a period and chosen receipts."""

from collections.abc import Sequence
from typing import BinaryIO

from paydesk.money.payments import texts as payments
from paydesk.money.payments.models import Payment
from paydesk.money.statements import texts
from paydesk.money.statements.documents import receipt
from paydesk.money.statements.documents.frame import document, owner_lines
from paydesk.money.statements.formats.table import Progress, Table
from paydesk.people.models import Customer


def write_pdf(
    customer: Customer,
    history: Table,
    chosen: Sequence[Payment],
    lang: str,
    file: BinaryIO,
    progress: Progress,
) -> None:
    """Receipts first, each with what the ledger holds, then the history they stand in.

    Raises fonts.NoChineseFont.
    """
    title = texts.word("evidence", lang)
    paper = document(customer, title, lang)
    paper.heading(title)
    paper.pairs(owner_lines(customer, lang))
    for payment in chosen:
        amount = receipt.own_amount(payment, customer)
        paper.part(f"{payment.number} · {amount} · {payments.state(payment.state, lang)}")
        paper.pairs(receipt.lines(payment, customer, lang))
    paper.wide_page()
    paper.part(texts.word("history", lang))
    paper.table(history, progress)
    paper.write_to(file)
