"""New payments as lines of PostgreSQL's COPY: a thousand rows in one statement.

A row through the ORM costs several times what deciding the payment does. Knows columns, no rules.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.db import connection

from paydesk.money.payments.plans import NewPayment, Plan
from paydesk.money.payments.reasons import Refusal
from paydesk.money.payments.states import FINISHED, PaymentState

COLUMNS = (
    "id", "brand", "number", "kind", "state", "amount", "refunded", "currency", "fee",
    "received_amount", "received_currency", "payer_id", "payee_id", "merchant_id", "purpose",
    "details", "recipient_shown", "method", "note", "reason", "facts", "created_at", "finished_at",
    "booked_at", "client_version", "notice_id", "original_id", "retry_of_id", "approval_id",
    "asked_by", "request_key", "request_digest",
)  # fmt: skip
"""All but those that are null in a new row."""
_COPY = f"COPY public.payments_payment ({', '.join(COLUMNS)}) FROM STDIN"
_NULL = "\\N"

New = tuple[Plan, NewPayment, Refusal | None]


def copy_in(new: Sequence[New], at: datetime) -> None:
    """Write the rows of new payments. Raises django.db.IntegrityError as an INSERT would."""
    moment = at.isoformat()
    lines = [_line(plan, payment, refusal, moment) for plan, payment, refusal in new]
    raw = connection.connection
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(raw) as cursor,
        cursor.copy(_COPY) as copy,
    ):
        copy.write("".join(lines))


def state_of(new: NewPayment, refusal: Refusal | None) -> PaymentState:
    """What a new payment is recorded as."""
    return PaymentState.FAILED if refusal else new.state


def _line(plan: Plan, new: NewPayment, refusal: Refusal | None, at: str) -> str:
    state = state_of(new, refusal)
    why = refusal.reason if refusal else new.reason
    return "\t".join(
        (
            _id(new.id),
            plan.brand,
            new.number,
            new.kind,
            state,
            str(new.amount),
            "0",
            new.currency,
            str(new.fee),
            _NULL if new.received_amount is None else str(new.received_amount),
            new.received_currency,
            _id(new.payer),
            _id(new.payee),
            _id(new.merchant),
            _text(new.purpose),
            _json(new.details),
            _text(new.recipient_shown),
            _json(new.method),
            _text(new.note),
            why or "",
            _json(refusal.facts if refusal else new.facts),
            at,
            at if state in FINISHED else _NULL,
            at if state is PaymentState.SUCCEEDED else _NULL,
            _text(new.client_version),
            _id(new.notice),
            _id(new.original),
            _id(new.retry_of),
            _id(new.approval),
            new.asked.by,
            _text(new.asked.key),
            f"{new.asked.digest}\n",
        )
    )


def _id(value: UUID | None) -> str:
    return _NULL if value is None else f"{value.int:032x}"


def _text(value: str) -> str:
    if value.isprintable() and "\\" not in value:
        return value
    escaped = value.replace("\\", "\\\\").replace("\t", "\\t")
    return escaped.replace("\n", "\\n").replace("\r", "\\r")


def _json(value: Mapping[str, Any]) -> str:
    return msgspec.json.encode(value).decode().replace("\\", "\\\\") if value else "{}"
