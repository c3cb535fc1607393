"""Findings about what a card network or provider said. Pure; numbers are catalogue lines.

What a bank says about a lost card or a fraud screen stays with staff: the customer is told no
more than the catalogue allows.
"""

from collections.abc import Callable, Mapping

from paydesk.desk.diagnosis import steps
from paydesk.desk.diagnosis.service_rules import notice_evidence
from paydesk.desk.diagnosis.shapes import (
    Evidence,
    Facts,
    Finding,
    Step,
    Value,
    instrument,
    moment,
    money,
    plain,
    term,
)
from paydesk.money.payments.reasons import Reason

_Ways = Callable[[Facts], tuple[Step, ...]]


def _amount(facts: Facts) -> dict[str, Value]:
    return {"amount": money(facts.amount, facts.currency)}


def _card(facts: Facts, *, hide_code: bool = False) -> tuple[Evidence, ...]:
    """Card and code. A customer can quote a bank's number to the bank; a word of a programming
    interface helps only staff."""
    hidden = hide_code or not facts.response_code.isdigit()
    return (
        Evidence("method", instrument(facts.method)),
        Evidence("response_code", plain(facts.response_code), staff=hidden),
    )


def _refused(row: int, ways: _Ways, *, hide_code: bool = False) -> Callable[[Facts], Finding]:
    """A rule for a refusal that its response code alone proves."""

    def rule(facts: Facts) -> Finding:
        evidence = _card(facts, hide_code=hide_code)
        return Finding(
            row, facts.reason, facts.response_code, _amount(facts), evidence, ways(facts)
        )

    return rule


def _expired(facts: Facts) -> Finding:
    expires = plain(facts.recorded.get("expires") or facts.method.get("expires", ""))
    ways = (steps.other_card(facts, "update_card"),)
    evidence = (*_card(facts), Evidence("expires", expires))
    params = _amount(facts) | {"expires": expires}
    return Finding(5, facts.reason, facts.response_code, params, evidence, ways)


def _check(facts: Facts) -> Finding:
    """Row 7: which detail did not match, from the results of the attempt's checks."""
    failed = [name for name, said in facts.recorded.get("checks", {}).items() if said == "fail"]
    which = term(f"check.{failed[0] if failed else 'any'}")
    ways = (steps.other_card(facts, "correct_card"),)
    evidence = (*_card(facts), Evidence("check", which))
    params = _amount(facts) | {"which": which}
    return Finding(7, facts.reason, facts.response_code, params, evidence, ways)


def _verification(facts: Facts) -> Finding:
    """Row 8: still waiting for the payer, or given up."""
    if facts.state == "requires_action":
        ways: tuple[Step, ...] = (steps.finish(facts), steps.support(facts))
        code = "verification_waits"
    else:
        ways = (steps.other_card(facts, "retry_card"), steps.support(facts))
        code = facts.reason
    standard = "authentication_required"
    return Finding(8, code, standard, _amount(facts), _card(facts), ways)


def _down(facts: Facts) -> Finding:
    """Row 15: a technical fault at the bank or provider, with the incident that was open."""
    evidence = _card(facts)
    if facts.notice and facts.notice.kind == "incident":
        evidence += notice_evidence(facts)
    ways = (
        steps.other_card(facts, "retry_card"),
        steps.other_card(facts),
        steps.support(facts),
    )
    return Finding(15, facts.reason, facts.response_code, _amount(facts), evidence, ways)


def _unknown(facts: Facts) -> Finding:
    """Row 16: nobody told us the outcome yet; it is asked for, and never guessed."""
    evidence = [
        Evidence("method", instrument(facts.method)),
        Evidence("asked_at", moment(facts.asked_at)),
        Evidence("queries", plain(facts.queries)),
    ]
    if facts.next_query_at:
        evidence.append(Evidence("next_query", moment(facts.next_query_at)))
    ways = (steps.wait(), steps.support(facts), steps.agent("query_now"))
    return Finding(16, facts.reason, "AB08", _amount(facts), tuple(evidence), ways)


def _not_credited(facts: Facts) -> Finding:
    """Row 19: the provider took it, the wallet could not take it yet. Once it failed, staff gave it
    to its payer instead."""
    if facts.state == "failed":
        code = "paid_back_for_closed" if _is_paid_back(facts) else "credited_for_closed"
        because = Evidence("because", plain(facts.recorded.get("because", "")), staff=True)
        return Finding(19, code, "INT", _amount(facts), (because,), (steps.support(facts),))
    evidence = [
        Evidence("method", instrument(facts.method)),
        Evidence("provider_reference", plain(facts.provider_reference), staff=True),
        Evidence("because", plain(facts.recorded.get("because", "")), staff=True),
    ]
    if facts.next_query_at:
        evidence.append(Evidence("next_query", moment(facts.next_query_at)))
    ways = (steps.wait(), steps.support(facts), steps.agent("reconcile"))
    return Finding(19, facts.reason, "INT", _amount(facts), tuple(evidence), ways)


