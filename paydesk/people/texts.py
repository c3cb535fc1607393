"""What restrictions are called in the reader's language. Codes in, words out."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paydesk.people.models import FactorKind, RestrictionKind, Scope

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


def identity_refusal(code: str) -> str:
    """Why documents were not enough, as their sender reads it."""
    return {
        "unreadable": _("图片不清楚，请在光线好的地方重新拍摄。"),
        "expired": _("证件已过期，请使用有效的证件。"),
        "name_differs": _("证件上的姓名与账户姓名不一致。"),
        "face_differs": _("本人照片与证件照片对不上，请重新拍摄。"),
        "wrong_document": _("这不是所选的证件类型。"),
        "altered": _("图片被修改过，请上传原图。"),
    }[code]


def document(code: str) -> str:
    """What a kind of document is called."""
    return {
        "id_card": _("身份证"),
        "passport": _("护照"),
        "residence": _("居留许可"),
    }[code]


def side(code: str) -> str:
    """What a picture of a document shows."""
    return {
        "front": _("证件正面"),
        "back": _("证件背面"),
        "face": _("本人手持证件"),
    }[code]


def factor(code: str) -> str:
    """What a kind of second factor is called."""
    return {
        FactorKind.TOTP: _("验证器应用"),
        FactorKind.PASSKEY: _("通行密钥"),
        FactorKind.RECOVERY: _("恢复码"),
    }[FactorKind(code)]
