"""The writes of reconciliation, one module per use case."""

from paydesk.money.reconciliation.actions import payout_file
from paydesk.money.reconciliation.actions.agreeing import STATEMENT
from paydesk.money.reconciliation.actions.agreeing import decided as statement_decided
from paydesk.money.reconciliation.actions.crediting import (
    Disputed,
    credit,
    credit_decided,
    explain_credited,
)
from paydesk.money.reconciliation.actions.ending import end, ending_decided
from paydesk.money.reconciliation.actions.explain import (
    ACTION,
    AlreadyExplained,
    decided,
    explain,
)
from paydesk.money.reconciliation.actions.paying_back import (
    NothingOwed,
    ask_to_pay_back,
    paying_back_decided,
)
from paydesk.money.reconciliation.actions.read import read
from paydesk.money.reconciliation.actions.recheck import recheck
from paydesk.money.reconciliation.actions.take_in import FileKnown, fetch_due, take_in

__all__ = [
    "ACTION",
    "STATEMENT",
    "AlreadyExplained",
    "Disputed",
    "FileKnown",
    "NothingOwed",
    "ask_to_pay_back",
    "credit",
    "credit_decided",
    "decided",
    "end",
    "ending_decided",
    "explain",
    "explain_credited",
    "fetch_due",
    "paying_back_decided",
    "payout_file",
    "read",
    "recheck",
    "statement_decided",
    "take_in",
]
