"""Words about bank accounts in the reader's language. Codes in, words out."""

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paydesk.money.payouts.details import Flaw, Problem, Scheme
from paydesk.money.payouts.rules import WithdrawalState

SCHEMES = {
    Scheme.CN_CARD: _("银联借记卡"),
    Scheme.CN_ACCOUNT: _("中国大陆银行账户"),
    Scheme.IBAN: _("IBAN 账户"),
    Scheme.US_ACCOUNT: _("美国银行账户"),
    Scheme.SWIFT: _("其他境外账户（SWIFT）"),
}
COUNTRIES = {
    "CN": _("中国大陆"), "HK": _("中国香港"), "US": _("美国"), "CA": _("加拿大"),
    "GB": _("英国"), "DE": _("德国"), "FR": _("法国"), "ES": _("西班牙"), "IT": _("意大利"),
    "NL": _("荷兰"), "JP": _("日本"), "SG": _("新加坡"),
}  # fmt: skip
STATES = {
    WithdrawalState.WAITING: _("等待汇出"),
    WithdrawalState.SENDING: _("已交给银行"),
    WithdrawalState.CANCELLING: _("正在撤销"),
    WithdrawalState.CANCELLED: _("已撤销"),
    WithdrawalState.RETURNING: _("银行退回，正在入账"),
    WithdrawalState.RETURNED: _("银行退回，已入账"),
}
_FIELDS = {
    "card": _("卡号"),
    "account": _("账号"),
    "iban": _("IBAN"),
    "bank": _("银行"),
    "cnaps": _("开户行联行号"),
    "swift": _("SWIFT 代码"),
    "holder": _("账户持有人"),
    "country": _("账户所在国家或地区"),
}
_PROBLEMS: dict[tuple[str, Problem] | Problem, str | Promise] = {
    Problem.EMPTY: _("请填写%(field)s。"),
    Problem.NOT_DIGITS: _("%(field)s只能是数字，请检查有没有把字母 O、l 当作 0、1。"),
    Problem.SHAPE: _("%(field)s的格式不对。"),
    Problem.LENGTH: _("%(field)s的位数不对，请对照银行卡或对账单重新输入。"),
    Problem.CHECKSUM: _("%(field)s有一位输错了（校验不通过），请逐位核对。"),
    Problem.UNKNOWN_BANK: _("没有找到这家银行，请从列表中选择。"),
    Problem.BANK_DIFFERS: _("这个号码不属于所选的银行。"),
    Problem.COUNTRY: _("%(field)s与所选的国家或地区不符。"),
    Problem.NAME: _("持有人姓名要用文字填写，最多 80 个字。"),
    ("cnaps", Problem.UNKNOWN_BANK): _("联行号所属的银行暂不支持。"),
    ("iban", Problem.COUNTRY): _("IBAN 开头的国家代码不对。"),
    ("bank", Problem.EMPTY): _("从卡号认不出银行，请选择发卡银行。"),
    ("bank", Problem.CHECKSUM): _("路由号码有一位输错了（校验不通过），请逐位核对。"),
}


def scheme(name: str, lang: str) -> str:
    """A kind of bank account by name."""
    with translation.override(lang):
        return str(SCHEMES[Scheme(name)])


def account(bank: str, last4: str, lang: str) -> str:
    """A bank account as it is shown: 招商银行 尾号 1234."""
    with translation.override(lang):
        return gettext("%(bank)s 尾号 %(last4)s") % {"bank": bank, "last4": last4}


def country(code: str, lang: str) -> str:
    """A country by its code; the code where we have no word for it."""
    with translation.override(lang):
        return str(COUNTRIES.get(code, code))


def state(name: str, lang: str) -> str:
    """How far a withdrawal has come."""
    with translation.override(lang):
        return str(STATES[WithdrawalState(name)])


def flaw(found: Flaw, lang: str) -> str:
    """What to tell somebody about a field that is wrong."""
    with translation.override(lang):
        words = _PROBLEMS.get((found.field, found.problem)) or _PROBLEMS[found.problem]
        return str(words) % {"field": str(_FIELDS[found.field])}
