"""Words for the codes of refunds: reasons, states, steps, objections. Chinese is the source.

Every function speaks the active language.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paydesk.kit.money import format_amount
from paydesk.money.refunds.rules import Objection, RecallWhy, Route, State, StepKind, Why

WHYS = {
    Why.DUPLICATE: gettext_lazy("重复付款"),
    Why.NOT_RECEIVED: gettext_lazy("没有收到商品或服务"),
    Why.NOT_AS_DESCRIBED: gettext_lazy("与描述不符或有质量问题"),
    Why.CANCELLED: gettext_lazy("订单已取消"),
    Why.WRONG_AMOUNT: gettext_lazy("金额不对"),
    Why.WRONG_RECIPIENT: gettext_lazy("付错了人"),
    Why.UNAUTHORISED: gettext_lazy("不是我付的"),
    Why.OTHER: gettext_lazy("其他原因"),
}
STATES = {
    State.ASKED: gettext_lazy("审核中"),
    State.APPROVAL: gettext_lazy("复核中"),
    State.SENDING: gettext_lazy("退款中"),
    State.NEEDS_ROUTE: gettext_lazy("请选择退款去处"),
    State.OWED: gettext_lazy("等商户补足，仍会退给您"),
    State.ARRIVED: gettext_lazy("已到账"),
    State.REFUSED: gettext_lazy("未通过"),
    State.WITHDRAWN: gettext_lazy("已撤回"),
}
TONES = {
    State.ARRIVED: "ok",
    State.REFUSED: "bad",
    State.NEEDS_ROUTE: "warn",
    State.OWED: "warn",
    State.WITHDRAWN: "",
}
ROUTES = {
    Route.ORIGINAL: gettext_lazy("原路退回"),
    Route.WALLET: gettext_lazy("退到钱包"),
}
OBJECTIONS = {
    Objection.KIND: gettext_lazy("这种付款不能申请退款。"),
    Objection.NOT_PAID: gettext_lazy("这笔付款没有成功，没有可退的钱。"),
    Objection.NOT_YOURS: gettext_lazy("只有付款人可以申请退款。"),
    Objection.NOTHING_LEFT: gettext_lazy("这笔付款已全部退回，或正在退回。"),
    Objection.TOO_MUCH: gettext_lazy("超过了还能退的金额。"),
    Objection.TOO_OLD: gettext_lazy("已超过可以申请退款的期限。"),
    Objection.UNDER_WAY: gettext_lazy("这笔付款的退款申请正在处理，或已经结束。"),
}
RULES = {
    "duplicate": gettext_lazy("同一订单重复付款"),
    "merchant_policy": gettext_lazy("商户的退款承诺"),
    "small": gettext_lazy("小额快速退款"),
}
RECALLS = {
    RecallWhy.FRAUD: gettext_lazy("我被骗了"),
    RecallWhy.MISTAKE: gettext_lazy("我转错了"),
}
RECALL_STATES = {
    "open": gettext_lazy("处理中"),
    "returned": gettext_lazy("已追回"),
    "partly": gettext_lazy("已追回一部分"),
    "refused": gettext_lazy("未能追回"),
}
DISPUTE_STATES = {
    "open": gettext_lazy("待举证"),
    "reviewed": gettext_lazy("银行审理中"),
    "won": gettext_lazy("已胜诉"),
    "lost": gettext_lazy("已败诉"),
}
_STEPS = {
    StepKind.ASKED: gettext_lazy("提交申请 %(amount)s"),
    StepKind.EVIDENCE: gettext_lazy("补充了凭证"),
    StepKind.GRANTED_BY_RULE: gettext_lazy("自动通过：%(rule)s"),
    StepKind.GRANTED: gettext_lazy("审核通过，退 %(amount)s"),
    StepKind.SECOND_PERSON: gettext_lazy("客服已同意，等待复核"),
    StepKind.SECOND_PERSON_NO: gettext_lazy("复核未通过，重新审核"),
    StepKind.REFUSED: gettext_lazy("审核未通过"),
    StepKind.WITHDRAWN: gettext_lazy("撤回申请"),
    StepKind.SENT: gettext_lazy("已发出 %(amount)s，%(route)s"),
    StepKind.ARRIVED: gettext_lazy("%(amount)s 已到账"),
    StepKind.OWED: gettext_lazy("商户余额不足，补足后立即退款"),
    StepKind.ROUTE_CLOSED: gettext_lazy("无法原路退回，请选择去处"),
    StepKind.ROUTE_CHOSEN: gettext_lazy("选择退到钱包"),
    StepKind.STAYS: gettext_lazy("无法退回原卡，钱留在您的钱包里"),
    StepKind.FAILED: gettext_lazy("这次没有成功，重新处理"),
    StepKind.RETURNED: gettext_lazy("银行退回了这笔退款，已存入钱包"),
}


def step(kind: str, data: Mapping[str, Any], currency: str) -> str:
    """One line of a timeline."""
    words = {
        "amount": format_amount(int(data.get("amount") or 0), currency),
        "rule": RULES.get(data.get("rule", ""), ""),
        "route": ROUTES.get(Route(data.get("route", "original")), ""),
    }
    return str(_STEPS[StepKind(kind)]) % words


def state(code: str) -> str:
    """Where a request stands."""
    return str(STATES[State(code)])


def why(code: str) -> str:
    """Why somebody asked."""
    return str(WHYS[Why(code)])


def dispute_state(code: str, *, settled: bool) -> str:
    """Where a dispute stands; `settled`: its money is where the bank wants it."""
    if code == "lost" and not settled:
        return _("已败诉，款项待收回")
    return str(DISPUTE_STATES[code])


def dispute_reason(code: str) -> str:
    """A bank's reason of a dispute: those that all providers share in words, others as they are."""
    known = {
        "fraudulent": _("持卡人称未授权"),
        "product_not_received": _("持卡人称未收到"),
        "duplicate": _("持卡人称重复扣款"),
    }
    return known.get(code, code)
