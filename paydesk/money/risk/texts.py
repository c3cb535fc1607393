"""What rules and decisions are called in the reader's language. Codes in, words out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from paydesk.kit.money import format_amount
from paydesk.money.risk import sentences
from paydesk.money.risk.reading import RuleFault
from paydesk.money.risk.rules import Outcome

OUTCOMES = tuple(outcome.value for outcome in Outcome)


def outcome(code: str) -> str:
    """What a decision does."""
    return {
        Outcome.ALLOW: _("放行"),
        Outcome.SECOND_FACTOR: _("要求再次验证"),
        Outcome.WAIT: _("暂停一段时间"),
        Outcome.REVIEW: _("转人工审核"),
        Outcome.LOCK: _("拒绝并锁定付款"),
    }[Outcome(code)]


def explanation(code: str) -> str:
    """Why a rule exists."""
    words = {
        "speed": _("短时间内付款太多"),
        "amount": _("金额异常"),
        "new_device": _("新设备"),
        "new_recipient": _("新收款人"),
        "odd_hour": _("深夜付款"),
        "spread": _("收款人太多"),
        "pass_through": _("快进快出"),
        "card_testing": _("连续试卡"),
        "contact_changed": _("刚更改联系方式"),
    }
    return words.get(code, code)


def measure(code: str) -> str:
    """What a condition looks at."""
    words = {
        "amount": _("单笔金额"),
        "count": _("成功笔数"),
        "tries": _("尝试次数"),
        "sum": _("累计金额"),
        "recipients": _("不同收款人"),
        "new_device": _("设备使用时间"),
        "new_recipient": _("首次付给此人"),
        "odd_hour": _("当地时间（时）"),
        "in_and_out": _("转出占转入的百分比"),
        "contact_changed": _("联系方式更改于"),
    }
    return words.get(code, code)


def ruleset_state(code: str) -> str:
    """How a rule set stands."""
    return {"draft": _("草稿"), "active": _("生效中"), "retired": _("已停用")}[code]


def why(reason: str, rule: str) -> str:
    """Why a payment waits for a person, for staff."""
    if reason == "screening":
        return _("名单筛查命中")
    return _("规则 %(rule)s") % {"rule": explanation(rule)}


def rule(row: Mapping[str, Any], currencies: Sequence[str]) -> dict[str, Any]:
    """A rule in words, its amounts in these currencies."""
    decision = str(row.get("decision"))
    return {
        "code": row.get("code", ""),
        "outcome": outcome(decision),
        "tone": {Outcome.LOCK: "bad", Outcome.ALLOW: "ok"}.get(Outcome(decision), "warn"),
        "priority": row.get("priority", 0),
        "explanation": explanation(str(row.get("explain", ""))),
        "kinds": sentences.kinds(row.get("kinds") or []),
        "sentence": sentences.whole(row.get("when", {}), currencies),
    }


def measured(found: Mapping[str, Any], currency: str) -> list[tuple[str, str]]:
    """What a rule's conditions found about a payment."""
    return [(measure(name), _value(name, value, currency)) for name, value in found.items()]


def _value(name: str, value: Any, currency: str) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name in {"amount", "sum"}:
        return format_amount(value, currency)
    return f"{value}%" if name == "in_and_out" else str(value)


def example(one: Mapping[str, Any]) -> dict[str, Any]:
    """An example of what would have changed."""
    return {
        "at": datetime.fromisoformat(one["at"]),
        "amount": format_amount(one["amount"], one["currency"]),
        "kind": sentences.kind(one["kind"]),
        "now": outcome(one["now"]),
        "would": outcome(one["would"]),
        "rule": one["rule"],
    }


def problem(found: RuleFault) -> str:
    """What is wrong with a field."""
    return {
        "missing": _("请填写这一项。"),
        "unknown": _("不认识这个值。"),
        "number": _("数字不在允许的范围。"),
        "span": _("时间太长，或没有填。"),
        "amounts": _("请至少填写一个币种的金额。"),
        "twice": _("这个代号已经有了，请换一个。"),
        "too_many": _("规则太多，请先去掉一些。"),
    }[found.problem]


def fault(found: RuleFault) -> str:
    """What is wrong with a rule that was written."""
    return _("规则 %(rule)s：%(problem)s") % {"rule": found.rule or "?", "problem": problem(found)}
