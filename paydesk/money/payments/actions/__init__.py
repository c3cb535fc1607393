"""The writes of this domain, one module per use case. Each submits one plan and nothing else."""

from paydesk.money.payments.actions.confirm import confirm
from paydesk.money.payments.actions.hold import place_hold, release_hold
from paydesk.money.payments.actions.notify import apply_notification, receive_notification
from paydesk.money.payments.actions.refund import (
    REFUND,
    ApprovalNeeded,
    NotRefundable,
    refund,
)
from paydesk.money.payments.actions.retry import NotRetriable, retry
from paydesk.money.payments.actions.review import NotUnderReview, decide
from paydesk.money.payments.actions.settle import (
    finish_verification,
    query_attempt,
    resolve_unknown,
)
from paydesk.money.payments.actions.sweep import sweep
from paydesk.money.payments.actions.topup import topup
from paydesk.money.payments.actions.transfer import transfer
from paydesk.money.payments.charging import UnknownInstrument
from paydesk.money.payments.reviewing import waits_for_review

__all__ = [
    "REFUND",
    "ApprovalNeeded",
    "NotRefundable",
    "NotRetriable",
    "NotUnderReview",
    "UnknownInstrument",
    "apply_notification",
    "confirm",
    "decide",
    "finish_verification",
    "place_hold",
    "query_attempt",
    "receive_notification",
    "refund",
    "release_hold",
    "resolve_unknown",
    "retry",
    "sweep",
    "topup",
    "transfer",
    "waits_for_review",
]
