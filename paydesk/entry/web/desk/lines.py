"""A timeline as staff read it: words for every line, days, what the customer has read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from paydesk.desk.cases import queries, texts
from paydesk.desk.cases.models import Case, Entry
from paydesk.desk.cases.queries import Line
from paydesk.desk.cases.rules import EntryKind
from paydesk.entry.web.desk.findings import FindingCard, finding_card
from paydesk.files.models import StoredFile


@dataclass(frozen=True, slots=True)
class Shown:
    """One line. `new_day`: a day separator stands before it."""

    entry: Entry
    author: str
    speaker: str
    files: list[StoredFile]
    from_staff: bool
    text: str
    finding: FindingCard | None
    day_key: str
    new_day: bool
    read: bool
    delivered: bool


def shown(case: Case, lines: Iterable[Line], *, last_day: str = "") -> list[Shown]:
    """The lines in order; `last_day` is the day (ISO) of the line that stands before them."""
    marks = queries.marks(case)
    found = []
    for line in lines:
        day = _day(line.entry)
        found.append(
            Shown(
                entry=line.entry,
                author=line.author,
                speaker=line.author or _("客户"),
                files=line.files,
                from_staff=line.from_staff,
                text=_words(case, line.entry),
                finding=_finding(case, line.entry),
                day_key=day.isoformat(),
                new_day=day.isoformat() != last_day,
                read=line.entry.sequence <= marks.customer_read,
                delivered=line.entry.sequence <= marks.customer_delivered,
            )
        )
        last_day = day.isoformat()
    return found


def _day(entry: Entry) -> date:
    return timezone.localtime(entry.at).date()


def _words(case: Case, entry: Entry) -> str:
    if entry.kind in (EntryKind.SYSTEM, EntryKind.ACTION):
        return texts.line(entry.data, brand=case.brand, staff=True)
    return ""


def _finding(case: Case, entry: Entry) -> FindingCard | None:
    return finding_card(case, entry) if entry.kind == EntryKind.FACT else None
