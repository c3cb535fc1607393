"""The numbers by which people know payments: random, so that nobody has to ask which are free.

Two payments may therefore draw the same one. The database refuses the second, and numbers are
drawn again. Knows no other number than a payment's.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from paydesk.kit import ids
from paydesk.money.payments.plans import NewAttempt, NewPayment, Plan

DIGITS = 14
ONCE = "payment_number_once"
"""The constraint that refuses a number drawn twice."""


def draw() -> str:
    """A random number for a payment, of DIGITS digits; the last one checks the others."""
    return ids.public_number(DIGITS)


def drawn_again(plans: Sequence[Plan]) -> list[Plan]:
    """The same plans, every new payment under another number: which two had the same one isn't
    asked, as nobody has been told any of them."""
    return [_renumbered(plan) for plan in plans]


def _renumbered(plan: Plan) -> Plan:
    new = plan.subject
    if not isinstance(new, NewPayment):
        return plan
    number = draw()
    attempt = new.attempt and _returning_to(new.attempt, new.number, number)
    return replace(plan, subject=replace(new, number=number, attempt=attempt))


def _returning_to(attempt: NewAttempt, old: str, number: str) -> NewAttempt:
    """The payer's browser comes back to the payment's page, whose address has its number."""
    back = attempt.terms.get("return_url")
    if back is None:
        return attempt
    return replace(attempt, terms={**attempt.terms, "return_url": back.replace(old, number)})
