"""Findings about other currencies and other countries. Pure; numbers are catalogue lines."""

from collections.abc import Callable, Mapping

from paydesk.desk.diagnosis import steps
from paydesk.desk.diagnosis.shapes import (
    Evidence,
    Facts,
    Finding,
    Value,
    moment,
    money,
    plain,
    terms,
)
from paydesk.money.payments.reasons import Reason

MISSING = frozenset({"purpose", "address", "relationship", "country", "source_of_funds"})
"""What may be asked for across a border; anything else is told as "other details"."""


def _amount(facts: Facts) -> dict[str, Value]:
    return {"amount": money(facts.amount, facts.currency)}


def _lapsed(facts: Facts) -> Finding:
    """Row 35: the rate was good until a moment that has passed."""
    until = moment(facts.recorded["until"])
    evidence = [Evidence("quote_until", until)]
    if facts.recorded.get("quote"):
        evidence.append(Evidence("quote", plain(facts.recorded["quote"]), staff=True))
    params = _amount(facts) | {"until": until}
    ways = (steps.new_quote(facts), steps.support(facts))
    return Finding(35, facts.reason, "INT", params, tuple(evidence), ways)


def _no_liquidity(facts: Facts) -> Finding:
    """Row 36: how much there is, is the treasury's affair."""
    currency = facts.recorded.get("currency") or facts.received_currency or facts.currency
    evidence = (Evidence("currency", plain(currency)),)
    params = _amount(facts) | {"currency": plain(currency)}
    ways = (steps.plain("later"), steps.support(facts), steps.agent("fund_liquidity"))
    return Finding(36, facts.reason, "INT", params, evidence, ways)


def _data_missing(facts: Facts) -> Finding:
    """Row 39: which details are asked for."""
    named = [
        f"missing.{code if code in MISSING else 'other'}"
        for code in facts.recorded.get("missing", [])
    ]
    which = terms(dict.fromkeys(named or ["missing.other"]))
    evidence = (Evidence("missing", which),)
    ways = (steps.add_data(facts), steps.support(facts))
    return Finding(39, facts.reason, "RR05", _amount(facts) | {"which": which}, evidence, ways)


RULES: Mapping[Reason, Callable[[Facts], Finding]] = {
    Reason.QUOTE_LAPSED: _lapsed,
    Reason.NO_LIQUIDITY: _no_liquidity,
    Reason.CROSS_BORDER_DATA: _data_missing,
}
