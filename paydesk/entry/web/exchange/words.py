"""Words of the exchange pages for codes: countries, purposes, relationships, sources."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from paydesk.money.exchange.rules import Purpose, Relationship, Source

COUNTRIES: Mapping[str, Promise] = {
    "CN": _("中国内地"),
    "HK": _("中国香港"),
    "US": _("美国"),
    "JP": _("日本"),
    "DE": _("德国"),
    "FR": _("法国"),
    "GB": _("英国"),
    "SG": _("新加坡"),
}
PURPOSES: Mapping[str, Promise] = {
    Purpose.FAMILY.value: _("赡养家庭"),
    Purpose.STUDY.value: _("留学"),
    Purpose.TRAVEL.value: _("旅行"),
    Purpose.GOODS.value: _("购买货物"),
    Purpose.SERVICES.value: _("购买服务"),
    Purpose.SALARY.value: _("工资"),
    Purpose.RENT.value: _("房租"),
    Purpose.GIFT.value: _("赠与"),
}
RELATIONSHIPS: Mapping[str, Promise] = {
    Relationship.FAMILY.value: _("家人"),
    Relationship.FRIEND.value: _("朋友"),
    Relationship.BUSINESS.value: _("生意往来"),
    Relationship.EMPLOYER.value: _("雇主或雇员"),
    Relationship.SCHOOL.value: _("学校"),
}
SOURCES: Mapping[str, Promise] = {
    Source.SALARY.value: _("工资收入"),
    Source.SAVINGS.value: _("储蓄"),
    Source.BUSINESS.value: _("经营收入"),
    Source.SALE.value: _("出售资产"),
}
