"""The writes of this domain, one module per use case."""

from paydesk.money.payouts.actions.accounts import (
    BankRefused,
    add_bank_account,
    remove_bank_account,
)
from paydesk.money.payouts.actions.cancelling import NotCancellable, cancel
from paydesk.money.payouts.actions.following import follow
from paydesk.money.payouts.actions.returning import credit_due, paid_back, take_return
from paydesk.money.payouts.actions.sending import send_due
from paydesk.money.payouts.actions.withdrawing import withdraw

__all__ = [
    "BankRefused",
    "NotCancellable",
    "add_bank_account",
    "cancel",
    "credit_due",
    "follow",
    "paid_back",
    "remove_bank_account",
    "send_due",
    "take_return",
    "withdraw",
]
