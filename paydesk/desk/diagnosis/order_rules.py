"""Findings about orders at merchants and providers, and about amounts. Pure; catalogue lines."""

from collections.abc import Callable, Mapping

from paydesk.desk.diagnosis import steps
from paydesk.desk.diagnosis.shapes import (
    Evidence,
    Facts,
    Finding,
    Value,
    instrument,
    moment,
    money,
    plain,
)
from paydesk.money.payments.reasons import Reason


def _amount(facts: Facts) -> dict[str, Value]:
    return {"amount": money(facts.amount, facts.currency)}


def _said_by_provider(facts: Facts) -> tuple[Evidence, ...]:
    """The means of payment, and for staff the provider's own word."""
    code = facts.recorded.get("code") or facts.response_code
    shown = (Evidence("method", instrument(facts.method)),) if facts.method else ()
    return (*shown, Evidence("response_code", plain(code), staff=True))


def _hold_expired(facts: Facts) -> Finding:
    """Row 18: reserved, never collected, given back by the clock."""
    at = moment(facts.recorded["expired_at"])
    evidence = (Evidence("hold", money(facts.amount, facts.currency)), Evidence("expired_at", at))
    ways = (*steps.again(facts), steps.support(facts))
    return Finding(18, facts.reason, "INT", _amount(facts) | {"at": at}, evidence, ways)


def _order_closed(facts: Facts) -> Finding:
    """Row 22: the code or link had lapsed, at the merchant's or at the provider."""
    closed = facts.recorded.get("closed_at") or facts.recorded.get("until")
    evidence = _said_by_provider(facts) if facts.response_code else ()
    if closed:
        evidence += (Evidence("order_closed_at", moment(closed)),)
    ways = (*steps.again(facts), steps.plain("new_order"), steps.support(facts))
    return Finding(22, facts.reason, "ORDER_CLOSED", _amount(facts), evidence, ways)


def _source_short(facts: Facts) -> Finding:
    """Row 24: the wallet at the other provider."""
    ways = (steps.other_card(facts), steps.smaller(facts))
    evidence = _said_by_provider(facts)
    return Finding(24, facts.reason, "BUYER_BALANCE_NOT_ENOUGH", _amount(facts), evidence, ways)


def _provider_limit(facts: Facts) -> Finding:
    """Row 25: the provider's own cap, which it may or may not tell."""
    limit = facts.recorded.get("limit")
    evidence = _said_by_provider(facts)
    if limit:
        evidence += (Evidence("limit", money(limit, facts.currency)),)
    ways = (steps.smaller(facts), steps.other_card(facts))
    return Finding(25, facts.reason, "ACQ.TOTAL_FEE_EXCEED", _amount(facts), evidence, ways)


def _too_small(facts: Facts) -> Finding:
    """Row 44."""
    minimum = money(facts.recorded["minimum"], facts.currency)
    evidence = (Evidence("minimum_amount", minimum), Evidence("needed", _amount(facts)["amount"]))
    params = _amount(facts) | {"minimum": minimum}
    return Finding(44, facts.reason, "AM06", params, evidence, steps.again(facts))


def _too_precise(facts: Facts) -> Finding:
    """Row 44: more digits than the currency has."""
    digits, typed = plain(facts.recorded["digits"]), plain(facts.recorded.get("typed", ""))
    evidence = (Evidence("typed_amount", typed), Evidence("digits", digits))
    params = {"digits": digits, "currency": plain(facts.currency)}
    return Finding(44, facts.reason, "CH20", params, evidence, steps.again(facts))


RULES: Mapping[Reason, Callable[[Facts], Finding]] = {
    Reason.HOLD_EXPIRED: _hold_expired,
    Reason.ORDER_CLOSED: _order_closed,
    Reason.SOURCE_WALLET_SHORT: _source_short,
    Reason.PROVIDER_LIMIT: _provider_limit,
    Reason.AMOUNT_SMALL: _too_small,
    Reason.AMOUNT_PRECISE: _too_precise,
}
