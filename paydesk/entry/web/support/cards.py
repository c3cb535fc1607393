"""A case as a line in the customer's list: title, state in his words, what is unread.

A customer's words for a state differ from the staff's: he is never told whose fault a wait is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paydesk.desk.cases import queries, texts
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import State, Topic
from paydesk.entry.web.support.correspondent import Correspondent

_STATES = {
    State.OPEN: (gettext_lazy("等待客服"), "brand"),
    State.WAITING_CUSTOMER: (gettext_lazy("客服已回复"), "ok"),
    State.WAITING_INSIDE: (gettext_lazy("正在核实"), "warn"),
    State.SOLVED: (gettext_lazy("已解决"), ""),
    State.CLOSED: (gettext_lazy("已关闭"), ""),
}
_ICONS = {
    Topic.TRANSFER_FAILED: "send",
    Topic.TOPUP_FAILED: "credit-card",
    Topic.PAYMENT: "receipt-text",
    Topic.REFUND: "undo-2",
    Topic.ACCOUNT_LOCKED: "lock",
    Topic.ACCOUNT_FROZEN: "snowflake",
    Topic.THEFT: "shield-alert",
    Topic.IDENTITY: "id-card",
    Topic.OFFICIAL_CHECK: "badge-check",
    Topic.COMPLAINT: "megaphone",
    Topic.OTHER: "message-circle",
}


@dataclass(frozen=True, slots=True)
class CaseCard:
    """What one line of the list shows."""

    number: str
    title: str
    state: str
    tone: str
    icon: str
    at: datetime
    unread: int
    live: bool
    preview: str = ""


def cards(side: Correspondent, cases: Iterable[Case]) -> list[CaseCard]:
    """The cases as lines, in the order given."""
    found = list(cases)
    unread = queries.unread(side.actor, found)
    return [_card(case, unread.get(case.pk, 0)) for case in found]


def title(case: Case) -> str:
    """What a conversation is called for the customer."""
    return texts.topic(case.topic)


def icon(topic: str) -> str:
    """The icon of a topic."""
    return _ICONS[Topic(topic)]


def _card(case: Case, unread: int) -> CaseCard:
    words, tone = _STATES[State(case.state)]
    return CaseCard(
        number=case.number,
        title=title(case),
        state=str(words),
        tone=tone,
        icon=icon(case.topic),
        at=case.changed_at,
        unread=unread,
        live=case.live,
        preview=_("咨询 %(number)s") % {"number": case.number},
    )
