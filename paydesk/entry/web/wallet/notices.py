"""What is going on with the service and with the reader's own account, as banners."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.brands.profile import Brand
from paydesk.entry.web.templatetags.page import soon
from paydesk.kit import clock
from paydesk.people import queries as people
from paydesk.people import texts
from paydesk.people.models import Customer, Restriction, RestrictionKind, Scope
from paydesk.status import queries as status
from paydesk.status.models import Notice, NoticeKind

_LOOKS = {
    NoticeKind.INCIDENT: ("bad", "triangle-alert"),
    NoticeKind.MAINTENANCE: ("warn", "wrench"),
    NoticeKind.ANNOUNCEMENT: ("brand", "megaphone"),
}


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice in the reader's language; `until` is when it is expected to be over."""

    tone: str
    icon: str
    title: str
    body: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class RestrictionView:
    """One lock or freeze of the reader's own account, and where to go about it."""

    title: str
    text: str
    href: str
    action: str


def notices_of(brand: Brand) -> list[NoticeView]:
    """The brand's open notices, incidents first."""
    language = get_language() or "zh-hans"
    found = status.open_notices(brand.code, clock.now())
    order = list(_LOOKS)
    sorted_by_weight = sorted(found, key=lambda one: order.index(NoticeKind(one.kind)))
    return [_notice(one, language) for one in sorted_by_weight]


def _notice(one: Notice, language: str) -> NoticeView:
    """An announcement has a last day for us alone: its reader waits for no end."""
    kind = NoticeKind(one.kind)
    until = None if kind == NoticeKind.ANNOUNCEMENT else one.ends_at
    return NoticeView(*_LOOKS[kind], one.title(language), one.body(language), until)


def restrictions_of(customer: Customer) -> list[RestrictionView]:
    """What keeps the customer's wallet from working, told to himself."""
    held = people.active_restrictions(customer.id)
    return [_restriction(one) for one in held if one.scope != Scope.SIGNIN]


def _restriction(one: Restriction) -> RestrictionView:
    until = _("预计到 %(at)s。") % {"at": soon(one.until)} if one.until else ""
    topic = "identity" if one.kind == RestrictionKind.IDENTITY else "account_frozen"
    return RestrictionView(
        title=texts.kind(one.kind),
        text=f"{texts.effect(one.scope)}{until}",
        href=f"{reverse('support_new')}?topic={topic}",
        action=_("联系客服处理"),
    )
