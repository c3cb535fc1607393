"""From facts to a finding. Pure: the same facts give the same finding, wherever it is asked for.

One function per reason or family of reasons; the numbers are lines of the failure catalogue.
"""

from collections.abc import Callable, Mapping

from paydesk.desk.diagnosis import (
    abroad_rules,
    bank_rules,
    card_rules,
    order_rules,
    refund_rules,
    risk_rules,
    service_rules,
    steps,
)
from paydesk.desk.diagnosis.shapes import (
    Evidence,
    Explanation,
    Facts,
    Finding,
    Party,
    Remedy,
    Value,
    moment,
    money,
    plain,
    restricted_for,
    term,
)
from paydesk.money.payments.reasons import Reason

__all__ = ["Evidence", "Explanation", "Facts", "Finding", "Remedy", "find"]

SAYABLE = frozenset({"freeze", "identity", "password"})
"""Kinds of restriction whose cause the customer concerned may be told; risk is not among them."""


def find(facts: Facts) -> Finding:
    """Why this payment is as it is; row 0 when there is nothing to explain."""
    if facts.rejected and facts.state in {"processing", "unknown"}:
        return _rejected(facts)
    if facts.contradicted:
        return card_rules.paid_after_failure(facts)
    if not facts.reason:
        return Finding(0, facts.state, params=_amount(facts))
    reason = Reason(facts.reason)
    if reason is Reason.FRAUD_SCREEN and not facts.response_code:  # ours, not a card network's
        processing = facts.state == "processing"
        return risk_rules.under_review(facts) if processing else risk_rules.stopped(facts)
    rule = next((rules[reason] for rules in _ALL if reason in rules), _fault_of_ours)
    return rule(facts)


def _fault_of_ours(facts: Facts) -> Finding:
    """The ledger refused what no rule foresaw; its own word is for staff."""
    outcome = plain(facts.recorded.get("outcome", ""))
    evidence = (Evidence("because", outcome, staff=True),)
    return Finding(0, facts.reason, "INT", _amount(facts), evidence, (steps.support(facts),))


def _amount(facts: Facts) -> dict[str, Value]:
    return {"amount": money(facts.amount, facts.currency)}


def _wanted(facts: Facts) -> tuple[int, str]:
    """What the payer's wallet was to give; of a refund across currencies in that wallet's own."""
    currency = str(facts.recorded.get("currency", facts.currency))
    return facts.amount if currency == facts.currency else facts.recorded["amount"], currency


def _balance_short(facts: Facts) -> Finding:
    said, (wanted, currency) = facts.recorded, _wanted(facts)
    short, available = money(said["short"], currency), money(said["available"], currency)
    return Finding(
        1,
        facts.reason,
        "AM04",
        {"amount": money(wanted, currency), "short": short, "available": available},
        (
            Evidence("available", available),
            Evidence("needed", money(wanted, currency)),
            Evidence("short", short),
        ),
        (
            steps.topup(said["short"], currency),
            *steps.less(facts, said["available"]),
            steps.retry(facts),
        ),
    )


def _balance_held(facts: Facts) -> Finding:
    """Posted is enough, available is not: which holds are in the way, and when it is enough."""
    said, (wanted, currency) = facts.recorded, _wanted(facts)
    held, free = money(said["held"], currency), said["available"]
    params = {"amount": money(wanted, currency), "held": held, "available": money(free, currency)}
    for hold in sorted(facts.holds, key=lambda one: one.until):
        params |= {"until": moment(hold.until), "purpose": term(f"hold.{hold.reason}")}
        free += hold.amount
        if free >= wanted:
            break
    evidence = [
        Evidence("balance", money(said["posted"], currency)),
        Evidence("held", held),
        Evidence("available", money(said["available"], currency)),
    ]
    for hold in facts.holds:
        evidence += [
            Evidence("hold", money(hold.amount, currency)),
            Evidence("hold_reason", term(f"hold.{hold.reason}")),
            Evidence("hold_until", moment(hold.until)),
        ]
    ways = (
        steps.wait(),
        steps.topup(said["short"], currency),
        steps.support(facts),
        steps.agent("release_hold"),
    )
    return Finding(2, facts.reason, "AM04", params, tuple(evidence), ways)


