"""A rule told as a sentence in the reader's language: for which payments, when, and what then."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from paydesk.kit.money import format_amount

Values = Mapping[str, Any]
_SPAN = re.compile(r"(\d+)([mh])")


def kind(code: str) -> str:
    """A kind of payment."""
    words = {
        "topup": _("充值"),
        "transfer": _("转账"),
        "purchase": _("消费"),
        "bill": _("缴费"),
        "withdrawal": _("提现"),
        "exchange": _("换汇"),
        "remittance": _("跨境汇款"),
    }
    return words.get(code, code)


def kinds(codes: Sequence[str]) -> str:
    """Which payments a rule looks at."""
    return _("、").join(kind(code) for code in codes) if codes else _("所有付款")


def span(text: str) -> str:
    """A window such as 10m or 24h."""
    found = _SPAN.fullmatch(text)
    if not found:
        return text
    n = int(found[1])
    if found[2] == "m":
        return ngettext("%(n)s 分钟", "%(n)s 分钟", n) % {"n": n}
    return ngettext("%(n)s 小时", "%(n)s 小时", n) % {"n": n}


def conditions(when: Mapping[str, Values], currencies: Sequence[str]) -> list[str]:
    """Each condition as a part of a sentence; amounts in the brand's currencies."""
    return [
        _PARTS[name](values, currencies) if name in _PARTS else name
        for name, values in when.items()
    ]


def whole(when: Mapping[str, Values], currencies: Sequence[str]) -> str:
    """All conditions in one sentence."""
    return _("，并且").join(conditions(when, currencies))


def _sums(values: Values, currencies: Sequence[str]) -> str:
    least = values.get("at_least") or {}
    known = [code for code in currencies if code in least] or list(least)
    return _(" 或 ").join(format_amount(least[code], code) for code in known)


def _amount(v: Values, currencies: Sequence[str]) -> str:
    return _("单笔至少 %(sums)s") % {"sums": _sums(v, currencies)}


def _count(v: Values, _currencies: Sequence[str]) -> str:
    told = {"span": span(v["window"]), "n": v["at_least"]}
    return _("%(span)s内付款成功达到 %(n)s 笔") % told


def _tries(v: Values, _currencies: Sequence[str]) -> str:
    told = {"span": span(v["window"]), "n": v["at_least"]}
    return _("%(span)s内尝试达到 %(n)s 次（没有成功的也算）") % told


def _sum(v: Values, currencies: Sequence[str]) -> str:
    told = {"span": span(v["window"]), "sums": _sums(v, currencies)}
    return _("%(span)s内累计达到 %(sums)s") % told


def _recipients(v: Values, _currencies: Sequence[str]) -> str:
    told = {"span": span(v["window"]), "n": v["at_least"]}
    return _("%(span)s内付给 %(n)s 个不同的人") % told


def _new_device(v: Values, _currencies: Sequence[str]) -> str:
    return _("设备首次使用不到 %(span)s") % {"span": span(v["window"])}


def _new_recipient(_values: Values, _currencies: Sequence[str]) -> str:
    return _("第一次付给此人")


def _odd_hour(v: Values, _currencies: Sequence[str]) -> str:
    return _("品牌当地时间 %(first)s 点到 %(last)s 点") % {"first": v["from"], "last": v["to"]}


def _in_and_out(v: Values, currencies: Sequence[str]) -> str:
    told = {"sums": _sums(v, currencies), "span": span(v["window"]), "percent": v["percent"]}
    return _("一天内转入至少 %(sums)s，%(span)s内转出达到转入的 %(percent)s%%") % told


def _contact_changed(v: Values, _currencies: Sequence[str]) -> str:
    return _("联系方式更改不到 %(span)s") % {"span": span(v["window"])}


_PARTS: Mapping[str, Callable[[Values, Sequence[str]], str]] = {
    "amount": _amount,
    "count": _count,
    "tries": _tries,
    "sum": _sum,
    "recipients": _recipients,
    "new_device": _new_device,
    "new_recipient": _new_recipient,
    "odd_hour": _odd_hour,
    "in_and_out": _in_and_out,
    "contact_changed": _contact_changed,
}
