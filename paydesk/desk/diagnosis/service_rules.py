"""Findings about our own service: an app that is too old, maintenance, incidents. Pure."""

from paydesk.desk.diagnosis import steps
from paydesk.desk.diagnosis.shapes import (
    Evidence,
    Facts,
    Finding,
    Value,
    moment,
    money,
    names,
    plain,
)


def _amount(facts: Facts) -> dict[str, Value]:
    return {"amount": money(facts.amount, facts.currency)}


def too_old(facts: Facts) -> Finding:
    """Row 51."""
    version, minimum = plain(facts.recorded["version"]), plain(facts.recorded["minimum"])
    evidence = (Evidence("version", version), Evidence("minimum", minimum))
    params = _amount(facts) | {"version": version, "minimum": minimum}
    ways = (steps.plain("update_app"), steps.retry(facts))
    return Finding(51, facts.reason, "INT", params, evidence, ways)


def maintenance(facts: Facts) -> Finding:
    """Row 52; a maintenance without an announced end has none to be told."""
    until = facts.recorded.get("until")
    params, code = _amount(facts), "maintenance_open_end"
    if until:
        params, code = params | {"until": moment(until)}, facts.reason
    evidence = notice_evidence(facts)
    return Finding(52, code, "INT", params, evidence, (steps.wait(), steps.retry(facts)))


def connection_broke(key: str) -> Finding:
    """Row 53: a request that never arrived. There is no payment, only the key it would have had;
    sent again under the same key it happens at most once."""
    evidence = (Evidence("request_key", plain(key), staff=True),)
    return Finding(53, "connection_broke", "INT", {}, evidence, (steps.plain("send_same"),))


def notice_evidence(facts: Facts) -> tuple[Evidence, ...]:
    """The notice that was open when the payment was asked for."""
    if facts.notice is None:
        return ()
    evidence = [
        Evidence("notice", names(facts.notice.title_zh, facts.notice.title_en)),
        Evidence("notice_since", moment(facts.notice.since)),
    ]
    if facts.notice.until:
        evidence.append(Evidence("notice_until", moment(facts.notice.until)))
    return tuple(evidence)