def _limit(facts: Facts) -> Finding:
    """Row 26, for one payment, for the day or for the month."""
    said, currency = facts.recorded, facts.currency
    limit = money(said["limit"], currency)
    params = _amount(facts) | {"limit": limit}
    evidence = [Evidence("limit", limit), Evidence("needed", money(facts.amount, currency))]
    ways = [*steps.less(facts, said.get("left", said["limit"]))]
    if facts.reason != Reason.LIMIT_SINGLE:
        month = "_month" if facts.reason == Reason.LIMIT_MONTH else ""
        params |= {"left": money(said["left"], currency), "until": moment(said["until"])}
        evidence += [
            Evidence(f"used{month}", money(said["used"], currency)),
            Evidence(f"left{month}", money(said["left"], currency)),
            Evidence("free_again", moment(said["until"])),
        ]
        ways.insert(0, steps.wait())
    ways += [steps.support(facts), steps.agent("raise_limit")]
    return Finding(26, facts.reason, "AM14", params, tuple(evidence), tuple(ways))


def _sender_restricted(facts: Facts) -> Finding:
    """Row 28: the cause is named only where it may be said."""
    held = facts.recorded.get("restrictions", [])
    sayable = [one for one in held if one["kind"] in SAYABLE]
    params = _amount(facts)
    code = facts.reason
    if sayable and len(sayable) == len(held):
        params["cause"] = term(f"restriction.{sayable[0]['kind']}")
        code = "sender_restricted_because"
    evidence: tuple[Evidence, ...] = ()
    for one in held:
        evidence += _restriction(one, for_owner=one["kind"] in SAYABLE)
    ways = (steps.support(facts), steps.agent("review_restriction"))
    return Finding(28, code, "AC06", params, evidence, ways)


def _recipient_restricted(facts: Facts) -> Finding:
    """Row 29: the payer learns only that it can't be received now."""
    evidence = _recipient(facts)
    for one in facts.recorded.get("restrictions", []):
        evidence += _restriction(one, for_owner=False)
    ways = (
        steps.retry(facts),
        steps.other_recipient(facts),
        steps.support(facts),
        steps.agent("review_restriction"),
    )
    return Finding(29, facts.reason, "AC06", _amount(facts) | _to(facts), evidence, ways)


def _restriction(one: Mapping[str, str], *, for_owner: bool) -> tuple[Evidence, ...]:
    staff = not for_owner
    return (
        Evidence("restriction", term(f"restriction.{one['kind']}"), staff),
        Evidence("restriction_scope", term(f"scope.{one['scope']}"), staff),
        Evidence("restriction_since", moment(one["since"]), staff),
        Evidence("restriction_reason", restricted_for(one["reason"]), staff=True),
    )


def _recipient_unknown(facts: Facts) -> Finding:
    ways = (steps.correct_recipient(facts), steps.support(facts))
    return Finding(30, facts.reason, "BE23", _amount(facts) | _to(facts), _recipient(facts), ways)


def _closed(facts: Facts) -> Finding:
    """Row 32. When it was closed is the other customer's affair."""
    evidence = _recipient(facts)
    if "closed_at" in facts.recorded:
        evidence += (Evidence("closed_at", moment(facts.recorded["closed_at"]), staff=True),)
    ways = (steps.other_recipient(facts), steps.support(facts))
    return Finding(32, facts.reason, "AC04", _amount(facts) | _to(facts), evidence, ways)


def _sender_closed(facts: Facts) -> Finding:
    return Finding(28, facts.reason, "AC04", _amount(facts), (), (steps.support(facts),))


