"""What follows from plain facts about locks, freezes and decisions. Pure: no Django, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

UNFREEZE = "unfreeze"
"""Action code of the approval that lifting a freeze needs; its subject is `customer:<uuid>`."""

STAFF_WRONG_PASSWORDS = 5
STAFF_LOCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ApprovedDecision:
    """A second person's yes, as a plain value: what was asked, by whom and when, who agreed, when.

    It covers what there was when it was asked for, since that is what the asker looked into.
    """

    request_id: UUID
    action: str
    subject: str
    requested_by: UUID
    requested_at: datetime
    approved_by: UUID
    approved_at: datetime


class Objection(StrEnum):
    """Why a decision does not carry an action."""

    OTHER_ACTION = "other_action"
    OTHER_SUBJECT = "other_subject"
    SAME_PERSON = "same_person"
    TOO_OLD = "too_old"


def objection_to(
    decision: ApprovedDecision, *, action: str, subject: str, since: datetime
) -> Objection | None:
    """Why the decision does not allow `action` on `subject`; None when it does.

    `since` is when the state that it ends began: what was asked before was about something else.
    """
    if decision.action != action:
        return Objection.OTHER_ACTION
    if decision.subject != subject:
        return Objection.OTHER_SUBJECT
    if decision.requested_by == decision.approved_by:
        return Objection.SAME_PERSON
    if decision.requested_at < since:
        return Objection.TOO_OLD
    return None


@dataclass(frozen=True, slots=True)
class Blocks:
    """What a customer's restrictions in force keep from happening."""

    sign_in: bool = False
    send: bool = False
    receive: bool = False


def blocks(scopes: Iterable[str]) -> Blocks:
    """What restrictions of these scopes block together. `all` is sending and receiving.

    Signing in stays possible under `all`: who is frozen must still reach support.
    """
    held = set(scopes)
    return Blocks(
        sign_in="signin" in held,
        send=bool(held & {"send", "all"}),
        receive=bool(held & {"receive", "all"}),
    )


def is_locked_out(failures: int, limit: int) -> bool:
    """Whether so many wrong passwords in a row lock the account."""
    return failures >= limit


def strength(password: str) -> int:
    """A rough 0 (very weak) … 4 (strong) for the meter beside a new password.

    Counts length and kinds of characters, and takes off for repetition. The validators decide
    what is accepted; this only shows a direction.
    """
    if not password:
        return 0
    kinds = sum(
        any(test(c) for c in password)
        for test in (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    )
    distinct = len(set(password))
    points = (distinct >= 6) + (len(password) >= 10) + (len(password) >= 14) + (kinds >= 3)
    return max(1, min(4, points))
