"""A case's codes in words of the active language and time zone. None of them is stored."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from paydesk.brands import profiles
from paydesk.brands.profile import Brand
from paydesk.desk.cases import outcomes
from paydesk.desk.cases.rules import FreezeReason, State, Topic
from paydesk.kit import shield
from paydesk.kit.money import format_amount
from paydesk.people import texts as people

Params = Mapping[str, Any]

TOPICS = {
    Topic.TRANSFER_FAILED: gettext_lazy("转账失败"),
    Topic.TOPUP_FAILED: gettext_lazy("充值失败"),
    Topic.PAYMENT: gettext_lazy("付款咨询"),
    Topic.REFUND: gettext_lazy("退款"),
    Topic.ACCOUNT_LOCKED: gettext_lazy("账户锁定"),
    Topic.ACCOUNT_FROZEN: gettext_lazy("账户冻结"),
    Topic.THEFT: gettext_lazy("账户被盗"),
    Topic.IDENTITY: gettext_lazy("实名认证"),
    Topic.OFFICIAL_CHECK: gettext_lazy("官方验证"),
    Topic.COMPLAINT: gettext_lazy("投诉"),
    Topic.OTHER: gettext_lazy("其他问题"),
}

STATES = {
    State.OPEN: gettext_lazy("待答复"),
    State.WAITING_CUSTOMER: gettext_lazy("等客户"),
    State.WAITING_INSIDE: gettext_lazy("等内部"),
    State.SOLVED: gettext_lazy("已解决"),
    State.CLOSED: gettext_lazy("已关闭"),
}

CHANNELS = {
    "chat": gettext_lazy("在线聊天"),
    "hotline": gettext_lazy("热线"),
    "email": gettext_lazy("邮件"),
    "wechat": gettext_lazy("微信"),
    "qq": gettext_lazy("QQ"),
    "facebook": gettext_lazy("Facebook"),
    "x": gettext_lazy("X"),
    "social": gettext_lazy("社交媒体"),
    "helpcentre": gettext_lazy("帮助中心"),
    "complaints": gettext_lazy("投诉专区"),
}

PRIORITIES = {
    1: gettext_lazy("紧急"),
    2: gettext_lazy("优先"),
    3: gettext_lazy("普通"),
    4: gettext_lazy("不急"),
}

SCOPES = {
    "all": gettext_lazy("收付款"),
    "send": gettext_lazy("付款功能"),
    "receive": gettext_lazy("收款功能"),
}
FREEZE_REASONS = {code: people.REASONS[code.value] for code in FreezeReason}

ACTIONS = {
    "unfreeze": gettext_lazy("解冻账户"),
    "refund": gettext_lazy("退款"),
    "freeze": gettext_lazy("冻结账户"),
    "unlock": gettext_lazy("解锁"),
    "refund_request": gettext_lazy("退款申请"),
    "merchant.activate": gettext_lazy("开通商户收款"),
    "fund_liquidity": gettext_lazy("补充备付资金"),
    "reconciliation.explain": gettext_lazy("解释对账差异"),
    "reconcile": gettext_lazy("按实收入账"),
    "reconciliation.statement": gettext_lazy("执行上传的银行流水"),
    "risk.switch_on": gettext_lazy("启用风险规则"),
}

REFUSALS = {
    "empty": gettext_lazy("请先写点内容。"),
    "too_long": gettext_lazy("内容太长，请分几条发送。"),
    "too_many_files": gettext_lazy("一条消息最多附 5 个文件。"),
    "file_unknown": gettext_lazy("附件已失效，请重新上传。"),
    "closed": gettext_lazy("此会话已关闭，请开始新的会话。"),
    "channel_not_offered": gettext_lazy("该渠道暂不提供服务。"),
    "already_taken": gettext_lazy("同事刚刚接手了这个案件。"),
    "not_live": gettext_lazy("案件已解决，请先重新打开。"),
    "full": gettext_lazy("您手上的会话已满，请先处理几个再接新的。"),
    "not_a_colleague": gettext_lazy("这位同事不在该品牌工作。"),
    "waits_for_approval": gettext_lazy("还有审批未决，暂不能解决此案件。"),
    "unanswered": gettext_lazy("客户还没有收到答复，请先回复再解决。"),
    "no_customer": gettext_lazy("还不知道对方是哪位客户，不能操作账户。"),
    "not_frozen": gettext_lazy("该账户没有被冻结。"),
    "not_locked": gettext_lazy("该账户没有被锁定。"),
    "already_frozen": gettext_lazy("该账户已经冻结。"),
    "not_refundable": gettext_lazy("这笔付款不能退款。"),
    "too_old": gettext_lazy("这笔跨境汇款已超过可以退款的期限。"),
    "amount": gettext_lazy("请输入正确的金额。"),
    "until": gettext_lazy("请选择一个将来的时间。"),
    "too_much": gettext_lazy("超过了可退金额。"),
    "no_payment": gettext_lazy("本案件里没有这笔付款。"),
    "already_requested": gettext_lazy("已经申请过，正在等待审批。"),
    "short": gettext_lazy("可用余额不足。"),
    "no_request": gettext_lazy("没有找到这个申请。"),
    "decided": gettext_lazy("这个申请已经有了决定。"),
    "no_answer": gettext_lazy("拒绝时请写明给客户的理由。"),
    "nothing_held": gettext_lazy("没有冻结到钱，也没有退过款。请先为这笔付款退款，再结束追回。"),
    "still_held": gettext_lazy("有一方的账户受限，现在无法退回；这笔钱仍冻结着。"),
    "hold_over": gettext_lazy("这笔预留已经结束。"),
    "not_yours": gettext_lazy("没有找到此会话。"),
    "client_id_taken": gettext_lazy("消息编号重复，请刷新页面。"),
}


def refusal(code: str) -> str:
    """What to tell somebody whose wish was refused with this code."""
    return str(REFUSALS.get(code, _("没有成功，请刷新页面后再试。")))


def topic(code: str) -> str:
    """A topic's name."""
    return str(TOPICS[Topic(code)])


