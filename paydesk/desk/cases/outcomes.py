"""Words for money that did not come back: why, and what can be done. Chinese is the source.

Every function speaks the active language.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

UNPAID = {
    "balance_short": gettext_lazy("收款人的余额不够，这笔钱已用掉或转走"),
    "balance_held": gettext_lazy("收款人的余额被预留"),
    "sender_restricted": gettext_lazy("收款人的账户受限"),
    "recipient_restricted": gettext_lazy("付款人的账户受限"),
    "sender_closed": gettext_lazy("收款人的账户已关闭"),
    "recipient_closed": gettext_lazy("付款人的账户已关闭"),
    "no_liquidity": gettext_lazy("付款币种的备付资金不足"),
    "approval_needed": gettext_lazy("已超过免审批的限额，请重新提交审批"),
    "refund_too_much": gettext_lazy("超过了剩余可退的金额"),
    "ledger_refused": gettext_lazy("账本拒绝了这笔记账，请联系运营"),
    "duplicate": gettext_lazy("同时有另一笔退款，请核对后再试"),
}


def refund_failed(amount: str, why: str) -> str:
    """For staff: a refund of `amount`, as money in words, that was refused for the reason `why`."""
    if why in UNPAID:
        return _("退款 %(amount)s 没有成功：%(why)s") % {"amount": amount, "why": UNPAID[why]}
    return _("退款 %(amount)s 没有成功") % {"amount": amount}


def recall_refused(number: str, gone: bool | None, back: str) -> str:
    """For both sides of the case: a recall ended with nothing; `gone`: the recipient has none of
    it any more; `back`: what was refunded of it meanwhile, as money in words, or nothing."""
    if back:
        told = {"number": number, "amount": back}
        return _("追回 %(number)s 已结束：其中 %(amount)s 已退回，其余未退回") % told
    if not gone:
        return _("追回 %(number)s 已结束，款项未退回") % {"number": number}
    return _(
        "追回 %(number)s 已结束：这笔钱已付给收款人，并已用掉或转走，无法收回。"
        "可以直接联系收款人；被骗的请报警并保留记录，我们会配合警方。"
    ) % {"number": number}
