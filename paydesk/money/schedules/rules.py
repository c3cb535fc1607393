"""Decides what becomes of occurrences: when one is late, missed, tried again or given up. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from paydesk.money.payments.reasons import Reason

LATE_AFTER = timedelta(hours=6)
"""From when on an occurrence that was not begun counts as missed."""
RETRY_AFTER = (timedelta(hours=4), timedelta(hours=20), timedelta(hours=24))
"""When an occurrence is tried again for which the balance was short."""
RETRIED = frozenset({Reason.BALANCE_SHORT, Reason.BALANCE_HELD, Reason.PROVIDER_DOWN})
FARTHEST_AHEAD = timedelta(days=366 * 2)
MOST_LIVE = 50
"""How many schedules a customer may have at a time."""


class What(StrEnum):
    """What is paid."""

    TRANSFER = "transfer"
    BILL = "bill"


class ScheduleState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class OnMissed(StrEnum):
    """What to do with an occurrence whose time passed while nobody could run it."""

    RUN_LATE = "run_late"
    SKIP = "skip"


class OccurrenceState(StrEnum):
    RUNNING = "running"  # being paid, or waiting for another try
    WAITING = "waiting"  # asked for; the outcome comes by itself
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"  # by the customer
    MISSED = "missed"  # by us, and skipped by rule


LIVE = frozenset({ScheduleState.ACTIVE, ScheduleState.PAUSED})
ENDED = frozenset(set(OccurrenceState) - {OccurrenceState.RUNNING, OccurrenceState.WAITING})


@dataclass(frozen=True, slots=True)
class Due:
    """An occurrence whose moment has come; `next_due`: the one after it, None for the last."""

    n: int
    at: datetime
    next_due: datetime | None


def is_missed(due: Due, on_missed: OnMissed, now: datetime) -> bool:
    """Whether a due occurrence is passed over: too late by rule, or the next one is due as well
    (of several that were missed only the latest is run)."""
    if due.next_due is not None and due.next_due <= now:
        return True
    return on_missed is OnMissed.SKIP and now - due.at > LATE_AFTER


def retry_at(reason: Reason | None, tries: int, now: datetime) -> datetime | None:
    """When to try again after `tries` tries of which the last failed for `reason`; None: never."""
    if reason not in RETRIED or tries > len(RETRY_AFTER):
        return None
    return now + RETRY_AFTER[tries - 1]


def key(schedule: str, n: int, tries: int) -> str:
    """The request key of one try: the same for whoever makes it, so that it is made once."""
    return f"schedule:{schedule}:{n}:{tries}"[:64]


def purpose(schedule: str, n: int) -> str:
    """What a payment of this occurrence settles: at most one can."""
    return f"schedule:{schedule}:{n}"
