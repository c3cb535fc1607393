"""Reads rules from data: the shipped file's tables and a rule set's stored JSON have one shape.

A fault names the rule and the field, so that whoever writes rules can put it right. Pure.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from paydesk.money.risk import conditions
from paydesk.money.risk.conditions import LONGEST, MOST_PAST, Condition
from paydesk.money.risk.rules import EXPLANATIONS, Outcome, Rule, RuleSet

KINDS = frozenset({"topup", "transfer", "purchase", "bill", "withdrawal", "exchange", "remittance"})
MOST_RULES = 60
_CODE = re.compile(r"[a-z][a-z0-9_]{2,39}")
_SPAN = re.compile(r"([1-9][0-9]{0,3})(m|h)")
_FIELDS = {"code", "decision", "priority", "explain", "kinds", "when"}


class RuleFault(ValueError):
    """A rule that can't be used. `rule`: its code or its place in the list; `field`; `problem`: a
    code (missing, unknown, number, span, amounts, twice, too_many)."""

    def __init__(self, rule: str, field: str, problem: str) -> None:
        super().__init__(f"{rule}: {field}: {problem}")
        self.rule, self.field, self.problem = rule, field, problem


def read(version: int, rows: Sequence[Mapping[str, Any]]) -> RuleSet:
    """The rule set that the rows say. Raises RuleFault."""
    if len(rows) > MOST_RULES:
        raise RuleFault("", "rules", "too_many")
    rules = tuple(_rule(n, row) for n, row in enumerate(rows, start=1))
    codes = [rule.code for rule in rules]
    for code in codes:
        if codes.count(code) > 1:
            raise RuleFault(code, "code", "twice")
    return RuleSet(version, rules)


def _rule(place: int, row: Mapping[str, Any]) -> Rule:
    if not isinstance(row, Mapping):
        raise RuleFault(f"#{place}", "rule", "unknown")
    code = row.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise RuleFault(f"#{place}", "code", "unknown" if code else "missing")
    if stray := sorted(set(row) - _FIELDS):
        raise RuleFault(code, stray[0], "unknown")
    return Rule(
        code=code,
        outcome=Outcome(_one_of(code, "decision", row.get("decision"), list(Outcome))),
        priority=_number(code, "priority", row.get("priority", 0), 0, 1000),
        explanation=_one_of(code, "explain", row.get("explain"), EXPLANATIONS),
        kinds=frozenset(_one_of(code, "kinds", k, KINDS) for k in _list(code, row.get("kinds"))),
        conditions=_conditions(code, row.get("when")),
    )


def _conditions(code: str, given: Any) -> dict[str, Condition]:
    if not isinstance(given, Mapping) or not given:
        raise RuleFault(code, "when", "missing")
    found: dict[str, Condition] = {}
    for name, values in given.items():
        maker = _MAKERS.get(name)
        if maker is None:
            raise RuleFault(code, str(name), "unknown")
        if not isinstance(values, Mapping):
            raise RuleFault(code, name, "missing")
        found[name] = maker(code, name, values)
    return found


def _amount(code: str, name: str, v: Mapping[str, Any]) -> Condition:
    return conditions.Amount(_amounts(code, name, _only(code, name, v, "at_least")))


def _count(code: str, name: str, v: Mapping[str, Any]) -> Condition:
    _only(code, name, v, "at_least", "window")
    times = _number(code, f"{name}.at_least", v.get("at_least"), 2, MOST_PAST)
    return conditions.Count(times, _span(code, name, v), tries=name == "tries")


def _sum(code: str, name: str, v: Mapping[str, Any]) -> Condition:
    _only(code, name, v, "at_least", "window")
    return conditions.Sum(_amounts(code, name, v), _span(code, name, v))


def _recipients(code: str, name: str, v: Mapping[str, Any]) -> Condition:
    _only(code, name, v, "at_least", "window")
    many = _number(code, f"{name}.at_least", v.get("at_least"), 2, MOST_PAST)
    return conditions.Recipients(many, _span(code, name, v))


def _new_device(code: str, name: str, v: Mapping[str, Any]) -> Condition:
    return conditions.NewDevice(_span(code, name, _only(code, name, v, "window"), days=30))


def _new_recipient(code: str, name: str, v: Mapping[str, Any]) -> Condition:
    _only(code, name, v)
    return conditions.NewRecipient()


def _odd_hour(code: str, name: str, v: Mapping[str, Any]) -> Condition:
    _only(code, name, v, "from", "to")
    first = _number(code, f"{name}.from", v.get("from"), 0, 23)
    return conditions.OddHour(first, _number(code, f"{name}.to", v.get("to"), 0, 24))


def _in_and_out(code: str, name: str, v: Mapping[str, Any]) -> Condition:
    _only(code, name, v, "at_least", "percent", "window")
    percent = _number(code, f"{name}.percent", v.get("percent"), 1, 1000)
    return conditions.InAndOut(_amounts(code, name, v), percent, _span(code, name, v))


def _contact_changed(code: str, name: str, v: Mapping[str, Any]) -> Condition:
    return conditions.ContactChanged(_span(code, name, _only(code, name, v, "window"), days=3))


_MAKERS: Mapping[str, Callable[[str, str, Mapping[str, Any]], Condition]] = {
    "amount": _amount,
    "count": _count,
    "tries": _count,
    "sum": _sum,
    "recipients": _recipients,
    "new_device": _new_device,
    "new_recipient": _new_recipient,
    "odd_hour": _odd_hour,
    "in_and_out": _in_and_out,
    "contact_changed": _contact_changed,
}


def _only(code: str, name: str, values: Mapping[str, Any], *known: str) -> Mapping[str, Any]:
    if stray := sorted(set(values) - set(known)):
        raise RuleFault(code, f"{name}.{stray[0]}", "unknown")
    return values


def _one_of(code: str, field: str, value: Any, known: Any) -> str:
    if value is None:
        raise RuleFault(code, field, "missing")
    if not isinstance(value, str) or value not in list(known):
        raise RuleFault(code, field, "unknown")
    return value


def _list(code: str, value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise RuleFault(code, "kinds", "unknown")
    return value


def _number(code: str, field: str, value: Any, least: int, most: int) -> int:
    if value is None:
        raise RuleFault(code, field, "missing")
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise RuleFault(code, field, "number")
    return int(value)


def _amounts(code: str, name: str, values: Mapping[str, Any]) -> dict[str, int]:
    given = values.get("at_least")
    field = f"{name}.at_least"
    if not isinstance(given, Mapping) or not given:
        raise RuleFault(code, field, "amounts")
    for currency, amount in given.items():
        if not re.fullmatch(r"[A-Z]{3}", str(currency)):
            raise RuleFault(code, field, "amounts")
        _number(code, f"{field}.{currency}", amount, 1, 10**15)
    return {str(currency): int(amount) for currency, amount in given.items()}


def _span(code: str, name: str, values: Mapping[str, Any], *, days: int = 0) -> timedelta:
    field = f"{name}.window"
    text = values.get("window")
    if text is None:
        raise RuleFault(code, field, "missing")
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise RuleFault(code, field, "span")
    unit = timedelta(minutes=1) if found[2] == "m" else timedelta(hours=1)
    span = int(found[1]) * unit
    if span > (timedelta(days=days) if days else LONGEST):
        raise RuleFault(code, field, "span")
    return span
