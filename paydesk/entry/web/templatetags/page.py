"""What every template may say: an icon, an amount, a moment. Formats only; fetches nothing.

Loaded as a builtin, so templates need no `{% load %}`.
"""

import re
from datetime import datetime
from functools import lru_cache

import lucide
from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.brands.moments import zone_name
from paydesk.kit import clock, shield
from paydesk.kit.money import format_amount

register = template.Library()
_MASK = re.compile(r"⟦masked:([a-z_]+)⟧")


@lru_cache(maxsize=512)
def _svg(name: str, css: str, label: str) -> str:
    spoken = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    svg = lucide._render_icon(name, 20, **{"class": css, "focusable": "false", **spoken})
    return re.sub(r">\s+<", "><", svg).strip()


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """The Lucide icon `name` as inline SVG; unlabelled ones are hidden from screen readers.

    Raises lucide.IconDoesNotExist for a name that Lucide has not.
    """
    return mark_safe(_svg(str(name), f"icon {css}".strip(), str(label)))  # noqa: S308 - our own SVG


@register.filter
def amount(minor: int, currency: str) -> str:
    """`{{ minor|amount:"CNY" }}` is "¥1,234.50"."""
    return format_amount(int(minor), currency)


@register.filter
def signed(minor: int, currency: str) -> str:
    """As `amount`, with a plus sign for what came in."""
    return ("+" if minor > 0 else "") + format_amount(int(minor), currency)


@register.filter
def moment(at: datetime | None) -> str:
    """A moment in the reader's zone: the clock alone needs a day, so today and yesterday say so."""
    if at is None:
        return ""
    return f"{day(at)} {timezone.localtime(at):%H:%M}"


@register.filter
def day(at: datetime) -> str:
    """The local day of a moment: "今天", "昨天", "11-20", with the year when it is another one."""
    local, today = timezone.localtime(at), timezone.localtime(clock.now()).date()
    away = (today - local.date()).days
    if away == 0:
        return _("今天")
    if away == 1:
        return _("昨天")
    if local.year == today.year:
        return f"{local:%m-%d}" if _chinese() else date_format(local, "j M")
    return f"{local:%Y-%m-%d}" if _chinese() else date_format(local, "j M Y")


@register.filter
def exact(at: datetime | None) -> str:
    """Date and time to the second, in the reader's zone: for receipts and evidence."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""


@register.filter
def clocktime(at: datetime | None) -> str:
    """Hours and minutes in the reader's zone."""
    return f"{timezone.localtime(at):%H:%M}" if at else ""


@register.filter
def zonename(zone: str) -> str:
    """What people call a time zone: "Asia/Shanghai" is 北京时间, Beijing time."""
    return zone_name(zone, get_language() or "zh-hans", clock.now())


@register.filter
def shielded(body: str) -> SafeString:
    """A stored text with every mask as a chip that names what was hidden, in the reader's words."""
    return mark_safe(_MASK.sub(_mask_chip, str(escape(body))))  # noqa: S308 - escaped just here


def _mask_chip(match: re.Match[str]) -> str:
    kind = next((kind for kind in shield.Kind if kind == match[1]), None)
    if kind is None:
        return match[0]
    called = shield.name(kind, get_language() or "zh-hans")
    words = _("已遮盖：%(what)s") % {"what": called}
    return f'<span class="masked">{_svg("eye-off", "icon", "")}{words}</span>'


@register.filter
def soon(at: datetime) -> str:
    """A moment ahead, shortly: the clock alone for today, else with its day."""
    today = timezone.localtime(at).date() == timezone.localtime(clock.now()).date()
    return clocktime(at) if today else moment(at)


@register.filter
def initial(name: str) -> str:
    """The letter of a name that an avatar shows: the first that is not masked."""
    return (str(name).strip().lstrip("*") or "?")[0].upper()


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")
