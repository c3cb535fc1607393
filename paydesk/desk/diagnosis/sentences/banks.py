"""About bank accounts and what banks do with a transfer."""

from django.utils.translation import gettext_lazy as _

from paydesk.desk.diagnosis.sentences.shape import Sentences

BANKS = {
    "name_differs": Sentences(
        _("收款人姓名不符"),
        _("填写的姓名与账户不一致，款项没有扣除。请核对，确认无误后再付。"),
        _("姓名核对不一致；不得透露账户的真实户名。"),
    ),
    "bank_details": Sentences(
        _("%(which)s有误"),
        _("填写的%(which)s不正确，请更正后重试。款项没有扣除。"),
        _("%(which)s校验未通过。"),
    ),
    "bank_not_served": Sentences(
        _("暂不支持该银行或地区"),
        _("目前还不能汇往 %(bank)s，款项没有扣除。请换一个银行账户。"),
        _("没有通往 %(bank)s 的汇路。"),
    ),
    "past_cutoff": Sentences(
        _("已过今日截止时间"),
        _("今天的截止时间 %(cut_off)s 已过，这笔 %(amount)s 将于 %(on)s 汇出，无需操作。"),
        _("提交时已过截止时间 %(cut_off)s，%(on)s 汇出。"),
    ),
    "bank_returned": Sentences(
        _("银行已退回"),
        _("收款银行退回了这笔 %(amount)s，已于 %(at)s 退还到您的余额。请核对银行账户。"),
        _("收款行退汇，%(at)s 已自动贷记客户钱包。"),
    ),
}
