"""The lines of a conversation as the customer's side sees them.

A fact is put into words here, in the reader's language, by the same diagnosis as in the wallet.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from paydesk.desk.cases import texts
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.queries import Line
from paydesk.desk.cases.rules import EntryKind
from paydesk.entry.web.support.correspondent import Correspondent
from paydesk.entry.web.wallet.moves import move_of
from paydesk.files.models import StoredFile
from paydesk.money.payments import access as payments
from paydesk.money.payments.access import PaymentNotFound

ME, THEM, SYSTEM, FACT = "me", "them", "sys", "fact"


@dataclass(frozen=True, slots=True)
class FileView:
    """A file on a message."""

    name: str
    size: int
    icon: str
    href: str


@dataclass(frozen=True, slots=True)
class FactView:
    """A payment and why it failed, as a card."""

    title: str
    tone: str
    icon: str
    rows: list[tuple[str, str]]
    href: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One line; `kind` is me, them, sys or fact."""

    kind: str
    sequence: int
    at: datetime
    author: str = ""
    body: str = ""
    text: str = ""
    client_id: UUID | None = None
    receipt: str = ""
    files: list[FileView] = field(default_factory=list)
    fact: FactView | None = None


def bubbles(
    case: Case, side: Correspondent, lines: Iterable[Line], staff_read: int
) -> list[Bubble]:
    """The lines as bubbles, in order; system lines of an unknown kind are left out."""
    made = (_bubble(case, side, line, staff_read) for line in lines)
    return [bubble for bubble in made if bubble is not None]


def _bubble(case: Case, side: Correspondent, line: Line, staff_read: int) -> Bubble | None:
    entry = line.entry
    if entry.kind == EntryKind.FACT:
        fact = _fact(side, str(entry.data.get("number", "")))
        return Bubble(FACT, entry.sequence, entry.at, fact=fact) if fact else None
    if entry.kind != EntryKind.MESSAGE:
        text = texts.line(entry.data, brand=case.brand, staff=False)
        return Bubble(SYSTEM, entry.sequence, entry.at, text=text) if text else None
    mine = (entry.author_kind, entry.author_id) == (side.actor.kind, side.actor.id)
    return Bubble(
        kind=ME if mine else THEM,
        sequence=entry.sequence,
        at=entry.at,
        author="" if mine else line.author,
        body=entry.body,
        client_id=entry.client_id if mine else None,
        receipt=(_("已读") if entry.sequence <= staff_read else _("已送达")) if mine else "",
        files=[_file(case, one) for one in line.files],
    )


def _file(case: Case, stored: StoredFile) -> FileView:
    href = reverse("support_file", args=[case.number, stored.pk])
    icon = "image" if stored.kind.startswith("image/") else "file-text"
    return FileView(stored.name, stored.size, icon, href)


def _fact(side: Correspondent, number: str) -> FactView | None:
    if side.customer is None:
        return None
    try:
        payment = payments.payment_of(side.customer, number)
    except PaymentNotFound:
        return None
    move = move_of(payment, side.customer)
    rows = [(_("付款"), f"{move.title} {move.amount}"), (_("状态"), move.outcome)]
    if move.finding:
        rows.append((_("说明"), move.finding.text))
    tone = {"bad": "", "ok": "ok", "warn": "warn"}.get(move.chip_tone, "calm")
    icon = {"bad": "circle-alert", "ok": "circle-check"}.get(move.chip_tone, "clock")
    title = move.finding.title if move.finding else move.outcome
    return FactView(title, tone, icon, rows, move.href)
