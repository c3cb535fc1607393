"""Words about bills in the reader's language. Codes in, words out."""

from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from paydesk.money.bills.directory import Category
from paydesk.money.bills.references import Flaw

CATEGORIES = {
    Category.POWER: _("电费"),
    Category.WATER: _("水费"),
    Category.GAS: _("燃气费"),
    Category.PHONE: _("话费"),
    Category.INTERNET: _("网络与会员"),
    Category.HOUSING: _("房租物业"),
    Category.TRANSPORT: _("交通"),
    Category.EDUCATION: _("教育"),
}
ICONS = {
    Category.POWER: "zap",
    Category.WATER: "droplets",
    Category.GAS: "flame",
    Category.PHONE: "smartphone",
    Category.INTERNET: "wifi",
    Category.HOUSING: "building-2",
    Category.TRANSPORT: "train-front",
    Category.EDUCATION: "graduation-cap",
}
_SAMPLES = {
    "due": _("查到账单，可以缴"),
    "paid": _("这一期已经缴清"),
    "unknown": _("没有这个户号"),
    "down": _("收费单位暂停服务"),
    "silent": _("收费单位没有及时回复，稍后才有结果"),
    "refused": _("收费单位拒收，钱退回"),
}
_FLAWS = {
    Flaw.EMPTY: _("请填写%(label)s。"),
    Flaw.TOO_LONG: _("%(label)s太长，请对照账单重新输入。"),
    Flaw.SHAPE: _("%(label)s的格式不对，请对照账单重新输入。"),
    Flaw.CHECK_DIGIT: _("%(label)s有一位输错了（校验不通过），请逐位核对。"),
}


def category(name: str, lang: str) -> str:
    """A category of billers by name."""
    with translation.override(lang):
        return str(CATEGORIES[Category(name)])


def samples(known: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the simulated biller does with each sample, and the sample."""
    return [(str(_SAMPLES[does]), reference) for does, reference in known.items()]


def flaw(found: Flaw, label: str, lang: str) -> str:
    """What to tell somebody whose reference is wrong; `label` is what the biller calls it."""
    with translation.override(lang):
        return str(_FLAWS[found]) % {"label": label}
