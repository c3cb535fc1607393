"""The queue as staff see it: who waits, how long, how urgent. Only brands that they belong to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from paydesk.brands import profiles
from paydesk.brands.hours import is_open
from paydesk.desk.cases.models import Attachment, Case, Entry, ReadMark
from paydesk.desk.cases.queries import turns
from paydesk.desk.cases.rules import (
    LIVE,
    EntryKind,
    Priority,
    Urgency,
    Wait,
    estimated_wait,
    first_answer_within,
    turn_at,
    urgency,
)
from paydesk.kit import clock
from paydesk.kit.actors import ActorKind

PAGE = 60
RECENT = timedelta(hours=1)


class Tab(StrEnum):
    """The three views of the inbox."""

    MINE = "mine"
    WAITING = "waiting"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Row:
    """One case in the queue pane. `countdown` is to the first answer, negative when late."""

    case: Case
    preview: str
    unread: int
    urgency: Urgency
    countdown: timedelta | None
    waiting: timedelta | None
    files: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is, and how long the longest has waited."""

    mine: int
    waiting: int
    longest: timedelta | None


def rows(
    staff_id: UUID, brands: Collection[str], tab: Tab, *, limit: int = PAGE
) -> tuple[list[Row], bool]:
    """The cases of a tab in the order to work on them, and whether there are more."""
    at = clock.now()
    cases = _tab(staff_id, brands, tab, at)
    found = list(_with_reading(cases, staff_id)[: limit + 1])
    return [_row(case, at) for case in found[:limit]], len(found) > limit


def _tab(staff_id: UUID, brands: Collection[str], tab: Tab, at: datetime) -> QuerySet[Case]:
    cases = Case.objects.filter(brand__in=brands)
    if tab == Tab.MINE:
        mine = cases.filter(assignee_id=staff_id, state__in=LIVE)
        return turns.with_turn(mine, brands, at).order_by(*turns.ORDER, "-changed_at")
    if tab == Tab.WAITING:
        return turns.with_turn(in_queue(cases), brands, at).order_by(*turns.ORDER, "id")
    return cases.order_by("-changed_at")


def _with_reading(cases: QuerySet[Case], staff_id: UUID) -> QuerySet[Case]:
    """Adds what a row shows besides the case's own columns, in the same statement."""
    said = Entry.objects.filter(case=OuterRef("pk"), kind=EntryKind.MESSAGE)
    mark = ReadMark.objects.filter(
        case=OuterRef("pk"), reader_kind=ActorKind.STAFF, reader_id=staff_id
    )
    read = Coalesce(Subquery(mark.values("read")[:1]), Value(0), output_field=IntegerField())
    theirs = said.exclude(author_kind=ActorKind.STAFF).filter(sequence__gt=OuterRef("read"))
    files = Attachment.objects.filter(entry__case=OuterRef("pk"))
    return (
        cases.select_related("customer", "identity", "assignee")
        .annotate(read=read)
        .annotate(
            preview=Subquery(said.order_by("-sequence").values("body")[:1]),
            unread=_count(theirs, "case"),
            files=_count(files, "entry__case"),
        )
    )


def _count(found: QuerySet[Any], of: str) -> Coalesce:
    """How many of `found` belong to each row outside, as a subquery: no join, no grouping."""
    per = found.order_by().values(of).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(per), Value(0), output_field=IntegerField())


def _row(case: Case, at: datetime) -> Row:
    due = case.late_since if case.live else None
    whole = first_answer_within(case.channel, Priority(case.priority))
    return Row(
        case=case,
        preview=(getattr(case, "preview", None) or "")[:160],
        unread=getattr(case, "unread", 0),
        urgency=urgency(due, at, whole=whole),
        countdown=due - at if due else None,
        waiting=at - case.waiting_since if case.waiting_since else None,
        files=getattr(case, "files", 0),
    )


def counts(staff_id: UUID, brands: Collection[str]) -> Counts:
    """The numbers on the tabs."""
    cases = Case.objects.filter(brand__in=brands)
    told = in_queue(cases).aggregate(n=Count("pk"), oldest=Min("waiting_since"))
    longest = clock.now() - told["oldest"] if told["oldest"] else None
    return Counts(cases.filter(assignee_id=staff_id, state__in=LIVE).count(), told["n"], longest)


def in_queue(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those of `cases` whose customer waits and that nobody has taken."""
    return cases.filter(assignee__isnull=True, rank_at__isnull=False)


def position(case: Case) -> int | None:
    """The place in the queue, 1 = next; None for a case that does not stand in it."""
    if case.assignee_id or case.rank_at is None:
        return None
    at, brand = clock.now(), profiles.get(case.brand)
    staffed = case.channel not in brand.hours or is_open(brand, case.channel, at)
    turn = turn_at(case.rank_at, Priority(case.priority), at, staffed=staffed)
    queue = turns.with_turn(in_queue(Case.objects.filter(brand=case.brand)), [case.brand], at)
    ahead = Q(turn__lt=turn) | Q(turn=turn, rank_at__lt=case.rank_at)
    return queue.filter(ahead).count() + 1


def wait(case: Case) -> Wait | None:
    """How long this case will probably wait; None when too little is known to be honest."""
    place = position(case)
    if place is None:
        return None
    at = clock.now()
    return estimated_wait(place, recent_takes(case.brand, at), at)


def recent_takes(brand: str, at: datetime) -> Sequence[datetime]:
    """When cases of this brand left the queue in the last hour."""
    taken = Case.objects.filter(brand=brand, taken_at__gt=at - RECENT, taken_at__lte=at)
    moments = taken.order_by("taken_at").values_list("taken_at", flat=True)
    return [moment for moment in moments if moment is not None]


def search(
    staff_id: UUID, brands: Collection[str], text: str, customers: Collection[UUID]
) -> list[Row]:
    """Cases of these brands by number, or of the customers that the text was found to mean."""
    wanted = Q(number=text.strip().lstrip("#")) | Q(customer_id__in=customers)
    cases = Case.objects.filter(wanted, brand__in=brands).order_by("-changed_at")
    at = clock.now()
    return [_row(case, at) for case in _with_reading(cases, staff_id)[:PAGE]]


def case_by_id(brand: str, case_id: UUID) -> Case | None:
    """One case of a brand."""
    found = Case.objects.filter(brand=brand, pk=case_id)
    return found.select_related("customer", "identity", "assignee").first()
