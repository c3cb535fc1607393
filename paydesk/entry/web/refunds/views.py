"""Requests and recalls in words, for the customer's pages and the desk's."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from paydesk.kit.money import format_amount
from paydesk.money.merchants import queries as merchants
from paydesk.money.refunds import queries, texts
from paydesk.money.refunds.models import Recall, RefundRequest
from paydesk.money.refunds.rules import OVER, RecallWhy, State, StepKind

_BAD = {StepKind.REFUSED, StepKind.FAILED, StepKind.ROUTE_CLOSED, StepKind.STAYS}


@dataclass(frozen=True, slots=True)
class StepView:
    """One line of a timeline."""

    text: str
    at: datetime
    tone: str


@dataclass(frozen=True, slots=True)
class FileView:
    """One file of evidence."""

    id: UUID
    name: str
    is_picture: bool


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as a page shows it."""

    request: RefundRequest
    to: str
    amount: str
    granted: str
    state: str
    tone: str
    why: str
    steps: list[StepView] = field(default_factory=list)
    files: list[FileView] = field(default_factory=list)
    may_add: bool = False
    may_withdraw: bool = False
    needs_route: bool = False
    stays_in_wallet: bool = False


def request_view(request: RefundRequest, *, full: bool = False) -> RequestView:
    """A request in words; `full` with its timeline and files."""
    state, currency = State(request.state), request.currency
    return RequestView(
        request=request,
        to=whom(request),
        amount=format_amount(request.amount, currency),
        granted=format_amount(request.granted, currency) if request.granted else "",
        state=texts.state(state),
        tone=texts.TONES.get(state, "brand"),
        why=texts.why(request.why),
        steps=_steps(request) if full else [],
        files=_files(request) if full else [],
        may_add=state not in OVER,
        may_withdraw=state is State.ASKED,
        needs_route=state is State.NEEDS_ROUTE,
        stays_in_wallet=full and queries.stays_in_wallet(request),
    )


def whom(request: RefundRequest) -> str:
    """Who got the payment: the merchant, or the other customer, a person masked."""
    payment = request.payment
    if payment.merchant:
        return payment.merchant.name
    named = payment.payee if payment.kind != "topup" else None
    return merchants.shown_name(named) if named else ""


def _steps(request: RefundRequest) -> list[StepView]:
    rows = queries.steps(request)
    over = request.state in OVER
    return [
        StepView(
            texts.step(row.kind, row.data, request.currency),
            row.at,
            "bad" if row.kind in _BAD else "done" if over or n < len(rows) - 1 else "now",
        )
        for n, row in enumerate(rows)
    ]


def _files(request: RefundRequest) -> list[FileView]:
    return [
        FileView(one.file.id, one.file.name, one.file.kind.startswith("image/"))
        for one in queries.evidence(request)
    ]


@dataclass(frozen=True, slots=True)
class RecallView:
    """A recall as a page shows it."""

    recall: Recall
    to: str
    amount: str
    held: str
    state: str
    tone: str
    why: str


def recall_view(row: Recall) -> RecallView:
    """A recall in words."""
    payment = row.payment
    tones = {"open": "brand", "returned": "ok", "partly": "ok", "refused": "bad"}
    return RecallView(
        recall=row,
        to=merchants.shown_name(payment.payee) if payment.payee else "",
        amount=format_amount(payment.amount, payment.currency),
        held=format_amount(row.held, payment.currency) if row.held else "",
        state=str(texts.RECALL_STATES[row.state]),
        tone=tones[row.state],
        why=str(texts.RECALLS[RecallWhy(row.why)]),
    )
