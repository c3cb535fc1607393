"""Whose turn it is and by when: waiting, deadlines in service hours, misses, read marks.

For this package's actions only. Every function works on a case whose row the caller has locked
and leaves saving it to the caller.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection

from paydesk.brands import profiles
from paydesk.brands.hours import NeverStaffedError, add_service_time, is_open
from paydesk.desk.cases.actions import timeline
from paydesk.desk.cases.models import Case, Miss, Presence
from paydesk.desk.cases.rules import (
    PRESENT_FOR,
    CaseRefused,
    Priority,
    State,
    first_answer_within,
    rank_at,
)
from paydesk.kit import clock
from paydesk.kit.actors import Actor
from paydesk.kit.events import actions as events

FIRST_RESPONSE = "first_response"

# Two pages of the same reader report at the same moment: one statement, and nobody falls back.
_MOVE_MARK = """
INSERT INTO cases_readmark AS mark (case_id, reader_kind, reader_id, read, delivered, at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (case_id, reader_kind, reader_id) DO UPDATE
SET read = greatest(mark.read, excluded.read),
    delivered = greatest(mark.delivered, excluded.delivered),
    at = excluded.at
WHERE mark.read < excluded.read OR mark.delivered < excluded.delivered
RETURNING read, delivered
"""


def start_waiting(case: Case) -> None:
    """The customer waits for us from now, unless he does already.

    Outside service hours the time of the answer is promised in the timeline. Raises CaseRefused
    (`channel_not_offered`).
    """
    if case.waiting_since is not None:
        return
    at, brand = clock.now(), profiles.get(case.brand)
    priority = Priority(case.priority)
    case.waiting_since, case.rank_at = at, rank_at(at, priority)
    try:
        due = add_service_time(brand, case.channel, at, first_answer_within(case.channel, priority))
        staffed = is_open(brand, case.channel, at)
    except NeverStaffedError:
        raise CaseRefused("channel_not_offered") from None
    if case.first_responded_at is None:
        case.first_response_due = due
    if not staffed:
        timeline.say(case, "after_hours", {"by": due.isoformat()})


def answered(case: Case, staff_id: UUID) -> None:
    """Staff answered: the wait is over, the first answer is given, whoever is free takes it."""
    at = clock.now()
    case.waiting_since = case.rank_at = None
    if case.first_responded_at is None:
        case.first_responded_at = at
        if case.first_response_due is not None and at > case.first_response_due:
            note_miss(case, FIRST_RESPONSE, case.first_response_due)
    if case.assignee_id is None:
        assign(case, staff_id)


def assign(case: Case, staff_id: UUID) -> None:
    """Give the case to somebody; the first time is when it left the queue."""
    case.assignee_id = staff_id
    case.taken_at = case.taken_at or clock.now()


def reopen(case: Case) -> None:
    """A solved case is taken up again; its agent keeps it only while he is at his desk."""
    case.solved_at = None
    if case.assignee_id and not is_present(case.assignee_id):
        case.assignee = None
    timeline.say(case, "reopened")


def requeue(case: Case) -> None:
    """Make sure that a case without an agent can be found: it waits, from now if not before."""
    if case.waiting_since is None:
        case.waiting_since = clock.now()
        case.rank_at = rank_at(case.waiting_since, Priority(case.priority))
    case.state = State.OPEN


def wait_inside(case: Case) -> None:
    """A colleague has to decide first; the customer's own waiting goes on."""
    if case.live:
        case.state = State.WAITING_INSIDE


def decided_inside(case: Case) -> None:
    """The last decision is there: somebody should tell the customer now."""
    if case.state != State.WAITING_INSIDE:
        return
    if case.assignee_id is None:
        requeue(case)
    case.state = State.OPEN


def stop_waiting(case: Case, state: State) -> None:
    """The customer waits no more, because the case is in `state` now."""
    case.state = state
    case.waiting_since = case.rank_at = None


def is_present(staff_id: UUID) -> bool:
    """Whether a desk page of this member of staff reported lately."""
    since = clock.now() - PRESENT_FOR
    return Presence.objects.filter(staff_id=staff_id, seen_at__gte=since).exists()


def note_miss(case: Case, kind: str, due: datetime) -> bool:
    """Write down a missed deadline, once. True when it was not noted before."""
    _, made = Miss.objects.get_or_create(
        case=case, kind=kind, due_at=due, defaults={"brand": case.brand}
    )
    return made


def advance_mark(case: Case, reader: Actor, *, read: int = 0, delivered: int = 0) -> bool:
    """Move a reader's marks forward, never back; tells both sides. True if something moved."""
    if reader.id is None:
        return False
    read = min(read, case.last_sequence)
    delivered = min(max(read, delivered), case.last_sequence)
    moved = _move_mark(case, reader, read, delivered) if delivered else None
    if moved is None:
        return False
    read, delivered = moved
    events.publish(
        brand=case.brand,
        kind="case.read",
        subject=case.subject,
        audience=[*timeline.correspondents(case), f"desk:{case.brand}"],
        actor=reader,
        payload={
            "case": case.number,
            "reader": reader.kind.value,
            "read": read,
            "delivered": delivered,
        },
    )
    return True


def _move_mark(case: Case, reader: Actor, read: int, delivered: int) -> tuple[int, int] | None:
    """(read, delivered) as they stand after the move; None if they stood as far already."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE_MARK, [case.pk, reader.kind.value, reader.id, read, delivered, clock.now()]
        )
        moved: tuple[int, int] | None = cursor.fetchone()
    return moved
