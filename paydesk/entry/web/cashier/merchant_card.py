"""What a payer is told of a merchant before paying (mission C9): name, standing, since when."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from paydesk.kit import clock
from paydesk.money.merchants.models import Merchant
from paydesk.money.merchants.rules import Standing


@dataclass(frozen=True, slots=True)
class MerchantCard:
    """A merchant as payers see it. `tone`: ok, warn or bad."""

    name: str
    about: str
    website: str
    number: str
    standing: str
    tone: str
    known: str


def card_of(merchant: Merchant) -> MerchantCard:
    """What may be told of a merchant to anybody who has its link."""
    standing, tone = _standing(Standing(merchant.standing))
    return MerchantCard(
        name=merchant.name,
        about=merchant.about,
        website=merchant.website,
        number=merchant.number,
        standing=standing,
        tone=tone,
        known=_known(merchant),
    )


def _standing(standing: Standing) -> tuple[str, str]:
    if standing is Standing.ACTIVE:
        return _("已审核的商户"), "ok"
    if standing is Standing.SANDBOX:
        return _("尚未审核，只能使用测试资金"), "warn"
    if standing is Standing.SUSPENDED:
        return _("已暂停收款"), "bad"
    return _("不能收款"), "bad"


def _known(merchant: Merchant) -> str:
    if merchant.since is None:
        return ""
    days = (clock.now() - merchant.since).days
    if days < 1:
        return _("新商户：今天开通")
    if days < 30:
        return _("新商户：%(days)s 天前开通") % {"days": days}
    return _("%(month)s 开通") % {"month": f"{merchant.since:%Y-%m}"}
