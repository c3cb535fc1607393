"""Words about bills in the reader's language. Codes in, words out."""

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


def flaw(found: Flaw, label: str, lang: str) -> str:
    """What to tell somebody whose reference is wrong; `label` is what the biller calls it."""
    with translation.override(lang):
        return str(_FLAWS[found]) % {"label": label}