def state(code: str) -> str:
    """A state's name, as staff call it."""
    return str(STATES[State(code)])


def channel(code: str) -> str:
    """A channel's name."""
    return str(CHANNELS.get(code, code))


def line(data: Params, *, brand: str, staff: bool) -> str:
    """The words of a system or action line for staff or for the customer's side.

    A code that is not known (a later version's) gives an empty text, never an error.
    """
    words = _LINES.get(str(data.get("code")))
    if words is None:
        return ""
    return words(data.get("params") or {}, profiles.get(brand), staff)


def _moment(iso: str) -> str:
    local = timezone.localtime(datetime.fromisoformat(iso))
    chinese = (get_language() or "zh").startswith("zh")
    return f"{local:%m-%d %H:%M}" if chinese else date_format(local, "j M H:i")


def _after_hours(params: Params, brand: Brand, staff: bool) -> str:
    by = _moment(params["by"])
    if staff:
        return _("非服务时间留言，已承诺 %(by)s 前答复") % {"by": by}
    return _("现在不在服务时间。您的留言已收到，我们会在 %(by)s 前答复您。") % {"by": by}


def _masked(params: Params, brand: Brand, staff: bool) -> str:
    hidden = [shield.Kind(kind) for kind in params["kinds"]]
    kinds = shield.names(hidden, get_language() or "zh")
    if params.get("by") == "staff":
        return _("已遮盖消息中的%(kinds)s，请勿在会话里写下客户的机密") % {"kinds": kinds}
    if staff:
        return _("已提醒客户：请勿在聊天中发送%(kinds)s") % {"kinds": kinds}
    return _("已遮盖您发送的%(kinds)s。客服绝不会索要，请勿告诉任何人。") % {"kinds": kinds}


def _amount(params: Params) -> str:
    return format_amount(int(params["amount"]), params["currency"])


def _plain(text: Callable[[], str]) -> Callable[[Params, Brand, bool], str]:
    return lambda params, brand, staff: text() % params


def _sum(text: Callable[[], str]) -> Callable[[Params, Brand, bool], str]:
    """As `_plain`, with the amount as money."""
    return lambda params, brand, staff: text() % {**params, "amount": _amount(params)}


def _solved(params: Params, brand: Brand, staff: bool) -> str:
    if staff:
        return _("%(staff)s 标记为已解决") % params
    return _("客服已将问题标记为解决。如果还有疑问，直接回复即可。")


def _solved_itself(params: Params, brand: Brand, staff: bool) -> str:
    if staff:
        return _("事情已了结，会话随之解决")
    return _("事情已办完。如果还有疑问，直接回复即可。")


def _taken(params: Params, brand: Brand, staff: bool) -> str:
    return _("%(staff)s 接手了会话") % params if staff else _("客服 %(staff)s 为您服务") % params


def _handed_over(params: Params, brand: Brand, staff: bool) -> str:
    if staff:
        return _("%(staff)s 转交给 %(to)s") % params
    return _("客服 %(to)s 为您服务") % params


def _scope(params: Params) -> dict[str, Any]:
    return {**params, "scope": SCOPES.get(params.get("scope", "all"), "")}


def _decision(params: Params, brand: Brand, staff: bool) -> str:
    told = {**params, "action": ACTIONS.get(params["action"], params["action"])}
    if params["state"] == "approved":
        return _("%(by)s 批准了%(action)s（双人复核）") % told
    if params["state"] == "refused":
        return _("%(by)s 拒绝了%(action)s") % told
    return _("%(action)s的审批申请已过期") % told