def _to_self(facts: Facts) -> Finding:
    ways = (steps.other_recipient(facts), steps.topup(facts.amount, facts.currency))
    return Finding(33, facts.reason, "AG01", _amount(facts), _recipient(facts), ways)


def _currency_differs(facts: Facts) -> Finding:
    takes = plain("、".join(facts.recorded.get("takes", [])))
    evidence = (Evidence("currency", plain(facts.currency)), Evidence("takes", takes, staff=True))
    ways = (steps.convert(facts), steps.other_recipient(facts), steps.support(facts))
    params = _amount(facts) | {"currency": plain(facts.currency)} | _to(facts)
    return Finding(34, facts.reason, "AC11", params, evidence, ways)


def _duplicate(facts: Facts) -> Finding:
    """Row 17: stopped by us before anything moved, or by the bank."""
    first = facts.recorded.get("first")
    if not first:
        evidence = (Evidence("response_code", plain(facts.response_code)),)
        ways = (steps.wait(), steps.support(facts))
        return Finding(17, "duplicate_at_bank", "94", _amount(facts), evidence, ways)
    at = moment(facts.recorded["first_at"])
    params = _amount(facts) | {"first": plain(first), "at": at}
    shown = (Evidence("first", plain(first)), Evidence("first_at", at))
    again = steps.send_again(facts)
    return Finding(17, facts.reason, "DUPL", params, shown, (steps.view(first), *again))


def _approval_needed(facts: Facts) -> Finding:
    limit = money(facts.recorded["limit"], facts.currency)
    params, ways = _amount(facts) | {"limit": limit}, (steps.agent("ask_approval"),)
    return Finding(26, facts.reason, "INT", params, (Evidence("limit", limit),), ways)


def _rejected(facts: Facts) -> Finding:
    """Row 20: somebody told us something about this payment that did not prove itself."""
    evidence = (
        Evidence("rejected", plain(len(facts.rejected))),
        *(Evidence("rejected_why", plain(why), staff=True) for why in sorted(set(facts.rejected))),
    )
    ways = (steps.wait(), steps.support(facts), steps.agent("query_now"))
    return Finding(20, "notification_rejected", "SIGN_ERROR", _amount(facts), evidence, ways)


def _recipient(facts: Facts) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    if facts.recipient_shown:
        found.append(Evidence("typed", plain(facts.recipient_shown)))
    if facts.payee:
        found.append(Evidence("recipient", plain(_in_full(facts.payee)), staff=True))
    return tuple(found)


def _in_full(party: Party) -> str:
    return f"{party.name} · {party.number}"


def _to(facts: Facts) -> dict[str, Value]:
    """How the payer knows the recipient."""
    return {"to": plain(facts.payee.masked if facts.payee else facts.recipient_shown)}


_RULES: Mapping[Reason, Callable[[Facts], Finding]] = {
    Reason.BALANCE_SHORT: _balance_short,
    Reason.BALANCE_HELD: _balance_held,
    Reason.LIMIT_SINGLE: _limit,
    Reason.LIMIT_DAY: _limit,
    Reason.LIMIT_MONTH: _limit,
    Reason.SENDER_RESTRICTED: _sender_restricted,
    Reason.SENDER_CLOSED: _sender_closed,
    Reason.RECIPIENT_RESTRICTED: _recipient_restricted,
    Reason.RECIPIENT_UNKNOWN: _recipient_unknown,
    Reason.RECIPIENT_CLOSED: _closed,
    Reason.TO_SELF: _to_self,
    Reason.CURRENCY_DIFFERS: _currency_differs,
    Reason.DUPLICATE: _duplicate,
    Reason.APPROVAL_NEEDED: _approval_needed,
    Reason.APP_TOO_OLD: service_rules.too_old,
    Reason.MAINTENANCE: service_rules.maintenance,
}

_ALL = (
    _RULES,
    card_rules.RULES,
    order_rules.RULES,
    risk_rules.RULES,
    bank_rules.RULES,
    abroad_rules.RULES,
    refund_rules.RULES,
)
