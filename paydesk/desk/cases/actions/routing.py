"""Who works on a case: take, give back, hand over, next in line, solve, reopen.

Nobody is given a case of a brand he is no member of; two who reach for one case get two.
"""

from collections.abc import Collection

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.desk.cases.actions import clockwork, timeline
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.queries import turns
from paydesk.desk.cases.rules import CAPACITY, CaseRefused, State
from paydesk.kit import clock
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people.models import Membership, StaffMember
from paydesk.people.permissions import Permission, may, require


def take(case: Case, staff: StaffMember) -> Case:
    """Make `staff` responsible for a case that nobody has; taking one's own changes nothing.

    Raises CaseRefused (`already_taken`, `not_live`), PermissionDenied.
    """
    require(staff, case.brand, Permission.CASE_TAKE)
    return _give_to(case, staff, from_colleague=False)


def take_over(case: Case, staff: StaffMember) -> Case:
    """Take a case that a colleague has. Raises CaseRefused (`not_live`), PermissionDenied."""
    require(staff, case.brand, Permission.CASE_ASSIGN)
    return _give_to(case, staff, from_colleague=True)


@transaction.atomic
def _give_to(case: Case, staff: StaffMember, *, from_colleague: bool) -> Case:
    case = timeline.locked(case.pk)
    if case.assignee_id == staff.pk:
        return case
    _must_be_live(case)
    if case.assignee_id is not None and not from_colleague:
        raise CaseRefused("already_taken")
    clockwork.assign(case, staff.pk)
    return _taken(case, staff)


@transaction.atomic
def next_for(staff: StaffMember, among: Collection[str] | None = None) -> Case | None:
    """Take the waiting case whose turn it is in the brands of `staff`, or None.

    `among`: only in these of the brands, as when the queue on the screen shows no others.
    Rows that a colleague is taking at this moment are passed over. Raises CaseRefused (`full`)
    when he has as many live conversations as one person can hold.
    """
    memberships = Membership.objects.filter(staff=staff, staff__user__is_active=True)
    brands = [one.brand for one in memberships if may(one, one.brand, Permission.CASE_TAKE)]
    if among is not None:
        brands = [brand for brand in brands if brand in among]
    if _load(staff) >= CAPACITY:
        raise CaseRefused("full")
    waiting = Case.objects.filter(brand__in=brands, assignee__isnull=True, rank_at__isnull=False)
    ordered = turns.with_turn(waiting, brands, clock.now()).order_by(*turns.ORDER, "id")
    case = ordered.select_for_update(skip_locked=True, no_key=True).first()
    if case is None:
        return None
    clockwork.assign(case, staff.pk)
    return _taken(case, staff)


def hand_over(
    case: Case, staff: StaffMember, *, to: StaffMember | None = None, queue: str = ""
) -> Case:
    """Give a case to a colleague of the same brand, or back to everybody (`to` None).

    In the queue it keeps the place that its waiting time gives it. A case that another has is
    handed on only by who may assign. Raises CaseRefused (`not_a_colleague`, `not_live`),
    PermissionDenied.
    """
    of_another = case.assignee_id not in (None, staff.pk)
    wanted = Permission.CASE_ASSIGN if of_another else Permission.CASE_HAND_OVER
    require(staff, case.brand, wanted)
    if to is not None and not may(to, case.brand, Permission.CASE_TAKE):
        raise CaseRefused("not_a_colleague")
    return _hand_over(case, staff, to, queue)


@transaction.atomic
def _hand_over(case: Case, staff: StaffMember, to: StaffMember | None, queue: str) -> Case:
    before, case = case.assignee_id, timeline.locked(case.pk)
    _must_be_live(case)
    if case.assignee_id != before:
        raise CaseRefused("already_taken")
    case.queue, case.assignee = queue, None
    actor = acting(staff, case.brand)
    if to is None:
        clockwork.requeue(case)
        return done(case, actor, "queued", {"staff": staff.name})
    clockwork.assign(case, to.pk)
    return done(case, actor, "handed_over", {"staff": staff.name, "to": to.name}, public=True)


def solve(case: Case, staff: StaffMember) -> Case:
    """Say that the matter is done; the customer's next message takes it up again.

    Raises CaseRefused (`waits_for_approval`, `unanswered`), PermissionDenied.
    """
    require(staff, case.brand, Permission.CASE_SOLVE)
    with transaction.atomic():
        case = timeline.locked(case.pk)
        if not case.live:
            return case
        if case.state == State.WAITING_INSIDE:
            raise CaseRefused("waits_for_approval")
        if case.first_responded_at is None and case.waiting_since is not None:
            raise CaseRefused("unanswered")
        clockwork.stop_waiting(case, State.SOLVED)
        case.solved_at = clock.now()
        if case.assignee_id is None:
            clockwork.assign(case, staff.pk)
        actor = acting(staff, case.brand)
        return done(case, actor, "solved", {"staff": staff.name}, public=True)


def reopen(case: Case, staff: StaffMember) -> Case:
    """Take a solved case up again: whoever has it may, so that a slip is undone at once; another's
    needs the right to. Raises CaseRefused (`closed`, `already_taken`), PermissionDenied."""
    require(staff, case.brand, needed_to_reopen(case, staff))
    with transaction.atomic():
        before, case = case.assignee_id, timeline.locked(case.pk)
        if case.assignee_id != before:
            raise CaseRefused("already_taken")
        if case.live:
            return case
        if case.state == State.CLOSED:
            raise CaseRefused("closed")
        case.state, case.solved_at = State.OPEN, None
        clockwork.assign(case, staff.pk)
        actor = acting(staff, case.brand)
        return done(case, actor, "reopened_by", {"staff": staff.name}, public=True)


def needed_to_reopen(case: Case, staff: StaffMember) -> Permission:
    """What `staff` must be allowed in the brand to reopen this case."""
    return Permission.CASE_SOLVE if case.assignee_id == staff.pk else Permission.CASE_REOPEN


def acting(staff: StaffMember, brand: str) -> Actor:
    """`staff` as one who acts in a brand."""
    return Actor(ActorKind.STAFF, staff.pk, brand)


def done(
    case: Case, actor: Actor, code: str, params: dict[str, str], *, public: bool = False
) -> Case:
    """Save a locked case, write the line, tell both sides, audit: how every step here ends."""
    case.save()
    timeline.tell(case, actor, code, params, public=public)
    timeline.changed(case, actor)
    audit.record(
        brand=case.brand,
        actor=actor,
        action=f"case.{code}",
        subject=case.subject,
        details={"assignee": str(case.assignee_id or "")},
    )
    return case


def _taken(case: Case, staff: StaffMember) -> Case:
    return done(case, acting(staff, case.brand), "taken", {"staff": staff.name}, public=True)


def _must_be_live(case: Case) -> None:
    if not case.live:
        raise CaseRefused("not_live")


def _load(staff: StaffMember) -> int:
    live = Case.objects.filter(assignee=staff, state__in=(State.OPEN, State.WAITING_CUSTOMER))
    return live.count()