def _asked(params: Params, brand: Brand, staff: bool) -> str:
    told = {**params, "action": ACTIONS.get(params["action"], params["action"])}
    if params.get("who"):
        return _("%(staff)s 申请%(action)s（%(who)s），等待第二人审批") % told
    return _("%(staff)s 申请%(action)s，等待第二人审批") % told


def _hold(params: Params, brand: Brand, staff: bool) -> str:
    told = {**params, "amount": _amount(params), "until": _moment(params["until"])}
    return _("%(staff)s 预留了 %(amount)s，至 %(until)s") % told


def _refund_asked(params: Params, brand: Brand, staff: bool) -> str:
    told = {**params, "amount": _amount(params)}
    if staff:
        return _("客户申请退款 %(amount)s（申请 %(number)s）") % told
    return _("您申请退款 %(amount)s，申请编号 %(number)s") % told


def _recall_asked(params: Params, brand: Brand, staff: bool) -> str:
    held = format_amount(int(params["held"]), params["currency"])
    told = {**params, "amount": _amount(params), "held": held}
    if staff and not int(params["held"]):
        return _("客户要求追回 %(amount)s，没有可以冻结的款项") % told
    if staff:
        return _("客户要求追回 %(amount)s，已冻结对方 %(held)s") % told
    return _("您要求追回 %(amount)s，编号 %(number)s") % told


def _recall_refused(params: Params, brand: Brand, staff: bool) -> str:
    if params.get("held") == 0:
        return _("%(staff)s 决定不追回") % params
    return _("%(staff)s 决定不追回，已解除冻结") % params


def _recall_over(params: Params, brand: Brand, staff: bool) -> str:
    back = _amount(params) if params.get("partly") else ""
    return outcomes.recall_refused(params["number"], params.get("gone"), back)


_LINES: dict[str, Callable[[Params, Brand, bool], str]] = {
    "after_hours": _after_hours,
    "masked": _masked,
    "reopened": _plain(lambda: _("客户再次来信，会话重新打开")),
    "reopened_by": _plain(lambda: _("%(staff)s 重新打开了会话")),
    "taken": _taken,
    "queued": _plain(lambda: _("%(staff)s 转回队列，等待同事接手")),
    "handed_over": _handed_over,
    "given_back": _plain(lambda: _("%(staff)s 已离开，会话退回队列")),
    "solved": _solved,
    "solved_itself": _solved_itself,
    "frozen": lambda p, b, s: _("%(staff)s 冻结了 %(who)s 的%(scope)s") % _scope(p),
    "unfrozen": _plain(lambda: _("%(who)s 的账户已解冻")),
    "unlocked": _plain(lambda: _("%(staff)s 解除了 %(who)s 的登录锁定")),
    "approval_asked": _asked,
    "approval_decided": _decision,
    "refund_started": _sum(lambda: _("%(staff)s 退款 %(amount)s，处理中")),
    "refund_paid": _sum(lambda: _("已退款 %(amount)s，单号 %(number)s")),
    "refund_failed": lambda p, b, s: outcomes.refund_failed(_amount(p), p.get("why", "")),
    "refund_asked": _refund_asked,
    "refund_granted": _sum(lambda: _("%(staff)s 同意退款 %(amount)s（申请 %(number)s）")),
    "refund_waits": _sum(lambda: _("%(staff)s 同意退款 %(amount)s，等待第二人审批")),
    "refund_refused": lambda p, b, s: _("%(staff)s 拒绝了退款申请 %(number)s") % p,
    "request_arrived": _sum(lambda: _("退款 %(amount)s 已到账（申请 %(number)s）")),
    "request_stays": _sum(lambda: _("充值 %(amount)s 无法退回原卡，留在钱包里（申请 %(number)s）")),
    "request_refused": _plain(lambda: _("退款申请 %(number)s 未通过")),
    "request_withdrawn": _plain(lambda: _("退款申请 %(number)s 已撤回")),
    "recall_asked": _recall_asked,
    "recall_returned": _sum(lambda: _("%(staff)s 决定退回付款人 %(amount)s")),
    "recall_refused": _recall_refused,
    "recall_ended_returned": _sum(lambda: _("已追回 %(amount)s（追回 %(number)s）")),
    "recall_ended_partly": _sum(lambda: _("已追回其中的 %(amount)s（追回 %(number)s）")),
    "recall_ended_refused": _recall_over,
    "hold_placed": _hold,
    "hold_failed": _sum(lambda: _("没能预留 %(amount)s：可用余额不足")),
    "release_failed": _sum(lambda: _("没能释放 %(amount)s：这笔预留已经结束")),
    "hold_released": _sum(lambda: _("%(staff)s 释放了预留的 %(amount)s")),
}
