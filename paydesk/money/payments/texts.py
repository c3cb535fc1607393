"""Names of payments and what belongs to them in the reader's language. Chinese is the source."""

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from paydesk.money.payments.states import HoldReason, PaymentKind, PaymentState

_KINDS = {
    PaymentKind.TOPUP: lazy("充值"),
    PaymentKind.TRANSFER: lazy("转账"),
    PaymentKind.REFUND: lazy("退款"),
}
_STATES = {
    PaymentState.CREATED: lazy("已创建"),
    PaymentState.REQUIRES_ACTION: lazy("待验证"),
    PaymentState.PROCESSING: lazy("处理中"),
    PaymentState.SUCCEEDED: lazy("成功"),
    PaymentState.FAILED: lazy("失败"),
    PaymentState.CANCELLED: lazy("已取消"),
    PaymentState.UNKNOWN: lazy("结果待确认"),
}
_HOLD_REASONS = {
    HoldReason.ORDER: lazy("订单预留"),
    HoldReason.DISPUTE: lazy("争议处理"),
    HoldReason.REVIEW: lazy("交易核实"),
}
_WALLETS = {"alipay": lazy("支付宝")}
_INSTRUMENTS = {
    "sim_card_4242": lazy("正常扣款"),
    "sim_card_0051": lazy("卡内余额不足（51）"),
    "sim_card_0005": lazy("银行拒绝，未说明原因（05）"),
    "sim_card_0054": lazy("卡已过期（54）"),
    "sim_card_0014": lazy("卡号无效（14）"),
    "sim_card_0127": lazy("安全码不符"),
    "sim_card_0128": lazy("邮编不符"),
    "sim_card_3155": lazy("需要 3-D Secure 验证"),
    "sim_card_0041": lazy("挂失卡（41）"),
    "sim_card_0043": lazy("被盗卡（43）"),
    "sim_card_0059": lazy("疑似欺诈（59）"),
    "sim_card_0061": lazy("超出卡的金额限制（61）"),
    "sim_card_0065": lazy("超出卡的次数限制（65）"),
    "sim_card_0057": lazy("未开通线上支付（57）"),
    "sim_card_0062": lazy("卡受限制（62）"),
    "sim_card_0840": lazy("卡不支持该币种"),
    "sim_card_0091": lazy("发卡行无应答（91）"),
    "sim_card_0096": lazy("系统故障（96）"),
    "sim_card_0094": lazy("重复交易（94）"),
    "sim_card_0921": lazy("超时，之后查询得知成功"),
    "sim_card_0922": lazy("超时，之后查询得知未扣款"),
    "sim_card_0923": lazy("超时，之后通知成功"),
    "sim_card_0924": lazy("稍后成功，通知重复两次"),
    "sim_card_0925": lazy("通知金额与订单不符"),
    "sim_card_0926": lazy("收到伪造的通知"),
    "sim_wallet_paying": lazy("等待付款人在另一应用中输入密码"),
}


def language(lang: str) -> str:
    """Django's code for a reader's language: `zh…` is Simplified Chinese, all else English."""
    return "zh-hans" if lang.lower().startswith("zh") else "en"


def kind(name: str, lang: str) -> str:
    """A payment kind by name, such as 充值 / Top-up."""
    with translation.override(language(lang)):
        return str(_KINDS[PaymentKind(name)])


def state(name: str, lang: str) -> str:
    """A payment state by name."""
    with translation.override(language(lang)):
        return str(_STATES[PaymentState(name)])


def hold_reason(name: str, lang: str) -> str:
    """Why money is reserved, as a customer may read it."""
    with translation.override(language(lang)):
        return str(_HOLD_REASONS[HoldReason(name)])


def method(shown: Mapping[str, Any], lang: str) -> str:
    """A masked means of payment: 银行卡 尾号 4242. Empty for none."""
    if not shown:
        return ""
    with translation.override(language(lang)):
        if shown.get("kind") == "card":
            return _("银行卡 尾号 %(last4)s") % {"last4": shown.get("last4", "")}
        scheme = shown.get("scheme", "")
        return str(_WALLETS.get(scheme, scheme))


def instrument_hint(token: str, lang: str) -> str:
    """What a test instrument of the simulated provider does. Raises KeyError for another token."""
    with translation.override(language(lang)):
        return str(_INSTRUMENTS[token])
