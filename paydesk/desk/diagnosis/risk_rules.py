"""Findings about our own caution: speed rules, reviews, identity, screening. Pure.

What a rule looks at stays with staff, and about screening a customer learns nothing but that
somebody is looking.
"""

from collections.abc import Callable, Mapping

from paydesk.desk.diagnosis import steps
from paydesk.desk.diagnosis.shapes import (
    Evidence,
    Facts,
    Finding,
    Value,
    identity_level,
    moment,
    money,
    plain,
)
from paydesk.money.payments.reasons import Reason


def _amount(facts: Facts) -> dict[str, Value]:
    return {"amount": money(facts.amount, facts.currency)}


def _rule(facts: Facts) -> tuple[Evidence, ...]:
    name = facts.recorded.get("rule")
    return (Evidence("rule", plain(name), staff=True),) if name else ()


def under_review(facts: Facts) -> Finding:
    """Row 10 while somebody decides: the money is reserved, not gone."""
    evidence = (*_rule(facts), Evidence("asked_at", moment(facts.asked_at)))
    ways = (steps.wait(), steps.support(facts), steps.agent("risk_review"))
    return Finding(10, "payment_review", "59", _amount(facts), evidence, ways)


def stopped(facts: Facts) -> Finding:
    """Row 10: our own screen or a reviewer said no."""
    ways = (steps.support(facts), steps.agent("risk_review"))
    return Finding(10, "fraud_screen", "59", _amount(facts), _rule(facts), ways)


def _speed(facts: Facts) -> Finding:
    """Row 27: a pause for safety, lifted by a second factor, by time or by a person."""
    if facts.state == "processing":
        return under_review(facts)
    said, params = facts.recorded, _amount(facts)
    if said.get("second_factor"):
        ways = (steps.second_factor(facts), steps.support(facts), steps.agent("risk_review"))
        return Finding(27, "speed_second_factor", "INT", params, _rule(facts), ways)
    evidence = _rule(facts)
    if said.get("until"):
        until = moment(said["until"])
        evidence += (Evidence("free_again", until),)
        params |= {"until": until}
        code = "speed_rule_until"
    else:
        code = facts.reason
    ways = (steps.wait(), steps.support(facts), steps.agent("risk_review"))
    return Finding(27, code, "INT", params, evidence, ways)


def _identity(facts: Facts) -> Finding:
    """Row 37: which level the account has, which one this payment needs, and by when."""
    said = facts.recorded
    has, needs = identity_level(said.get("level", 0)), identity_level(said.get("needed", 1))
    evidence = [Evidence("identity_has", has), Evidence("identity_needs", needs)]
    params = _amount(facts) | {"has": has, "needs": needs}
    code = facts.reason
    if said.get("by"):
        by = moment(said["by"])
        evidence.append(Evidence("identity_by", by))
        params, code = params | {"by": by}, "identity_unfinished_by"
    ways = (steps.identity(), steps.support(facts))
    return Finding(37, code, "NOCM", params, tuple(evidence), ways)


def _screening(facts: Facts) -> Finding:
    """Row 38: nothing more may be said."""
    review = plain(facts.recorded.get("review", ""))
    evidence = (Evidence("review", review, staff=True),)
    ways = (steps.wait(), steps.agent("compliance_review"))
    code = facts.reason if facts.state != "failed" else "screening_stopped"
    return Finding(38, code, "RR04", _amount(facts), evidence, ways)


RULES: Mapping[Reason, Callable[[Facts], Finding]] = {
    Reason.SPEED_RULE: _speed,
    Reason.IDENTITY_UNFINISHED: _identity,
    Reason.SCREENING: _screening,
}
