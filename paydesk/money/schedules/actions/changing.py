"""Pausing, resuming, skipping the next time, and ending a schedule. Moves no money.

Each locks the schedule's row, as whoever lets it fall due does: a time is either run or skipped.
"""

from uuid import UUID

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.money.schedules import calendar
from paydesk.money.schedules.models import Occurrence, Schedule
from paydesk.money.schedules.rules import LIVE, OccurrenceState, ScheduleState


class NotNow(ValueError):
    """The schedule is not in a state in which that can be done."""


@transaction.atomic
def pause(schedule: Schedule, *, actor: Actor) -> Schedule:
    """Let nothing fall due until it is resumed; what failed is not tried again meanwhile.

    Raises NotNow."""
    row = _locked(schedule.id, {ScheduleState.ACTIVE})
    row.state = ScheduleState.PAUSED
    return _keep(row, actor, "schedules.paused")


@transaction.atomic
def resume(schedule: Schedule, *, actor: Actor) -> Schedule:
    """Go on with the next time that is still to come; those that passed are not made up for.

    Raises NotNow."""
    row = _locked(schedule.id, {ScheduleState.PAUSED})
    row.state = ScheduleState.ACTIVE
    _go_to(row, after_now=True)
    return _keep(row, actor, "schedules.resumed")


@transaction.atomic
def skip(schedule: Schedule, n: int, *, actor: Actor) -> Schedule:
    """Leave out the next time, which is number `n` to whoever asks: pressed twice it is one.

    Raises NotNow when the next one is another."""
    row = _locked(schedule.id, LIVE)
    if row.next_n != n:
        raise NotNow(str(n))
    assert row.next_at
    Occurrence.objects.create(
        id=ids.uuid7(),
        brand=row.brand,
        schedule=row,
        n=row.next_n,
        due_at=row.next_at,
        state=OccurrenceState.SKIPPED,
        ended_at=clock.now(),
    )
    row.next_n += 1
    _go_to(row)
    return _keep(row, actor, "schedules.skipped")


@transaction.atomic
def cancel(schedule: Schedule, *, actor: Actor) -> Schedule:
    """End a schedule; what is being paid goes on, what waits for another try does not.

    Raises NotNow."""
    row = _locked(schedule.id, LIVE)
    row.state, row.next_at = ScheduleState.CANCELLED, None
    return _keep(row, actor, "schedules.cancelled")


def advance(row: Schedule) -> None:
    """Go on to the number after the next; the caller holds the row and saves it."""
    row.next_n += 1
    _go_to(row)


def _go_to(row: Schedule, *, after_now: bool = False) -> None:
    zone, now = profiles.get(row.brand).zone, clock.now()
    for n, at in calendar.coming(row.plan, zone, row.next_n):
        if not after_now or at > now:
            row.next_n, row.next_at = n, at
            return
    row.state, row.next_at = ScheduleState.FINISHED, None


def _locked(schedule_id: UUID, states: "set[ScheduleState] | frozenset[ScheduleState]") -> Schedule:
    row = Schedule.objects.select_for_update().get(id=schedule_id)
    if row.state not in states:
        raise NotNow(row.state)
    return row


def _keep(row: Schedule, actor: Actor, action: str) -> Schedule:
    row.save(update_fields=["state", "next_n", "next_at"])
    audit.record(
        brand=row.brand,
        actor=actor,
        action=action,
        subject=f"schedule:{row.id}",
        details={"next": row.next_n},
    )
    return row
