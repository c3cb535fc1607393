"""Runs what fell due. Nothing runs twice: a time becomes an occurrence once (under the schedule's
row lock), a try has one request key whoever makes it, and a purpose is settled at most once.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.sweeping import all_due
from paydesk.money.schedules import calendar
from paydesk.money.schedules.actions.changing import advance
from paydesk.money.schedules.actions.following import record, tell_of
from paydesk.money.schedules.actions.paying import pay
from paydesk.money.schedules.models import Occurrence, Schedule
from paydesk.money.schedules.rules import (
    Due,
    OccurrenceState,
    OnMissed,
    ScheduleState,
    is_missed,
)

BATCH = 50
LEASE = timedelta(minutes=2)
"""How long a try may take before another worker makes it (under the same key)."""


def run_due() -> int:
    """Let what is due become occurrences and try those whose turn it is; answers how many tries
    were made."""
    all_due(_fall_due, _due, BATCH)
    return all_due(_try, _wanting, BATCH)


def _due() -> Sequence[UUID]:
    due = Schedule.objects.filter(state=ScheduleState.ACTIVE, next_at__lte=clock.now())
    return list(due.order_by("next_at").values_list("id", flat=True)[:BATCH])


def _wanting() -> Sequence[UUID]:
    # Those of paused schedules keep their turn, but must not stand before the others.
    wanting = Occurrence.objects.filter(
        state=OccurrenceState.RUNNING, next_try_at__lte=clock.now()
    ).exclude(schedule__state=ScheduleState.PAUSED)
    return list(wanting.order_by("next_try_at").values_list("id", flat=True)[:BATCH])


@transaction.atomic
def _fall_due(schedule_id: UUID) -> None:
    """Make an occurrence of each time that has come; of several missed only the last will run."""
    row = (
        Schedule.objects.select_for_update(skip_locked=True)
        .filter(id=schedule_id, state=ScheduleState.ACTIVE)
        .first()
    )
    zone, now = profiles.get(row.brand).zone if row else None, clock.now()
    while row and zone and row.next_at and row.next_at <= now:
        following = calendar.moment_of(row.plan, row.next_n + 1, zone)
        missed = is_missed(Due(row.next_n, row.next_at, following), OnMissed(row.on_missed), now)
        one = Occurrence.objects.create(
            id=ids.uuid7(),
            brand=row.brand,
            schedule=row,
            n=row.next_n,
            due_at=row.next_at,
            state=OccurrenceState.MISSED if missed else OccurrenceState.RUNNING,
            next_try_at=None if missed else now,
            ended_at=now if missed else None,
        )
        if missed:
            tell_of(one, "schedules/missed")
        advance(row)
        row.save(update_fields=["state", "next_n", "next_at"])


def _try(occurrence_id: UUID) -> bool:
    """Raises whatever went wrong: then the lease runs out and the same try is made again, under
    the same key."""
    one = _claim(occurrence_id)
    if one is None:
        return False
    record(one, pay(one))
    return True


@transaction.atomic
def _claim(occurrence_id: UUID) -> Occurrence | None:
    """The occurrence, leased for this try; None if it is somebody's, over, or paused."""
    now = clock.now()
    one = (
        Occurrence.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("schedule__customer__user", "schedule__recipient")
        .filter(id=occurrence_id, state=OccurrenceState.RUNNING, next_try_at__lte=now)
        .first()
    )
    if one is None or one.schedule.state == ScheduleState.PAUSED:
        return None
    if one.schedule.state == ScheduleState.CANCELLED:
        one.state, one.next_try_at, one.ended_at = OccurrenceState.SKIPPED, None, now
        one.save(update_fields=["state", "next_try_at", "ended_at"])
        return None
    one.next_try_at = now + LEASE
    one.save(update_fields=["next_try_at"])
    return one
