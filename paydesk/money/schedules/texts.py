"""Words about schedules in the reader's language. Codes in, words out."""

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paydesk.money.bills import directory
from paydesk.money.schedules.calendar import Rhythm
from paydesk.money.schedules.models import Schedule
from paydesk.money.schedules.rules import OccurrenceState, ScheduleState, What

RHYTHMS = {
    Rhythm.ONCE: _("只付一次"),
    Rhythm.WEEKLY: _("每周"),
    Rhythm.MONTHLY: _("每月"),
}
STATES = {
    ScheduleState.ACTIVE: _("进行中"),
    ScheduleState.PAUSED: _("已暂停付款"),
    ScheduleState.FINISHED: _("已完成"),
    ScheduleState.CANCELLED: _("已取消"),
}
OCCURRENCES = {
    OccurrenceState.RUNNING: _("将再次尝试"),
    OccurrenceState.WAITING: _("处理中"),
    OccurrenceState.DONE: _("已付"),
    OccurrenceState.FAILED: _("没有成功"),
    OccurrenceState.SKIPPED: _("已跳过"),
    OccurrenceState.MISSED: _("已错过，未补付"),
}
WHY = {
    "nothing_due": _("这一期没有欠费，未付款。"),
    "over_most": _("账单金额超过您设定的上限，没有付款。"),
    "unknown_reference": _("收费单位查不到这个号码。"),
    "no_biller": _("这个收费单位暂时不能缴费。"),
    "biller_down": _("收费单位的系统没有应答。"),
}
_PROBLEMS = {
    "past": _("第一次付款的时间要晚于现在。"),
    "too_far": _("第一次付款最晚可以设在两年内。"),
    "never": _("结束日期早于第一次付款，请调整。"),
    "too_many": _("您的定期付款已达上限，请先取消不用的。"),
    "to_self": _("不能转给自己。"),
    "recipient_closed": _("对方的账户已注销。"),
    "recipient_unknown": _(
        "没有找到这位收款人。请核对邮箱、手机号或客户号；手机号要由对方验证过。"
    ),
    "no_biller": _("这个收费单位暂时不能缴费。"),
    "reference": _("缴费号码不对，请对照账单重新输入。"),
    "amount": _("这个金额不能用于这笔定期付款。"),
    "prove": _("为了您的资金安全，请先完成一次安全验证，再回到这一页提交。"),
    "stopped": _("出于安全考虑，现在不能设定这笔定期付款。请稍后再试，或联系客服。"),
}


def title(schedule: Schedule, lang: str) -> str:
    """What a schedule pays: 转给 **雯, or the biller's name."""
    if schedule.what == What.BILL:
        biller = directory.get(schedule.brand, schedule.biller)
        return biller.name(lang) if biller else schedule.biller
    assert schedule.recipient
    with translation.override(lang):
        return gettext("转给 %(who)s") % {"who": schedule.recipient.masked_name}


def problem(code: str, lang: str) -> str:
    """Why a schedule can't be made."""
    with translation.override(lang):
        return str(_PROBLEMS[code])


def why(code: str, lang: str) -> str:
    """Why a time of a schedule made no payment; empty where a payment says it."""
    with translation.override(lang):
        return str(WHY[code]) if code else ""
