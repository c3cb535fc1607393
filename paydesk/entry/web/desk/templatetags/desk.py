"""Words and small formats of the desk's templates. Formats only; fetches nothing."""

import re
from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.desk.cases import texts
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import Topic
from paydesk.entry.web.desk import frame
from paydesk.kit import clock, shield
from paydesk.money.payments import texts as payment_texts
from paydesk.people import texts as people_texts
from paydesk.people.models import Restriction, RestrictionKind

register = template.Library()

_MASK = re.compile(r"⟦masked:([a-z_]+)⟧")
_CHANNEL_ICONS = {
    "chat": "message-circle",
    "hotline": "phone",
    "email": "mail",
    "wechat": "messages-square",
    "qq": "messages-square",
    "facebook": "thumbs-up",
    "x": "at-sign",
    "social": "share-2",
    "helpcentre": "book-open",
    "complaints": "megaphone",
}
_URGENT_TOPICS = (Topic.THEFT, Topic.TRANSFER_FAILED, Topic.TOPUP_FAILED)
_PART_NUMBER = 4


@register.filter
def person(case: Case) -> str:
    """Who writes: the customer's name, what the identity calls itself, or a visitor."""
    if case.customer is not None:
        return case.customer.name
    named = case.identity.display_name if case.identity else ""
    if named:
        return named
    return _("访客 · %(channel)s") % {"channel": texts.channel(case.channel)}


@register.filter
def topic_name(code: str) -> str:
    """A topic's name."""
    return texts.topic(code)


@register.filter
def topic_tone(code: str) -> str:
    """The tone of a topic's chip."""
    return "bad" if code in _URGENT_TOPICS else ""


@register.filter
def state_name(code: str) -> str:
    """A state's name."""
    return texts.state(code)


@register.filter
def channel_name(code: str) -> str:
    """A channel's name."""
    return texts.channel(code)


@register.filter
def channel_icon(code: str) -> str:
    """The icon of a channel."""
    return _CHANNEL_ICONS.get(code, "message-circle")


@register.filter
def brand_label(code: str) -> str:
    """A brand's name."""
    return frame.brand_name(code)


@register.filter
def lasted(span: timedelta | None) -> str:
    """A waiting time: "06:12", "3:05:10", "2 天"."""
    if span is None:
        return ""
    seconds = max(0, int(span.total_seconds()))
    days, rest = divmod(seconds, 86_400)
    if days:
        return _("%(n)s 天") % {"n": days}
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


@register.filter
def briefly(span: timedelta | None) -> str:
    """A waiting time where there is little room: as `lasted`, but whole minutes from an hour on."""
    if span is None or not timedelta(hours=1) <= span < timedelta(days=1):
        return lasted(span)
    return _("%(n)s 分") % {"n": int(span.total_seconds()) // 60}


@register.filter
def left(span: timedelta) -> str:
    """Time left in words, so that it is not read as a clock: "22 小时 47 分", "9 分 5 秒"."""
    seconds = max(0, int(span.total_seconds()))
    hours, minutes = divmod(seconds // 60, 60)
    if hours >= 24:
        return _("%(days)s 天 %(hours)s 小时") % {"days": hours // 24, "hours": hours % 24}
    if hours:
        return _("%(hours)s 小时 %(minutes)s 分") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s 分 %(seconds)s 秒") % {"minutes": minutes, "seconds": seconds % 60}


@register.filter
def countdown(span: timedelta) -> str:
    """Time left; with a minus sign once it is over."""
    return lasted(span) if span > timedelta(0) else f"-{lasted(-span)}"


@register.filter
def shortly(at: datetime) -> str:
    """The clock today, the day before that: what fits into a row."""
    local = timezone.localtime(at)
    today = timezone.localtime(clock.now()).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d}"


@register.filter
def with_masks(text: str) -> SafeString:
    """A stored text with its masks as chips; everything else escaped."""
    parts, reached = [], 0
    for found in _MASK.finditer(text):
        if found[1] not in tuple(shield.Kind):
            continue
        name = shield.name(shield.Kind(found[1]), get_language() or "zh")
        told = _("已遮盖：%(secret)s") % {"secret": name}
        parts += [
            conditional_escape(text[reached : found.start()]),
            format_html('<span class="masked">{}</span>', told),
        ]
        reached = found.end()
    parts.append(conditional_escape(text[reached:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped above


@register.filter
def without_masks(text: str) -> str:
    """A stored text on one line, its masks in words."""
    return " ".join(shield.render(text, get_language() or "zh").split())


@register.filter
def spaced(number: str) -> str:
    """A long number in groups, for the eye: of three where that leaves none short, else of four."""
    size = _PART_NUMBER if len(number) % _PART_NUMBER == 0 or len(number) % 3 else 3
    return " ".join(number[n : n + size] for n in range(0, len(number), size))


@register.filter
def hold_reason(code: str) -> str:
    """Why money is reserved."""
    return payment_texts.hold_reason(code, get_language() or "zh")


@register.filter
def restriction_words(one: Restriction) -> str:
    """What a restriction is and why it was placed."""
    named = people_texts.kind(one.kind)
    if one.kind != RestrictionKind.FREEZE:
        return named
    why = people_texts.reason(one.reason)
    scope = str(texts.SCOPES.get(one.scope, ""))
    return " · ".join(part for part in (named, scope, why) if part)
