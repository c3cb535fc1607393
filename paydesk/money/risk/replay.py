"""What a set of rules would have decided about payments that were decided before. Pure.

Goes through decisions in the order of time and keeps each customer's past as it goes, so that the
active rules, replayed, decide what they decided then.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from paydesk.money.risk.conditions import LONGEST, MOST_PAST, Facts, Past
from paydesk.money.risk.rules import Outcome, RuleSet, decide

MOST_EXAMPLES = 20
_STOPS = frozenset({Outcome.SECOND_FACTOR, Outcome.WAIT, Outcome.LOCK})


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it was recorded; its facts carry no past."""

    facts: Facts
    outcome: str
    passed: bool


@dataclass(slots=True)
class Replay:
    """Counts as it goes; `result` is JSON-able."""

    ruleset: RuleSet
    zone: str
    counted_from: datetime
    now: Counter[str] = field(default_factory=Counter)
    would: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    days: dict[str, dict[str, int]] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)
    pasts: dict[UUID, deque[Past]] = field(default_factory=dict)

    def take(self, decided: Iterable[Decided]) -> None:
        """Judge some more decisions, later ones than before. Those from before `counted_from`
        only make the past."""
        for one in decided:
            self._take(one)

    def _take(self, one: Decided) -> None:
        past = self.pasts.setdefault(one.facts.customer, deque(maxlen=MOST_PAST))
        recent = tuple(p for p in past if p.at > one.facts.at - LONGEST)
        judged = decide(replace(one.facts, past=recent), self.ruleset)
        # The money's own way stays as it was, but what these rules stop did not pass.
        passed = one.passed and judged.outcome not in _STOPS
        if one.outcome in _STOPS and judged.outcome not in _STOPS:
            passed = True
        f = one.facts
        past.appendleft(Past(f.at, f.kind, f.amount, f.currency, f.recipient, passed))
        if f.at >= self.counted_from:
            self._count(one, judged.outcome.value, judged.rule)

    def _count(self, one: Decided, would: str, rule: str) -> None:
        self.now[one.outcome] += 1
        self.would[would] += 1
        if rule and would != Outcome.ALLOW:
            self.rules[rule] += 1
        local = one.facts.at.astimezone(ZoneInfo(self.zone))
        day = self.days.setdefault(f"{local:%Y-%m-%d}", {"all": 0, "now": 0, "would": 0})
        day["all"] += 1
        day["now"] += one.outcome != Outcome.ALLOW
        day["would"] += would != Outcome.ALLOW
        if would != one.outcome:
            self.changed += 1
            if len(self.examples) < MOST_EXAMPLES:
                self.examples.append(_example(one, would, rule))

    @property
    def result(self) -> dict[str, Any]:
        """Counts by decision, then and with these rules, by rule and by day, and examples of
        what would have been decided otherwise."""
        return {
            "now": dict(self.now),
            "would": dict(self.would),
            "rules": dict(self.rules),
            "changed": self.changed,
            "days": self.days,
            "examples": self.examples,
        }


def _example(one: Decided, would: str, rule: str) -> dict[str, Any]:
    f = one.facts
    return {
        "payment": str(f.payment),
        "at": f.at.isoformat(),
        "kind": f.kind,
        "amount": f.amount,
        "currency": f.currency,
        "now": one.outcome,
        "would": would,
        "rule": rule,
    }
