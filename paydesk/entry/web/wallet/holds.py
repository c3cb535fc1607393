"""Money that is reserved in the customer's wallet, told to himself: how much, why, until when."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from paydesk.kit.money import format_amount
from paydesk.money.payments import queries, texts
from paydesk.people.models import Customer


@dataclass(frozen=True, slots=True)
class HoldView:
    """One reservation in words."""

    amount: str
    reason: str
    until: datetime


def holds_of(customer: Customer) -> list[HoldView]:
    """What is reserved now, the first to end first."""
    lang = get_language() or "zh-hans"
    return [
        HoldView(
            format_amount(hold.amount, hold.currency),
            texts.hold_reason(hold.reason, lang),
            hold.expires_at,
        )
        for hold in queries.open_holds(customer)
    ]
