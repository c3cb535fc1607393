"""When somebody is there, in the reader's words: the line on the help card and the table of hours.

Says a wait only where the desk can honestly estimate one. Decides nothing; the hours are the
profile's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from paydesk.brands import hours
from paydesk.brands.profile import DAY_MINUTES, Brand, Span, WeeklyHours
from paydesk.desk.cases import texts
from paydesk.desk.cases.queries import customer_side
from paydesk.desk.cases.rules import Wait
from paydesk.entry.web.templatetags.page import clocktime, moment
from paydesk.kit import clock

CHAT, HOTLINE = "chat", "hotline"


@dataclass(frozen=True, slots=True)
class Desk:
    """Whether the chat is staffed now, in one line, with how to show it."""

    open: bool
    line: str
    tone: str
    icon: str


def desk(brand: Brand) -> Desk:
    """How the brand's chat stands at this moment."""
    at = clock.now()
    if not is_staffed(brand):
        return Desk(False, _closed(brand, at), "warn", "moon")
    until = _until(brand, at)
    wait = waiting_words(customer_side.wait_for_newcomer(brand.code))
    line = _("%(wait)s · %(until)s") % {"wait": wait, "until": until} if wait else until
    return Desk(True, line, "ok", "headset")


def is_staffed(brand: Brand) -> bool:
    """Whether the brand's chat is within its hours now."""
    return hours.is_open(brand, CHAT, clock.now())


def _closed(brand: Brand, at: datetime) -> str:
    opens = hours.next_opening(brand, CHAT, at)
    told = {"at": moment(opens), "in": _from_now(opens - at)}
    return _("现在不在服务时间，%(at)s 开始（%(in)s）。可以先留言。") % told


def _from_now(span: timedelta) -> str:
    """How far away, for whoever is in another zone than the clock that is shown."""
    minutes = max(1, round(span / timedelta(minutes=1)))
    if minutes < 60:
        return ngettext("%(n)d 分钟后", "%(n)d 分钟后", minutes) % {"n": minutes}
    whole = round(minutes / 60)
    return ngettext("约 %(n)d 小时后", "约 %(n)d 小时后", whole) % {"n": whole}


def instead_of_a_time(brand: Brand, wait: Wait | None) -> list[str]:
    """What is said to who waits longer than anybody could promise: how it stands, and where else
    somebody answers now."""
    at = clock.now()
    if not hours.is_open(brand, CHAT, at):
        stands = _closed(brand, at)
    else:
        stands = waiting_words(wait) or _("客服正忙，您的消息已经收到。")
    if HOTLINE not in brand.hours or not hours.is_open(brand, HOTLINE, at):
        return [stands]
    return [stands, _("着急可拨打热线 %(number)s") % {"number": brand.contacts.hotline}]


def waiting_words(wait: Wait | None) -> str:
    """An estimated wait in words; empty when none can be given honestly."""
    if wait is None:
        return ""
    least, most = (int(span / timedelta(minutes=1)) for span in (wait.least, wait.most))
    if most <= 1:
        return _("现在等待不到 1 分钟")
    if least == most:
        return ngettext("现在约等 %(n)d 分钟", "现在约等 %(n)d 分钟", most) % {"n": most}
    return _("现在约等 %(least)d–%(most)d 分钟") % {"least": least, "most": most}


def _until(brand: Brand, at: datetime) -> str:
    closes = hours.closing(brand, CHAT, at)
    if closes is None:
        return _("24 小时在线")
    if localtime(closes).date() == localtime(at).date():
        return _("今天服务到 %(at)s") % {"at": clocktime(closes)}
    return _("服务到 %(at)s") % {"at": moment(closes)}


def table(brand: Brand) -> list[tuple[str, list[str], bool]]:
    """Every channel of the brand with its hours in words, and whether it is staffed now."""
    at = clock.now()
    return [
        (texts.channel(channel), week(brand.hours[channel]), hours.is_open(brand, channel, at))
        for channel in brand.channels
    ]


def week(weekly: WeeklyHours) -> list[str]:
    """A week's hours, days with the same hours joined: "周一至周五 08:30–21:00"."""
    if weekly.always:
        return [_("每天 24 小时")]
    lines, first = [], 0
    for day in range(1, 8):
        if day < 7 and weekly.days[day] == weekly.days[first]:
            continue
        lines.append(f"{_days(first, day - 1)} {_spans(weekly.days[first])}")
        first = day
    return lines


def _days(first: int, last: int) -> str:
    names = [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]
    if (first, last) == (0, 6):
        return _("每天")
    if first == last:
        return names[first]
    return pgettext("星期范围", "%(first)s至%(last)s") % {
        "first": names[first],
        "last": names[last],
    }


def _spans(spans: tuple[Span, ...]) -> str:
    if not spans:
        return _("休息")
    return " ".join(f"{_clock(span.start)}–{_clock(span.end)}" for span in spans)


def _clock(minute: int) -> str:
    return "24:00" if minute == DAY_MINUTES else f"{minute // 60:02}:{minute % 60:02}"
