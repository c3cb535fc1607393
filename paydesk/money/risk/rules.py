"""Decides from plain facts whether a payment goes ahead, needs proof, waits or is stopped. Pure.

Rules are data (see `reading`). The one of highest priority that applies decides; among equals the
stricter. A second factor that is minutes old settles every rule that asks for one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from paydesk.money.risk.conditions import Condition, Facts

PROOF_LASTS = timedelta(minutes=10)
"""For how long a second factor answers a rule that asks for one."""


class Outcome(StrEnum):
    ALLOW = "allow"
    SECOND_FACTOR = "second_factor"
    WAIT = "wait"  # a pause that ends by itself
    REVIEW = "review"  # held until a person has looked
    LOCK = "lock"  # refused, and the customer can send nothing until a person has looked


SEVERITY = {outcome: n for n, outcome in enumerate(Outcome)}

EXPLANATIONS = (
    "speed",
    "amount",
    "new_device",
    "new_recipient",
    "odd_hour",
    "spread",
    "pass_through",
    "card_testing",
    "contact_changed",
)
"""Why a rule exists, as codes; staff read them in words."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When all conditions hold for a payment of one of the kinds (any if none is named)."""

    code: str
    outcome: Outcome
    priority: int
    explanation: str
    kinds: frozenset[str]
    conditions: Mapping[str, Condition]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A brand's rules as one version; version 0 is what the program ships with."""

    version: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided and why. `rule` is empty where none applied; `codes` names all that did;
    `measured` holds what the deciding rule's conditions found; `until` when a pause ends;
    `proved`: a second factor settled at least one rule."""

    outcome: Outcome
    rule: str = ""
    explanation: str = ""
    codes: tuple[str, ...] = ()
    measured: Mapping[str, Any] = field(default_factory=dict)
    until: datetime | None = None
    proved: bool = False


@dataclass(frozen=True, slots=True)
class _Match:
    rule: Rule
    measured: Mapping[str, Any]
    until: datetime | None


def decide(facts: Facts, ruleset: RuleSet) -> Decision:
    """The decision of a set of rules about one payment."""
    found = [match for rule in ruleset.rules if (match := _match(rule, facts))]
    found.sort(key=lambda m: (-m.rule.priority, -SEVERITY[m.rule.outcome]))
    codes = tuple(match.rule.code for match in found)
    proved = is_proved(facts)
    settled = proved and any(m.rule.outcome is Outcome.SECOND_FACTOR for m in found)
    for match in found:
        if match.rule.outcome is Outcome.SECOND_FACTOR and proved:
            continue
        return Decision(
            outcome=match.rule.outcome,
            rule=match.rule.code,
            explanation=match.rule.explanation,
            codes=codes,
            measured=match.measured,
            until=match.until,
            proved=settled,
        )
    return Decision(Outcome.ALLOW, codes=codes, proved=settled)


def is_proved(facts: Facts) -> bool:
    """Whether a second factor was given minutes ago."""
    return facts.stepped_up_at is not None and facts.at - facts.stepped_up_at < PROOF_LASTS


def _match(rule: Rule, facts: Facts) -> _Match | None:
    if rule.kinds and facts.kind not in rule.kinds:
        return None
    measured: dict[str, Any] = {}
    ends: list[datetime] = []
    for name, condition in rule.conditions.items():
        found = condition.measure(facts, rule.kinds)
        if not found.holds:
            return None
        measured[name] = found.value
        if found.until:
            ends.append(found.until)
    return _Match(rule, measured, min(ends) if ends else None)
