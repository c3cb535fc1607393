"""What the customer's side may be told about the desk: whether somebody is there, how long.

Never who else waits, nor what staff write among themselves.
"""

from datetime import timedelta
from uuid import UUID

from paydesk.desk.cases.models import Case, Entry, Presence
from paydesk.desk.cases.queries.inbox import recent_takes
from paydesk.desk.cases.rules import PRESENT_FOR, State, Wait, estimated_wait
from paydesk.kit import clock
from paydesk.kit.actors import Actor


def is_attended(case: Case) -> bool:
    """Whether the one who has the case, or anybody of the brand while nobody has it, is there."""
    there = Presence.objects.filter(seen_at__gte=clock.now() - PRESENT_FOR)
    if case.assignee_id:
        return there.filter(staff_id=case.assignee_id).exists()
    return there.filter(staff__memberships__brand=case.brand).exists()


def wait_for_newcomer(brand: str) -> Wait | None:
    """How long who asks now will probably wait; None when too little is known to be honest."""
    at = clock.now()
    ahead = Case.objects.filter(brand=brand, state=State.OPEN, assignee__isnull=True).count()
    return estimated_wait(ahead + 1, recent_takes(brand, at), at)


def said_lately(case: Case, author: Actor, most: int) -> bool:
    """Whether the author's last `most` entries in the case all came within the last minute."""
    own = Entry.objects.filter(case=case, author_kind=author.kind, author_id=author.id)
    last = list(own.order_by("-sequence").values_list("at", flat=True)[:most])
    return len(last) == most and last[-1] > clock.now() - timedelta(minutes=1)


def case_begun_by(author: Actor, client_id: UUID) -> Case | None:
    """The case in which the author's message of that client-made id stands, if it came before."""
    found = Entry.objects.filter(
        brand=author.brand, author_kind=author.kind, author_id=author.id, client_id=client_id
    )
    entry = found.select_related("case").first()
    return entry.case if entry else None
