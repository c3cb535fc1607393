"""The writes of this domain, one module per use case."""

from paydesk.money.schedules.actions.changing import cancel, pause, resume, skip
from paydesk.money.schedules.actions.following import catch_up, follow
from paydesk.money.schedules.actions.making import NotPossible, ScheduleWish, make
from paydesk.money.schedules.actions.running import run_due

__all__ = [
    "NotPossible",
    "ScheduleWish",
    "cancel",
    "catch_up",
    "follow",
    "make",
    "pause",
    "resume",
    "run_due",
    "skip",
]
