"""What an export was asked for, as JSON and back. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.statements.rules import Filters


def of_filters(filters: Filters) -> dict[str, Any]:
    """The filters as plain JSON."""
    return {
        "first_day": filters.first_day.isoformat() if filters.first_day else None,
        "last_day": filters.last_day.isoformat() if filters.last_day else None,
        "kinds": sorted(filters.kinds),
        "states": sorted(filters.states),
        "currency": filters.currency,
        "counterparty": filters.counterparty,
        "least": filters.least,
        "most": filters.most,
    }


def filters(wanted: Mapping[str, Any]) -> Filters:
    """The filters that `of_filters` wrote. Raises KeyError or ValueError for anything else."""
    return Filters(
        first_day=_day(wanted["first_day"]),
        last_day=_day(wanted["last_day"]),
        kinds=frozenset(PaymentKind(kind) for kind in wanted["kinds"]),
        states=frozenset(PaymentState(state) for state in wanted["states"]),
        currency=wanted["currency"],
        counterparty=wanted["counterparty"],
        least=wanted["least"],
        most=wanted["most"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
