"""How sure we are with whom we speak, from nothing to a fresh second factor. Pure.

Every answer about an account and every action names the level it needs; levels lapse.
"""

from datetime import datetime, timedelta
from enum import IntEnum

CONTACT_LASTS = timedelta(minutes=30)
STEP_UP_LASTS = timedelta(minutes=10)


class Level(IntEnum):
    """In rising order, so that levels compare."""

    ANONYMOUS = 0
    CONTACT = 1  # proved by a code to a known address or number
    SIGNED_IN = 2
    STEPPED_UP = 3  # a second factor, minutes old


def level(
    now: datetime,
    *,
    signed_in: bool = False,
    contact_proved_at: datetime | None = None,
    stepped_up_at: datetime | None = None,
) -> Level:
    """The level that holds at `now`. A second factor counts only on top of a sign-in."""
    if signed_in and stepped_up_at and now - stepped_up_at < STEP_UP_LASTS:
        return Level.STEPPED_UP
    if signed_in:
        return Level.SIGNED_IN
    if contact_proved_at and now - contact_proved_at < CONTACT_LASTS:
        return Level.CONTACT
    return Level.ANONYMOUS


def suffices(held: Level, needed: Level) -> bool:
    """Whether somebody at `held` may be told or do what needs `needed`."""
    return held >= needed
