"""Why a payment did not (yet) succeed: one name per line of the failure catalogue, pure values.

A reason is recorded with the facts that prove it; what a person is told about it is decided in
the desk's diagnosis, never here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    BALANCE_SHORT = "balance_short"
    BALANCE_HELD = "balance_held"
    CARD_FUNDS = "card_funds"
    CARD_DECLINED = "card_declined"
    CARD_EXPIRED = "card_expired"
    CARD_NUMBER = "card_number"
    CARD_CHECK = "card_check"
    VERIFICATION_UNFINISHED = "verification_unfinished"
    CARD_LOST = "card_lost"
    FRAUD_SCREEN = "fraud_screen"
    CARD_LIMIT = "card_limit"
    CARD_USE_OFF = "card_use_off"
    CARD_RESTRICTED = "card_restricted"
    CARD_CURRENCY = "card_currency"
    PROVIDER_DOWN = "provider_down"
    OUTCOME_UNKNOWN = "outcome_unknown"
    DUPLICATE = "duplicate"
    PAID_NOT_CREDITED = "paid_not_credited"
    NOTIFICATION_REJECTED = "notification_rejected"
    AMOUNT_DIFFERS = "amount_differs"
    PAYER_ENTERING = "payer_entering"
    LIMIT_SINGLE = "limit_single"
    LIMIT_DAY = "limit_day"
    SENDER_RESTRICTED = "sender_restricted"
    RECIPIENT_RESTRICTED = "recipient_restricted"
    RECIPIENT_UNKNOWN = "recipient_unknown"
    RECIPIENT_CLOSED = "recipient_closed"
    SENDER_CLOSED = "sender_closed"
    TO_SELF = "to_self"
    CURRENCY_DIFFERS = "currency_differs"
    HOLD_EXPIRED = "hold_expired"
    ORDER_CLOSED = "order_closed"
    SOURCE_WALLET_SHORT = "source_wallet_short"
    PROVIDER_LIMIT = "provider_limit"
    LIMIT_MONTH = "limit_month"
    SPEED_RULE = "speed_rule"
    NAME_DIFFERS = "name_differs"
    QUOTE_LAPSED = "quote_lapsed"
    NO_LIQUIDITY = "no_liquidity"
    IDENTITY_UNFINISHED = "identity_unfinished"
    SCREENING = "screening"
    CROSS_BORDER_DATA = "cross_border_data"
    BANK_DETAILS = "bank_details"
    BANK_NOT_SERVED = "bank_not_served"
    PAST_CUTOFF = "past_cutoff"
    BANK_RETURNED = "bank_returned"
    AMOUNT_SMALL = "amount_small"
    AMOUNT_PRECISE = "amount_precise"
    REFUND_TOO_LATE = "refund_too_late"
    REFUND_ROUTE_GONE = "refund_route_gone"
    MERCHANT_SHORT = "merchant_short"
    DISPUTE_OPEN = "dispute_open"
    RECALLED = "recalled"
    CONNECTION_BROKE = "connection_broke"
    REFUND_TOO_MUCH = "refund_too_much"
    APPROVAL_NEEDED = "approval_needed"
    APP_TOO_OLD = "app_too_old"
    MAINTENANCE = "maintenance"
    LEDGER_REFUSED = "ledger_refused"  # none of the above: a fault of ours, with its code


Facts = Mapping[str, Any]
"""JSON-able facts: ids, codes, minor units, moments in ISO 8601."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason with the facts that prove it."""

    reason: Reason
    facts: Facts = field(default_factory=dict)


# A card network's or provider's answer -> why. Two digits are ISO 8583 response codes.
PROVIDER_CODES: Mapping[str, Reason] = {
    "51": Reason.CARD_FUNDS,
    "insufficient_funds": Reason.CARD_FUNDS,
    "05": Reason.CARD_DECLINED,
    "do_not_honor": Reason.CARD_DECLINED,
    "54": Reason.CARD_EXPIRED,
    "expired_card": Reason.CARD_EXPIRED,
    "14": Reason.CARD_NUMBER,
    "incorrect_number": Reason.CARD_NUMBER,
    "incorrect_cvc": Reason.CARD_CHECK,
    "incorrect_zip": Reason.CARD_CHECK,
    "authentication_required": Reason.VERIFICATION_UNFINISHED,
    "41": Reason.CARD_LOST,
    "43": Reason.CARD_LOST,
    "lost_card": Reason.CARD_LOST,
    "stolen_card": Reason.CARD_LOST,
    "59": Reason.FRAUD_SCREEN,
    "fraudulent": Reason.FRAUD_SCREEN,
    "61": Reason.CARD_LIMIT,
    "65": Reason.CARD_LIMIT,
    "card_velocity_exceeded": Reason.CARD_LIMIT,
    "57": Reason.CARD_USE_OFF,
    "transaction_not_allowed": Reason.CARD_USE_OFF,
    "62": Reason.CARD_RESTRICTED,
    "restricted_card": Reason.CARD_RESTRICTED,
    "currency_not_supported": Reason.CARD_CURRENCY,
    "91": Reason.PROVIDER_DOWN,
    "96": Reason.PROVIDER_DOWN,
    "issuer_not_available": Reason.PROVIDER_DOWN,
    "processing_error": Reason.PROVIDER_DOWN,
    "94": Reason.DUPLICATE,
    "duplicate_transaction": Reason.DUPLICATE,
    "USER_PAYING": Reason.PAYER_ENTERING,
}


def of_provider_code(code: str) -> Reason:
    """The reason that a provider's response code stands for; an unknown code says nothing more
    than that the bank refused (catalogue row 4)."""
    return PROVIDER_CODES.get(code, Reason.CARD_DECLINED)