def paid_after_failure(facts: Facts) -> Finding:
    """Row 19 as well: given up as not arrived, and yet the provider says that it took it."""
    evidence = (
        Evidence("method", instrument(facts.method)),
        Evidence("provider_reference", plain(facts.provider_reference), staff=True),
    )
    ways = (steps.wait(), steps.support(facts), steps.agent("reconcile"))
    return Finding(19, "paid_after_failure", "INT", _amount(facts), evidence, ways)


def _amount_differs(facts: Facts) -> Finding:
    """Row 21. Once it failed, nothing is being compared any more and no money went, unless what
    was paid instead is in the wallet."""
    if facts.state == "failed" and "reconciled" in facts.recorded:
        return _credited_instead(facts)
    if facts.state == "failed":
        code = plain(facts.response_code)
        shown = (Evidence("response_code", code),) if facts.response_code else ()
        ways = (*steps.again(facts), steps.support(facts))
        return Finding(21, "amount_refused", "AM09", _amount(facts), shown, ways)
    params, evidence = _compared(facts)
    ways = (steps.support(facts), steps.agent("reconcile"))
    return Finding(21, facts.reason, "AM09", params, evidence, ways)


def _is_paid_back(facts: Facts) -> bool:
    """Whether staff had it paid back by bank, as no wallet could take it."""
    return facts.recorded.get("paid_back") == "bank"


def _credited_instead(facts: Facts) -> Finding:
    params, evidence = _compared(facts)
    code = "amount_paid_back" if _is_paid_back(facts) else "amount_credited"
    return Finding(21, code, "AM09", params, evidence, (steps.support(facts),))


def _compared(facts: Facts) -> tuple[dict[str, Value], tuple[Evidence, ...]]:
    said = facts.recorded
    notified = money(said["notified"], said["notified_currency"])
    ordered = money(said["ordered"], facts.currency)
    evidence = (Evidence("ordered", ordered), Evidence("notified", notified))
    return _amount(facts) | {"ordered": ordered, "notified": notified}, evidence


def _entering(facts: Facts) -> Finding:
    evidence = (Evidence("method", instrument(facts.method)),)
    ways = (steps.plain("finish_there"), steps.support(facts))
    return Finding(23, facts.reason, "USER_PAYING", _amount(facts), evidence, ways)


def _other(facts: Facts) -> tuple[Step, ...]:
    return (steps.other_card(facts),)


def _bank(facts: Facts) -> tuple[Step, ...]:
    return (steps.plain("call_bank"), steps.other_card(facts))


RULES: Mapping[Reason, Callable[[Facts], Finding]] = {
    Reason.CARD_FUNDS: _refused(3, _other),
    Reason.CARD_DECLINED: _refused(4, _bank),
    Reason.CARD_EXPIRED: _expired,
    Reason.CARD_NUMBER: _refused(6, lambda facts: (steps.other_card(facts, "correct_card"),)),
    Reason.CARD_CHECK: _check,
    Reason.VERIFICATION_UNFINISHED: _verification,
    Reason.CARD_LOST: _refused(
        9,
        lambda facts: (steps.other_card(facts), steps.support(facts), steps.agent("risk_review")),
        hide_code=True,
    ),
    Reason.FRAUD_SCREEN: _refused(
        10, lambda facts: (steps.support(facts), steps.agent("risk_review")), hide_code=True
    ),
    Reason.CARD_LIMIT: _refused(
        11, lambda facts: (steps.smaller(facts), steps.plain("later"), steps.other_card(facts))
    ),
    Reason.CARD_USE_OFF: _refused(12, _bank),
    Reason.CARD_RESTRICTED: _refused(13, _bank),
    Reason.CARD_CURRENCY: _refused(14, _other),
    Reason.PROVIDER_DOWN: _down,
    Reason.OUTCOME_UNKNOWN: _unknown,
    Reason.PAID_NOT_CREDITED: _not_credited,
    Reason.AMOUNT_DIFFERS: _amount_differs,
    Reason.PAYER_ENTERING: _entering,
}
