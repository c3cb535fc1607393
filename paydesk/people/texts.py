"""What restrictions are called in the reader's language. Codes in, words out."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paydesk.people.models import RestrictionKind, Scope

REASONS = {
    "customer_asked": gettext_lazy("客户要求"),
    "by_customer": gettext_lazy("客户自行冻结"),
    "device_lost": gettext_lazy("设备遗失"),
    "suspected_theft": gettext_lazy("疑似被盗"),
    "suspected_fraud": gettext_lazy("疑似欺诈"),
    "risk_signal": gettext_lazy("风险信号"),
    "wrong_passwords": gettext_lazy("密码连续输错"),
}
"""Why a restriction was placed, for staff: a customer may not learn all of it."""


def reason(code: str) -> str:
    """Why it was placed; a code without words is told as it is."""
    return str(REASONS.get(code, code))


def effect(scope: str) -> str:
    """What a restriction of this scope keeps from happening."""
    return {
        Scope.SIGNIN: _("暂时不能登录。"),
        Scope.SEND: _("暂时不能付款和转账，仍可收款。"),
        Scope.RECEIVE: _("暂时不能收款，仍可付款和转账。"),
        Scope.ALL: _("暂时不能付款、转账和收款。"),
    }[Scope(scope)]


def kind(code: str) -> str:
    """What a kind of restriction is called."""
    return {
        RestrictionKind.PASSWORD: _("密码连续输错"),
        RestrictionKind.RISK: _("异常交易"),
        RestrictionKind.IDENTITY: _("身份认证未完成"),
        RestrictionKind.FREEZE: _("账户冻结"),
    }[RestrictionKind(code)]
