"""One payment on paper: what was paid, by whom to whom, when, and where the ledger holds it."""

from io import BytesIO

from paydesk.brands import profiles
from paydesk.brands.moments import written
from paydesk.kit.money import format_amount
from paydesk.money.ledger import queries as ledger
from paydesk.money.merchants import queries as merchants
from paydesk.money.payments import texts as payments
from paydesk.money.payments.models import Payment
from paydesk.money.statements import texts
from paydesk.money.statements.documents.frame import document, owner_lines
from paydesk.people.models import Customer


def receipt_pdf(payment: Payment, customer: Customer, lang: str) -> bytes:
    """The receipt of a payment that the customer may see. Raises fonts.NoChineseFont."""
    paper = document(customer, texts.word("receipt", lang), lang)
    paper.heading(texts.word("receipt", lang), payment.number)
    figures = [(texts.word("amount", lang), own_amount(payment, customer))]
    figures.append((texts.word("state", lang), payments.state(payment.state, lang)))
    paper.figures(figures)
    paper.pairs([*owner_lines(customer, lang), *lines(payment, customer, lang)])
    file = BytesIO()
    paper.write_to(file)
    return file.getvalue()


def own_amount(payment: Payment, customer: Customer) -> str:
    """What left or reached the customer, without the fee, in the currency that it did."""
    return format_amount(*(payment.gave if payment.payer_id == customer.id else payment.got))


def lines(payment: Payment, customer: Customer, lang: str) -> list[tuple[str, str]]:
    """Label and value of what a receipt says of a payment; empty ones left out."""
    zone = profiles.get(payment.brand).zone
    sent = payment.payer_id == customer.id
    other = payment.payee if sent else payment.payer
    shown = payment.merchant.name if payment.merchant else ""
    if other and not shown and payment.payer_id != payment.payee_id:
        shown = merchants.shown_name(other)
    got = format_amount(*payment.got) if sent and payment.received_amount else ""
    booked = ledger.transfer(payment.id)
    reserved = payment.amount if payment.captured is not None else 0
    found = [
        ("number", payment.number),
        ("kind", payments.kind(payment.kind, lang)),
        ("method", payments.method(payment.method, lang)),
        ("other", shown or payment.recipient_shown),
        ("reserved", format_amount(reserved, payment.currency) if reserved else ""),
        ("fee", format_amount(payment.fee, payment.currency) if payment.fee else ""),
        ("received", got),
        ("note", payment.note),
        ("at", written(payment.created_at, zone, lang, seconds=True)),
        (
            "finished",
            written(payment.finished_at, zone, lang, seconds=True) if payment.finished_at else "",
        ),
        ("ledger", str(payment.id) if payment.booked_at and booked else ""),
    ]
    return [(texts.word(name, lang), value) for name, value in found if value]
