"""What nobody asks for: cases of agents who vanished go back, missed deadlines are noted, old
solved cases close. Each case in a transaction of its own, so that none holds up another.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from paydesk.desk.cases.actions import clockwork, routing, timeline
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import LIVE, PRESENT_FOR, State
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.kit.sweeping import each
from paydesk.people.models import StaffMember

CLOSE_AFTER = timedelta(days=7)
_BATCH = 200


def give_back_abandoned() -> int:
    """Put back the waiting cases of agents who vanished; answers how many. One case at a time."""
    gone = clock.now() - PRESENT_FOR
    left = Case.objects.filter(assignee__isnull=False, waiting_since__lt=gone).exclude(
        assignee__presence__seen_at__gte=gone
    )
    return each(_give_back, list(left.values_list("pk", flat=True)[:_BATCH]))


@transaction.atomic
def _give_back(case_id: UUID) -> bool:
    case = timeline.locked(case_id)
    if case.assignee_id is None or case.waiting_since is None:
        return False
    if clockwork.is_present(case.assignee_id):
        return False
    name = StaffMember.objects.get(pk=case.assignee_id).name
    case.assignee = None
    routing.done(case, SYSTEM(case.brand), "given_back", {"staff": name})
    return True


def note_missed_deadlines() -> int:
    """Write down first answers that are overdue by now; answers how many were new."""
    overdue = Case.objects.filter(
        state__in=LIVE, first_responded_at__isnull=True, first_response_due__lt=clock.now()
    ).exclude(misses__kind=clockwork.FIRST_RESPONSE)
    return each(_note_missed, list(overdue.values_list("pk", flat=True)[:_BATCH]))


@transaction.atomic
def _note_missed(case_id: UUID) -> bool:
    case = timeline.locked(case_id)
    if case.first_responded_at is not None or case.first_response_due is None:
        return False
    if not clockwork.note_miss(case, clockwork.FIRST_RESPONSE, case.first_response_due):
        return False
    timeline.changed(case, SYSTEM(case.brand))
    return True


def close_long_solved() -> int:
    """Close cases that stayed solved for a week; answers how many."""
    old = Case.objects.filter(state=State.SOLVED, solved_at__lt=clock.now() - CLOSE_AFTER)
    return each(_close, list(old.values_list("pk", flat=True)[:_BATCH]))


@transaction.atomic
def _close(case_id: UUID) -> bool:
    case = timeline.locked(case_id)
    if case.state != State.SOLVED:
        return False
    case.state = State.CLOSED
    case.save(update_fields=["state"])
    timeline.changed(case, SYSTEM(case.brand))
    return True
