"""The writes of the exchange, one module per use case."""

from paydesk.money.exchange.actions.paying import convert, remit
from paydesk.money.exchange.actions.quoting import quote
from paydesk.money.exchange.actions.rates import refresh_rates
from paydesk.money.exchange.actions.treasury import (
    FUND,
    ask_funding,
    carry_out_funding,
    funding_decided,
)

__all__ = [
    "FUND",
    "ask_funding",
    "carry_out_funding",
    "convert",
    "funding_decided",
    "quote",
    "refresh_rates",
    "remit",
]
