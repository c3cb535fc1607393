"""Names of payments and what belongs to them in the reader's language. Chinese is the source."""

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paydesk.money.payments.states import HoldReason, PaymentKind, PaymentState

_KINDS = {
    PaymentKind.TOPUP: gettext_lazy("充值"),
    PaymentKind.TRANSFER: gettext_lazy("转账"),
    PaymentKind.REFUND: gettext_lazy("退款"),
    PaymentKind.PURCHASE: gettext_lazy("消费"),
    PaymentKind.DISBURSEMENT: gettext_lazy("商户付款"),
    PaymentKind.BILL: gettext_lazy("缴费"),
    PaymentKind.WITHDRAWAL: gettext_lazy("提现"),
    PaymentKind.EXCHANGE: gettext_lazy("兑换"),
    PaymentKind.REMITTANCE: gettext_lazy("跨境汇款"),
}
_STATES = {
    PaymentState.CREATED: gettext_lazy("已创建"),
    PaymentState.REQUIRES_ACTION: gettext_lazy("待验证"),
    PaymentState.PROCESSING: gettext_lazy("处理中"),
    PaymentState.SUCCEEDED: gettext_lazy("成功"),
    PaymentState.FAILED: gettext_lazy("失败"),
    PaymentState.CANCELLED: gettext_lazy("已取消"),
    PaymentState.UNKNOWN: gettext_lazy("结果待确认"),
}
_HOLD_REASONS = {
    HoldReason.ORDER: gettext_lazy("订单预留"),
    HoldReason.DISPUTE: gettext_lazy("争议处理"),
    HoldReason.REVIEW: gettext_lazy("交易核实"),
}
_WALLETS = {
    "alipay": gettext_lazy("支付宝"),
    "wechat": gettext_lazy("微信支付"),
    "transfer": gettext_lazy("银行转账"),
    "unionpay": gettext_lazy("银联"),
}
_OPEN = {
    "alipay:qr": gettext_lazy("用支付宝扫码"),
    "alipay:wap": gettext_lazy("在这部手机上打开支付宝"),
    "wechat:native": gettext_lazy("用微信扫码"),
    "wechat:h5": gettext_lazy("在这部手机上打开微信"),
    "unionpay:page": gettext_lazy("在银联的页面上付款"),
    "bank": gettext_lazy("转到您的专属收款账号，到账后自动入账"),
}
_INSTRUMENTS = {
    "sim_card_4242": gettext_lazy("正常扣款"),
    "sim_card_0051": gettext_lazy("卡内余额不足（51）"),
    "sim_card_0005": gettext_lazy("银行拒绝，未说明原因（05）"),
    "sim_card_0054": gettext_lazy("卡已过期（54）"),
    "sim_card_0014": gettext_lazy("卡号无效（14）"),
    "sim_card_0127": gettext_lazy("安全码不符"),
    "sim_card_0128": gettext_lazy("邮编不符"),
    "sim_card_3155": gettext_lazy("需要 3-D Secure 验证"),
    "sim_card_0041": gettext_lazy("挂失卡（41）"),
    "sim_card_0043": gettext_lazy("被盗卡（43）"),
    "sim_card_0059": gettext_lazy("疑似欺诈（59）"),
    "sim_card_0061": gettext_lazy("超出卡的金额限制（61）"),
    "sim_card_0065": gettext_lazy("超出卡的次数限制（65）"),
    "sim_card_0057": gettext_lazy("未开通线上支付（57）"),
    "sim_card_0062": gettext_lazy("卡受限制（62）"),
    "sim_card_0840": gettext_lazy("卡不支持该币种"),
    "sim_card_0091": gettext_lazy("发卡行无应答（91）"),
    "sim_card_0096": gettext_lazy("系统故障（96）"),
    "sim_card_0094": gettext_lazy("重复交易（94）"),
    "sim_card_0921": gettext_lazy("超时，之后查询得知成功"),
    "sim_card_0922": gettext_lazy("超时，之后查询得知未扣款"),
    "sim_card_0923": gettext_lazy("超时，之后通知成功"),
    "sim_card_0924": gettext_lazy("稍后成功，通知重复两次"),
    "sim_card_0925": gettext_lazy("通知金额与订单不符"),
    "sim_card_0926": gettext_lazy("收到伪造的通知"),
    "sim_card_0259": gettext_lazy("付款成功，稍后被持卡人争议"),
    "sim_card_4747": gettext_lazy("付款成功，退款时原卡已注销"),
    "sim_card_4748": gettext_lazy("付款成功，退款超时后成功"),
    "sim_card_4749": gettext_lazy("付款成功，退款稍后到账"),
    "sim_card_4751": gettext_lazy("付款成功，退款到账后被退回"),
    "sim_wallet_paying": gettext_lazy("等待付款人在另一应用中输入密码"),
    "sim_wallet_qr": gettext_lazy("显示二维码，等待扫码"),
    "sim_wallet_closed": gettext_lazy("订单已关闭（ORDER_CLOSED）"),
    "sim_wallet_short": gettext_lazy("对方钱包余额不足"),
    "sim_wallet_limit": gettext_lazy("超过支付机构限额"),
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
        if shown.get("kind") == "card" and shown.get("last4"):
            return _("银行卡 尾号 %(last4)s") % {"last4": shown.get("last4", "")}
        scheme = shown.get("scheme", "")
        return str(_WALLETS.get(scheme, scheme))


def way_hint(token: str, lang: str) -> str:
    """How one pays with a token of a real provider that anybody may use; empty for another."""
    with translation.override(language(lang)):
        return str(_OPEN.get(token, _OPEN.get(token.partition(":")[0], "")))


def instrument_hint(token: str, lang: str) -> str:
    """What a test instrument of the simulated provider does. Raises KeyError for another token."""
    with translation.override(language(lang)):
        return str(_INSTRUMENTS[token])
