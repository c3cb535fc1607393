"""What follows from a biller's answer, and which amounts may be paid. Pure.

Never guesses: an outcome that nobody told stays unknown and is asked for again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from paydesk.money.bills.protocol import Answer, Said
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.settling import pause
from paydesk.money.payments.states import PaymentState


class BillState(StrEnum):
    """How far a biller is with a payment."""

    WAITING = "waiting"  # held, the biller not asked yet
    ASKED = "asked"
    DONE = "done"


REFUSALS: Mapping[str, Reason] = {
    "unknown_reference": Reason.RECIPIENT_UNKNOWN,
    "closed": Reason.RECIPIENT_CLOSED,
    "already_paid": Reason.DUPLICATE,
    "other_amount": Reason.AMOUNT_DIFFERS,
    "down": Reason.PROVIDER_DOWN,
}


@dataclass(frozen=True, slots=True)
class Next:
    """What to record: the payment's state, its reason and what proves it."""

    state: PaymentState
    reason: Reason | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def after(answer: Answer | None, *, started_at: datetime, asked: int, at: datetime) -> Next:
    """What a biller's answer (None: silence) comes to; `asked` counts the questions so far."""
    match answer:
        case Answer(Said.ACCEPTED):
            return Next(PaymentState.SUCCEEDED)
        case Answer(Said.REFUSED, code=code):
            return Next(PaymentState.FAILED, refused(code), {"code": code})
    again = at + pause(asked)
    facts = {
        "since": started_at.isoformat(),
        "asked": asked,
        "next": again.isoformat(),
        "provider_says": answer.said.value if answer else "",
    }
    return Next(PaymentState.UNKNOWN, Reason.OUTCOME_UNKNOWN, facts)


def refused(code: str) -> Reason:
    """The reason that a biller's refusal stands for; an unknown code says only that it did."""
    return REFUSALS.get(code, Reason.PROVIDER_DOWN)


FIRST_LOOK = timedelta(seconds=30)
"""When the worker takes over what a page began and did not finish."""
