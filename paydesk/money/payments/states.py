"""Names of what a payment, an attempt and a hold can be, and which change may follow which.

Pure: no Django, no database. The database holds the same lists as constraints.
"""

from enum import StrEnum


class PaymentKind(StrEnum):
    TOPUP = "topup"
    TRANSFER = "transfer"
    REFUND = "refund"
    PURCHASE = "purchase"  # a customer pays a merchant
    DISBURSEMENT = "disbursement"  # a merchant pays a customer
    BILL = "bill"
    WITHDRAWAL = "withdrawal"  # to the customer's own bank account
    EXCHANGE = "exchange"  # between two of the customer's own currencies
    REMITTANCE = "remittance"  # to somebody in another currency


class Direction(StrEnum):
    """What an attempt asks of a provider: to take money, to pay it out, to give it back."""

    CHARGE = "charge"
    PAYOUT = "payout"
    REFUND = "refund"


class PaymentState(StrEnum):
    CREATED = "created"
    REQUIRES_ACTION = "requires_action"  # the payer must do something first (3-D Secure)
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # the provider did not answer: asked again until known, never guessed


class AttemptState(StrEnum):
    STARTED = "started"
    REQUIRES_ACTION = "requires_action"
    PAID = "paid"  # the provider took the money
    REFUSED = "refused"
    UNKNOWN = "unknown"


class HoldState(StrEnum):
    HELD = "held"
    RELEASED = "released"
    EXPIRED = "expired"


class HoldReason(StrEnum):
    """Why an agent reserves money. A code, so that both languages can say it."""

    ORDER = "order"
    DISPUTE = "dispute"
    REVIEW = "review"


FINISHED = frozenset({PaymentState.SUCCEEDED, PaymentState.FAILED, PaymentState.CANCELLED})
UNFINISHED = frozenset(PaymentState) - FINISHED
GIVEN_BACK = frozenset({PaymentKind.TRANSFER, PaymentKind.REMITTANCE})
"""Kinds that staff refund out of the recipient's wallet."""
