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
