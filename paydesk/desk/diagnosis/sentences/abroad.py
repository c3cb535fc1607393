"""About other currencies and other countries."""

from django.utils.translation import gettext_lazy as _

from paydesk.desk.diagnosis.sentences.shape import Sentences

ABROAD = {
    "quote_lapsed": Sentences(
        _("报价已过期"),
        _("汇率报价于 %(until)s 失效，款项没有扣除。请获取新报价。"),
        _("提交时报价已于 %(until)s 失效。"),
    ),
    "no_liquidity": Sentences(
        _("该币种暂时无法兑换"),
        _("%(currency)s 暂时无法兑换，款项没有扣除。请稍后再试。"),
        _("%(currency)s 头寸不足，请通知资金部门。"),
    ),
    "cross_border_data": Sentences(
        _("跨境付款信息不全"),
        _("还需要补充：%(which)s。款项没有扣除。"),
        _("缺少跨境必填信息：%(which)s。"),
    ),
}
