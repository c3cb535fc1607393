"""What a case decides from plain values: states, order of the queue, deadlines, honest waits.

Pure: no Django, no clock, no database. Durations are timedeltas, moments are aware datetimes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from math import sqrt

MAX_BODY = 8_000  # characters of one message
MAX_FILES = 5  # files on one message
CAPACITY = 8  # live conversations that one agent is given; more may be taken by hand
PRESENT_FOR = timedelta(seconds=150)  # an agent's page reports every minute
LOOK_LASTS = timedelta(minutes=15)  # one opening of a customer's money


class CaseRefused(ValueError):
    """What was asked of a case can't be done; `code` says why, the texts say it in words."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class State(StrEnum):
    """Where a case stands. Closed is solved and past the time for taking it up again."""

    OPEN = "open"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_INSIDE = "waiting_inside"
    SOLVED = "solved"
    CLOSED = "closed"


LIVE = frozenset({State.OPEN, State.WAITING_CUSTOMER, State.WAITING_INSIDE})


class EntryKind(StrEnum):
    """What a line of the timeline is."""

    MESSAGE = "message"
    NOTE = "note"
    FACT = "fact"
    ACTION = "action"
    SYSTEM = "system"


class Topic(StrEnum):
    """What a case is about, as the customer or the finding says."""

    TRANSFER_FAILED = "transfer_failed"
    TOPUP_FAILED = "topup_failed"
    PAYMENT = "payment"
    REFUND = "refund"
    ACCOUNT_LOCKED = "account_locked"
    ACCOUNT_FROZEN = "account_frozen"
    THEFT = "theft"
    IDENTITY = "identity"
    OFFICIAL_CHECK = "official_check"
    COMPLAINT = "complaint"
    OTHER = "other"


class FreezeReason(StrEnum):
    """Why staff freeze an account: a code that both languages can say."""

    CUSTOMER_ASKED = "customer_asked"
    DEVICE_LOST = "device_lost"
    SUSPECTED_THEFT = "suspected_theft"
    SUSPECTED_FRAUD = "suspected_fraud"


class DeedKind(StrEnum):
    """What a case may do with money."""

    REFUND = "refund"
    HOLD = "hold"
    RELEASE = "release"


def needs_second_person(amount: int, refunded: int, limit: int) -> bool:
    """Whether a refund, with those of the same payment before it, exceeds what one may decide."""
    return refunded + amount > limit


class Priority(IntEnum):
    """How much a case may pass others. Smaller is sooner."""

    URGENT = 1
    HIGH = 2
    NORMAL = 3
    LOW = 4


HEAD_START: Mapping[Priority, timedelta] = {
    Priority.URGENT: timedelta(minutes=60),
    Priority.HIGH: timedelta(minutes=20),
    Priority.NORMAL: timedelta(0),
    Priority.LOW: timedelta(minutes=-20),
}

_PRIORITY_OF_TOPIC: Mapping[Topic, Priority] = {
    Topic.THEFT: Priority.URGENT,
    Topic.ACCOUNT_FROZEN: Priority.HIGH,
    Topic.ACCOUNT_LOCKED: Priority.HIGH,
    Topic.TRANSFER_FAILED: Priority.HIGH,
    Topic.TOPUP_FAILED: Priority.HIGH,
}

_FIRST_ANSWER: Mapping[str, timedelta] = {
    "chat": timedelta(minutes=3),
    "hotline": timedelta(minutes=3),
    "email": timedelta(hours=4),
    "complaints": timedelta(hours=4),
}
_FIRST_ANSWER_ELSEWHERE = timedelta(minutes=30)
_LEAST_TAKES = 6
_FEW = 3


def priority_of(topic: Topic) -> Priority:
    """The priority that a new case of this topic starts with."""
    return _PRIORITY_OF_TOPIC.get(topic, Priority.NORMAL)


def rank_at(waiting_since: datetime, priority: Priority) -> datetime:
    """The moment a waiting case is ranked by: earliest first.

    A higher priority is a head start of fixed length, so every case ages at the same speed and
    none can starve: whoever waits longer than the head start is first.
    """
    return waiting_since - HEAD_START[priority]


def turn_at(ranked: datetime, priority: Priority, at: datetime, *, staffed: bool) -> datetime:
    """What a case that is ranked so goes by at a moment: earliest first.

    While nobody is there for it, it stands as one of its priority that has only just come: those
    whom somebody is there for pass it, and it has its whole wait back at the next opening.
    """
    return ranked if staffed else max(ranked, rank_at(at, priority))


def first_answer_within(channel: str, priority: Priority) -> timedelta:
    """Service time in which the first answer is owed; half of it for an urgent case."""
    target = _FIRST_ANSWER.get(channel, _FIRST_ANSWER_ELSEWHERE)
    return target / 2 if priority == Priority.URGENT else target


def after_message(state: State, *, from_customer: bool) -> State:
    """The state after a public message: the customer's always opens, ours hands the turn over.

    What waits for a colleague goes on waiting, and a last kind word leaves a solved case solved.
    """
    if state == State.WAITING_INSIDE or (state == State.SOLVED and not from_customer):
        return state
    return State.OPEN if from_customer else State.WAITING_CUSTOMER


@dataclass(frozen=True, slots=True)
class Wait:
    """An honest range: about six in ten wait between `least` and `most` (whole minutes)."""

    least: timedelta
    most: timedelta


def estimated_wait(position: int, takes: Sequence[datetime], at: datetime) -> Wait | None:
    """How long the case at `position` (1 = next) waits, judged by when cases were taken lately.

    `takes` are the moments of the last hour in which a waiting case was taken. The n-th take from
    now comes after n mean gaps, give or take their scatter. None when there are too few to say.
    """
    if position < 1 or len(takes) < _LEAST_TAKES:
        return None
    gap = (at - min(takes)) / len(takes)
    middle, scatter = gap * position, gap * sqrt(position)
    least = max(timedelta(0), middle - scatter * 0.84)
    most = middle + scatter * 0.84
    return Wait(_whole_minutes(least, up=False), _whole_minutes(most, up=True))


def is_tellable(left: timedelta, position: int | None, wait: Wait | None) -> bool:
    """Whether an answer within `left` may be told to who stands at `position` (None: in no queue).

    Not when the estimate says that it takes longer, nor, without one, when many are before him.
    """
    if position is None:
        return True
    return wait.most <= left if wait else position <= _FEW


def _whole_minutes(span: timedelta, *, up: bool) -> timedelta:
    minutes, rest = divmod(span, timedelta(minutes=1))
    return timedelta(minutes=minutes + 1 if up and rest else minutes)


class Urgency(StrEnum):
    """How a deadline stands, for colour and words."""

    LATE = "late"
    SOON = "soon"
    CALM = "calm"


def urgency(due: datetime | None, at: datetime, *, whole: timedelta) -> Urgency:
    """Late once past; soon in the last two fifths of the time allowed."""
    if due is None:
        return Urgency.CALM
    if at >= due:
        return Urgency.LATE
    return Urgency.SOON if due - at <= whole * 0.4 else Urgency.CALM
