"""The writes of refunds, one module per use case."""

from paydesk.money.refunds.actions.asking import (
    NotAskable,
    add_evidence,
    ask,
    choose_wallet,
    withdraw,
)
from paydesk.money.refunds.actions.carrying_out import (
    carry_out,
    follow_changed,
    retry_owed,
)
from paydesk.money.refunds.actions.deciding import (
    REFUND_REQUEST,
    NotDecidable,
    carry_out_decided,
    decide,
    decided,
)
from paydesk.money.refunds.actions.disputed_money import credited
from paydesk.money.refunds.actions.disputes import add_dispute_evidence, answer_dispute, told
from paydesk.money.refunds.actions.freed import customer_may_send, merchant_may_send
from paydesk.money.refunds.actions.policies import set_policy
from paydesk.money.refunds.actions.recalls import (
    NotRecallable,
    StillHeld,
    decide_recall,
    recall,
)
from paydesk.money.refunds.actions.repaying import NotRefundable, refund_purchase, repay
from paydesk.money.refunds.actions.returning import credit_due, paid_back, returned

__all__ = [
    "REFUND_REQUEST",
    "NotAskable",
    "NotDecidable",
    "NotRecallable",
    "NotRefundable",
    "StillHeld",
    "add_dispute_evidence",
    "add_evidence",
    "answer_dispute",
    "ask",
    "carry_out",
    "carry_out_decided",
    "choose_wallet",
    "credit_due",
    "credited",
    "customer_may_send",
    "decide",
    "decide_recall",
    "decided",
    "follow_changed",
    "merchant_may_send",
    "paid_back",
    "recall",
    "refund_purchase",
    "repay",
    "retry_owed",
    "returned",
    "set_policy",
    "told",
    "withdraw",
]
