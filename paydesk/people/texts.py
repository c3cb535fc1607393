"""What restrictions are called in the reader's language. Codes in, words out."""

from django.utils.translation import gettext as _

from paydesk.people.models import RestrictionKind, Scope


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
