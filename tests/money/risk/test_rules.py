"""Each condition at its edge, priorities, proof by a second factor, pauses. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from paydesk.money.risk import defaults
from paydesk.money.risk.conditions import Facts, Past
from paydesk.money.risk.reading import RuleFault, read
from paydesk.money.risk.rules import Decision, Outcome, decide

AT = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai
ME, YOU, OTHER = (UUID(int=n) for n in (1, 2, 3))
FACTS = Facts(
    payment=UUID(int=9),
    customer=ME,
    kind="transfer",
    amount=10_000,
    currency="CNY",
    at=AT,
    zone="Asia/Shanghai",
    recipient=YOU,
    known_recipient=True,
)


def past(minutes: float, **given: Any) -> Past:
    values: dict[str, Any] = {
        "kind": "transfer",
        "amount": 10_000,
        "currency": "CNY",
        "recipient": YOU,
        "passed": True,
    } | given
    return Past(AT - timedelta(minutes=minutes), **values)


def judged(facts: Facts, when: dict[str, Any], **rule: Any) -> Decision:
    row = {"code": "the_rule", "decision": "review", "explain": "speed", "when": when} | rule
    return decide(facts, read(7, [row]))


HITS: list[tuple[str, dict[str, Any], Facts, Facts]] = [
    (
        "amount",
        {"amount": {"at_least": {"CNY": 10_000}}},
        FACTS,
        replace(FACTS, amount=9_999),
    ),
    (
        "amount in a currency that is not named",
        {"amount": {"at_least": {"CNY": 1}}},
        FACTS,
        replace(FACTS, currency="USD"),
    ),
    (
        "count",
        {"count": {"at_least": 3, "window": "10m"}},
        replace(FACTS, past=(past(1), past(9.9))),
        replace(FACTS, past=(past(1), past(10))),
    ),
    (
        "a refused one is no count",
        {"count": {"at_least": 2, "window": "10m"}},
        replace(FACTS, past=(past(1),)),
        replace(FACTS, past=(past(1, passed=False),)),
    ),
    (
        "a refused one is a try",
        {"tries": {"at_least": 2, "window": "10m"}},
        replace(FACTS, past=(past(1, passed=False),)),
        FACTS,
    ),
    (
        "sum",
        {"sum": {"at_least": {"CNY": 30_000}, "window": "1h"}},
        replace(FACTS, past=(past(5, amount=20_000),)),
        replace(FACTS, past=(past(5, amount=20_000, currency="USD"),)),
    ),
    (
        "recipients",
        {"recipients": {"at_least": 2, "window": "1h"}},
        replace(FACTS, past=(past(5, recipient=OTHER),)),
        replace(FACTS, past=(past(5), past(6))),
    ),
    (
        "new device",
        {"new_device": {"window": "24h"}},
        replace(FACTS, device_since=AT - timedelta(hours=23)),
        replace(FACTS, device_since=AT - timedelta(hours=24)),
    ),
    (
        "nobody knows the device",
        {"new_device": {"window": "24h"}},
        replace(FACTS, device_since=AT),
        FACTS,
    ),
    (
        "new recipient",
        {"new_recipient": {}},
        replace(FACTS, known_recipient=False),
        FACTS,
    ),
    (
        "odd hour, in the zone",
        {"odd_hour": {"from": 1, "to": 5}},
        replace(FACTS, at=datetime(2026, 3, 4, 17, 30, tzinfo=UTC)),
        replace(FACTS, at=datetime(2026, 3, 4, 21, 0, tzinfo=UTC)),
    ),
    (
        "odd hour across midnight",
        {"odd_hour": {"from": 23, "to": 5}},
        replace(FACTS, at=datetime(2026, 3, 4, 15, 0, tzinfo=UTC)),
        replace(FACTS, at=datetime(2026, 3, 4, 14, 59, tzinfo=UTC)),
    ),
    (
        "in and out",
        {"in_and_out": {"at_least": {"CNY": 100_000}, "percent": 90, "window": "24h"}},
        replace(FACTS, received=100_000, amount=60_000, past=(past(60, amount=30_000),)),
        replace(FACTS, received=100_000, amount=89_999),
    ),
    (
        "contact changed",
        {"contact_changed": {"window": "24h"}},
        replace(FACTS, contact_changed_at=AT - timedelta(hours=23)),
        replace(FACTS, contact_changed_at=AT - timedelta(hours=24)),
    ),
    (
        "both conditions",
        {"new_recipient": {}, "amount": {"at_least": {"CNY": 10_000}}},
        replace(FACTS, known_recipient=False),
        replace(FACTS, known_recipient=False, amount=1),
    ),
]


@pytest.mark.parametrize(
    ("when", "hit", "miss"), [pytest.param(*row[1:], id=row[0]) for row in HITS]
)
def test_each_condition_at_its_edge(when: dict[str, Any], hit: Facts, miss: Facts) -> None:
    decision = judged(hit, when)
    assert (decision.outcome, decision.rule, decision.codes) == (
        Outcome.REVIEW,
        "the_rule",
        ("the_rule",),
    )
    assert set(decision.measured) == set(when)
    assert judged(miss, when) == Decision(Outcome.ALLOW)


def test_a_rule_is_about_its_kinds_and_counts_them_alone() -> None:
    when = {"count": {"at_least": 2, "window": "1h"}}
    facts = replace(FACTS, past=(past(1, kind="topup"),))
    assert judged(facts, when).outcome is Outcome.REVIEW
    assert judged(facts, when, kinds=["transfer"]).outcome is Outcome.ALLOW
    assert judged(replace(facts, kind="bill"), when, kinds=["transfer"]).outcome is Outcome.ALLOW


RULE = {"explain": "amount", "when": {"amount": {"at_least": {"CNY": 1}}}}


def test_priority_decides_and_among_equals_the_stricter() -> None:
    rows = [
        RULE | {"code": "proof", "decision": "second_factor", "priority": 5},
        RULE | {"code": "stop", "decision": "lock", "priority": 5},
        RULE | {"code": "trusted", "decision": "allow", "priority": 9},
    ]
    assert decide(FACTS, read(1, rows)).rule == "trusted"
    decision = decide(FACTS, read(1, rows[:2]))
    assert (decision.rule, decision.codes) == ("stop", ("stop", "proof"))


def test_a_fresh_second_factor_settles_what_asks_for_one_and_nothing_else() -> None:
    rows = [
        RULE | {"code": "proof", "decision": "second_factor", "priority": 9},
        RULE | {"code": "look", "decision": "review", "priority": 1},
    ]
    fresh = replace(FACTS, stepped_up_at=AT - timedelta(minutes=9, seconds=59))
    assert decide(FACTS, read(1, rows[:1])).outcome is Outcome.SECOND_FACTOR
    settled = decide(fresh, read(1, rows[:1]))
    assert (settled.outcome, settled.proved, settled.codes) == (Outcome.ALLOW, True, ("proof",))
    stale = replace(FACTS, stepped_up_at=AT - timedelta(minutes=10))
    assert decide(stale, read(1, rows[:1])).outcome is Outcome.SECOND_FACTOR
    assert decide(fresh, read(1, rows)).rule == "look"


def test_a_pause_says_when_it_is_over() -> None:
    when = {"tries": {"at_least": 3, "window": "10m"}}
    facts = replace(FACTS, past=(past(1), past(4), past(8)))
    decision = judged(facts, when, decision="wait")
    # This one fits in beside one other: the second newest has to leave the window.
    assert decision.until == AT + timedelta(minutes=6)
    assert decision.until
    after = replace(facts, at=decision.until)
    assert judged(after, when, decision="wait").outcome is Outcome.ALLOW


def test_the_shipped_rules_can_be_read_and_leave_an_ordinary_payment_alone() -> None:
    rules = defaults.shipped()
    assert {rule.outcome for rule in rules.rules} == set(Outcome) - {Outcome.ALLOW}
    assert decide(replace(FACTS, known_recipient=False), rules).outcome is Outcome.ALLOW


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"code": "Bad Code"}, "code", "unknown"),
    ({"decision": "burn"}, "decision", "unknown"),
    ({"decision": None}, "decision", "missing"),
    ({"explain": "because"}, "explain", "unknown"),
    ({"priority": -1}, "priority", "number"),
    ({"priority": True}, "priority", "number"),
    ({"kinds": ["gift"]}, "kinds", "unknown"),
    ({"kinds": "transfer"}, "kinds", "unknown"),
    ({"when": {}}, "when", "missing"),
    ({"when": {"mood": {}}}, "mood", "unknown"),
    ({"when": {"count": {"at_least": 61, "window": "1h"}}}, "count.at_least", "number"),
    ({"when": {"count": {"at_least": 3, "window": "25h"}}}, "count.window", "span"),
    ({"when": {"count": {"at_least": 3, "window": "soon"}}}, "count.window", "span"),
    ({"when": {"count": {"at_least": 3}}}, "count.window", "missing"),
    ({"when": {"amount": {"at_least": {"CNY": 1.5}}}}, "amount.at_least.CNY", "number"),
    ({"when": {"amount": {"at_least": {"yuan": 1}}}}, "amount.at_least", "amounts"),
    ({"when": {"amount": {"at_least": 5}}}, "amount.at_least", "amounts"),
    ({"when": {"amount": {"at_least": {"CNY": 1}, "x": 2}}}, "amount.x", "unknown"),
    ({"when": {"odd_hour": {"from": 24, "to": 3}}}, "odd_hour.from", "number"),
    ({"note": "hello"}, "note", "unknown"),
]


@pytest.mark.parametrize(("change", "field", "problem"), BAD)
def test_a_faulty_rule_names_its_field(change: dict[str, Any], field: str, problem: str) -> None:
    row = RULE | {"code": "fine", "decision": "review"} | change
    with pytest.raises(RuleFault) as caught:
        read(1, [row])
    assert (caught.value.field, caught.value.problem) == (field, problem)


def test_a_code_stands_once() -> None:
    row = RULE | {"code": "same", "decision": "review"}
    with pytest.raises(RuleFault) as caught:
        read(1, [row, row])
    assert caught.value.problem == "twice"
