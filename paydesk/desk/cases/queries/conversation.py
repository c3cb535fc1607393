"""A case's timeline as one reader may see it, and how far the others have read.

Internal entries never leave `lines` for the customer's side; there is no other way to entries.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from paydesk.desk.cases.models import Attachment, Case, Entry, ReadMark
from paydesk.desk.cases.rules import EntryKind
from paydesk.desk.channels.models import Identity
from paydesk.files.models import StoredFile
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people.models import Customer, StaffMember

PAGE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, with its author's name and its files."""

    entry: Entry
    author: str
    files: list[StoredFile] = field(default_factory=list)

    @property
    def from_staff(self) -> bool:
        """Whether a member of staff wrote it."""
        return self.entry.author_kind == ActorKind.STAFF


@dataclass(frozen=True, slots=True)
class Marks:
    """How far the customer's side and the desk (whoever got furthest) have come, as sequences."""

    customer_read: int
    customer_delivered: int
    staff_read: int


def lines(
    case: Case, reader: Actor, *, after: int = 0, before: int | None = None, limit: int = PAGE
) -> list[Line]:
    """The reader's lines in order: those after a sequence, else the latest (before a sequence).

    At most `limit`; staff get everything, anybody else the public lines only.
    """
    found = visible(case, reader).filter(sequence__gt=after)
    if before is not None:
        found = found.filter(sequence__lt=before)
    if after:
        return _lines(list(found.order_by("sequence")[:limit]))
    return _lines(list(found.order_by("-sequence")[:limit])[::-1])


def visible(case: Case, reader: Actor) -> QuerySet[Entry]:
    """The entries that the reader may see."""
    found = Entry.objects.filter(case=case)
    return found if reader.kind == ActorKind.STAFF else found.filter(internal=False)


def line_of(entry: Entry) -> Line:
    """One entry as a line: what the writer gets back."""
    return _lines([entry])[0]


def _lines(entries: Sequence[Entry]) -> list[Line]:
    names = _names(entries)
    files: dict[UUID, list[StoredFile]] = {}
    attached = Attachment.objects.filter(entry__in=entries).select_related("file")
    for one in attached.order_by("entry_id", "position"):
        files.setdefault(one.entry_id, []).append(one.file)
    return [
        Line(entry, names.get((entry.author_kind, entry.author_id), ""), files.get(entry.pk, []))
        for entry in entries
    ]


def _names(entries: Iterable[Entry]) -> dict[tuple[str, UUID | None], str]:
    """Who the authors are, one statement for each kind of author that occurs."""
    wanted: dict[str, set[UUID]] = {}
    for entry in entries:
        if entry.author_id:
            wanted.setdefault(entry.author_kind, set()).add(entry.author_id)
    names: dict[tuple[str, UUID | None], str] = {}
    sources: list[tuple[ActorKind, Any, str]] = [
        (ActorKind.STAFF, StaffMember, "name"),
        (ActorKind.CUSTOMER, Customer, "name"),
        (ActorKind.VISITOR, Identity, "display_name"),
    ]
    for kind, model, name in sources:
        if ids := wanted.get(kind):
            found = model.objects.filter(pk__in=ids).values_list("pk", name)
            names |= {(kind.value, pk): text for pk, text in found}
    return names


def marks(case: Case) -> Marks:
    """How far each side has read."""
    told = ReadMark.objects.filter(case=case).aggregate(
        customer_read=Max("read", filter=~Q(reader_kind=ActorKind.STAFF)),
        customer_delivered=Max("delivered", filter=~Q(reader_kind=ActorKind.STAFF)),
        staff_read=Max("read", filter=Q(reader_kind=ActorKind.STAFF)),
    )
    return Marks(**{name: value or 0 for name, value in told.items()})


def unread(reader: Actor, cases: Iterable[Case]) -> dict[UUID, int]:
    """Unread messages for a customer or visitor, by case; cases with none are left out.

    System lines and what the reader wrote himself don't count.
    """
    if reader.id is None:
        return {}
    mark = ReadMark.objects.filter(
        case=OuterRef("case"), reader_kind=reader.kind, reader_id=reader.id
    )
    found = (
        Entry.objects.filter(case__in=list(cases), kind=EntryKind.MESSAGE, internal=False)
        .exclude(author_kind=reader.kind, author_id=reader.id)
        .annotate(seen=Coalesce(Subquery(mark.values("read")[:1]), Value(0)))
        .filter(sequence__gt=F("seen"))
    )
    counted = found.order_by().values("case_id").annotate(n=Count("pk"))
    return {row["case_id"]: row["n"] for row in counted}
