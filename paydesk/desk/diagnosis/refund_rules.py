"""Findings about money on its way back: refunds, disputes, recalls. Pure; catalogue lines."""

from collections.abc import Callable, Mapping

from paydesk.desk.diagnosis import steps
from paydesk.desk.diagnosis.shapes import (
    Evidence,
    Facts,
    Finding,
    Step,
    Value,
    moment,
    money,
    plain,
    term,
)
from paydesk.money.payments.reasons import Reason

RECALLS = frozenset({"FRAD", "CUST", "DUPL", "TECH"})
"""Why a payment is called back: the reasons of an ISO 20022 cancellation request."""


def _amount(facts: Facts) -> dict[str, Value]:
    return {"amount": money(facts.amount, facts.currency)}


def _too_much(facts: Facts) -> Finding:
    """Row 45."""
    said, currency = facts.recorded, facts.currency
    rest = money(said["rest"], currency)
    evidence = (
        Evidence("paid", money(said["paid"], currency)),
        Evidence("refunded", money(said["refunded"], currency)),
        Evidence("rest", rest),
    )
    params = _amount(facts) | {"rest": rest}
    return Finding(45, facts.reason, "AM14", params, evidence, (steps.agent("refund_less"),))


def _too_late(facts: Facts) -> Finding:
    """Row 46: the original route takes it back only so long."""
    days, paid_at = plain(facts.recorded["days"]), moment(facts.recorded["paid_at"])
    evidence = (Evidence("paid_at", paid_at), Evidence("refund_days", days))
    params = _amount(facts) | {"days": days, "at": paid_at}
    return Finding(46, _code(facts), "INT", params, evidence, _ways_out(facts))


def _route_gone(facts: Facts) -> Finding:
    """Row 47: the card or wallet it was paid with is no more."""
    code = str(facts.recorded.get("code") or facts.response_code)
    evidence = (Evidence("response_code", plain(code), staff=True),)
    return Finding(47, _code(facts), code, _amount(facts), evidence, _ways_out(facts))


def _is_topups(facts: Facts) -> bool:
    """Whether a top-up was to go back: out of the wallet of the one whom it goes to."""
    return facts.payer is not None and facts.payer == facts.payee


def _code(facts: Facts) -> str:
    return f"topup_{facts.reason}" if _is_topups(facts) else facts.reason


def _ways_out(facts: Facts) -> tuple[Step, ...]:
    """What can be done instead. A top-up's money is in the wallet already, if it is not spent."""
    if _is_topups(facts):
        return (steps.withdraw(), steps.support(facts))
    return (steps.to_wallet(facts), steps.support(facts), steps.agent("pay_out_refund"))


def _merchant_short(facts: Facts) -> Finding:
    """Row 48: late, and still owed."""
    standard = "ACQ.SELLER_BALANCE_NOT_ENOUGH"
    ways = (steps.wait(), steps.support(facts), steps.agent("fund_merchant"))
    return Finding(48, facts.reason, standard, _amount(facts), (), ways)


def _dispute(facts: Facts) -> Finding:
    """Row 49: the bank decides."""
    evidence: tuple[Evidence, ...] = ()
    code, params = "dispute_open_undated", _amount(facts)
    if facts.recorded.get("due_at"):
        due = moment(facts.recorded["due_at"])
        evidence, params, code = (Evidence("due_at", due),), params | {"at": due}, facts.reason
    ways = (steps.wait(), steps.support(facts), steps.agent("dispute_evidence"))
    return Finding(49, code, "charge_disputed", params, evidence, ways)


def _recalled(facts: Facts) -> Finding:
    """Row 50: asked back as a fraud or a mistake; the recipient's side decides or we do."""
    why = str(facts.recorded.get("why", ""))
    standard = why if why in RECALLS else "CUST"
    evidence = (Evidence("recall_why", term(f"recall.{standard}")),)
    ways = (steps.wait(), steps.support(facts), steps.agent("recall"))
    return Finding(50, facts.reason, standard, _amount(facts), evidence, ways)


RULES: Mapping[Reason, Callable[[Facts], Finding]] = {
    Reason.REFUND_TOO_MUCH: _too_much,
    Reason.REFUND_TOO_LATE: _too_late,
    Reason.REFUND_ROUTE_GONE: _route_gone,
    Reason.MERCHANT_SHORT: _merchant_short,
    Reason.DISPUTE_OPEN: _dispute,
    Reason.RECALLED: _recalled,
}
