"""Everything that changes cases. Each action is one transaction with its event and audit entry."""

from paydesk.desk.cases.actions.account import ask_unfreeze, freeze, unlock
from paydesk.desk.cases.actions.conversation import open_case, post_message
from paydesk.desk.cases.actions.endings import (
    open_for_recall,
    open_for_request,
    recall_ended,
    request_ended,
    request_failed,
)
from paydesk.desk.cases.actions.giving_back import (
    case_for_recall,
    case_for_request,
    decide_recall,
    decide_request,
)
from paydesk.desk.cases.actions.money import Intent, place_hold, refund, release_hold
from paydesk.desk.cases.actions.reading import look, mark_read, present, seen_at_desk, typing
from paydesk.desk.cases.actions.routing import (
    hand_over,
    needed_to_reopen,
    next_for,
    reopen,
    solve,
    take,
    take_over,
)

__all__ = [
    "Intent",
    "ask_unfreeze",
    "case_for_recall",
    "case_for_request",
    "decide_recall",
    "decide_request",
    "freeze",
    "hand_over",
    "look",
    "mark_read",
    "needed_to_reopen",
    "next_for",
    "open_case",
    "open_for_recall",
    "open_for_request",
    "place_hold",
    "post_message",
    "present",
    "recall_ended",
    "refund",
    "release_hold",
    "reopen",
    "request_ended",
    "request_failed",
    "seen_at_desk",
    "solve",
    "take",
    "take_over",
    "typing",
    "unlock",
]
