"""Lines of an exported history: what the customer sees of each payment, in their language.

The same rows as on the page, no more: a person on the other side is masked, a failed try of
somebody else is not among them.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from paydesk.brands import profiles
from paydesk.kit.money import format_plain
from paydesk.money.merchants import queries as merchants
from paydesk.money.payments import texts as payments
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.statements import queries, streams, texts
from paydesk.money.statements.formats.table import Column, ColumnKind, Row, Table
from paydesk.money.statements.rules import Filters
from paydesk.people import naming
from paydesk.people.models import Customer

CHUNK = 5_000
CURRENCY = 7
_FIELDS = (
    "created_at", "id", "number", "kind", "state", "payer_id", "payee_id", "payer__name",
    "payee__name", "merchant__name", "recipient_shown", "amount", "captured", "fee", "currency",
    "received_amount", "received_currency", "note", "finished_at",
)  # fmt: skip
_Fields = tuple[Any, ...]


def history_table(customer: Customer, filters: Filters, lang: str) -> Table:
    """The history as a table, newest first, its rows read as they are written."""
    return Table(
        title=texts.word("history", lang),
        columns=_columns(lang),
        rows=_rows(customer, filters, lang),
        zone=profiles.get(customer.brand).timezone,
        currency=CURRENCY,
    )


def expected(customer: Customer, filters: Filters) -> int:
    """How many lines there will be: for the progress bar, counted by index where it can be."""
    return sum(side.count() for side in queries.sides(customer, filters))


def _columns(lang: str) -> list[Column]:
    def column(
        name: str, kind: ColumnKind = ColumnKind.TEXT, width: int = 14, *, free: bool = False
    ) -> Column:
        return Column(texts.word(name, lang), kind, width, free)

    return [
        column("at", ColumnKind.MOMENT, 20),
        column("number", width=18),
        column("kind", width=10),
        column("state", width=10),
        column("other", width=24, free=True),
        column("amount", ColumnKind.AMOUNT),
        column("fee", ColumnKind.AMOUNT, 10),
        column("currency", width=7),
        column("received", width=16),
        column("note", width=24, free=True),
        column("finished", ColumnKind.MOMENT, 20),
    ]


def _rows(customer: Customer, filters: Filters, lang: str) -> Iterator[Row]:
    sides: list[QuerySet[Payment, _Fields]] = [
        side.values_list(*_FIELDS) for side in queries.sides(customer, filters)
    ]
    line = _line_of(customer, lang)
    return map(line, streams.merged(sides, lambda row: (row[0], row[1]), CHUNK, None))


def _line_of(customer: Customer, lang: str) -> Callable[[_Fields], Row]:
    """How one payment becomes a line; words are looked up once, not a million times."""
    kinds = {kind.value: payments.kind(kind, lang) for kind in PaymentKind}
    states = {state.value: payments.state(state, lang) for state in PaymentState}
    mine = customer.id
    masked, shops = lru_cache(maxsize=4096)(naming.masked), merchants.shops_in(customer.brand)

    def line(row: _Fields) -> Row:
        (at, _, number, kind, state, payer, payee, payer_name, payee_name, merchant, typed,
         amount, captured, fee, currency, got, got_currency, note, finished) = row  # fmt: skip
        sent = payer == mine
        side = (amount if captured is None else captured, currency)
        far = (got, got_currency) if got else side
        given, reached = (far, side) if kind == PaymentKind.REFUND else (side, far)
        own, own_currency = (-given[0], given[1]) if sent else reached
        other_id, other = (payee, payee_name) if sent else (payer, payer_name)
        if payer == payee or merchant:
            other = None
        named = other if other_id in shops else masked(other) if other else None
        shown = merchant or named or typed
        received = f"{reached[1]} {format_plain(*reached)}" if got and sent else None
        return (
            at, number, kinds[kind], states[state], shown or None, own,
            (fee or None) if sent else None, own_currency, received, note or None, finished,
        )  # fmt: skip

    return line
