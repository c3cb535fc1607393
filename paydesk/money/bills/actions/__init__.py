"""The writes of this domain, one module per use case."""

from paydesk.money.bills.actions.asking import ask_due, follow
from paydesk.money.bills.actions.paying import BillRefused, BillWish, pay_bill, plan_bill
from paydesk.money.bills.actions.saving import forget_biller, save_biller

__all__ = [
    "BillRefused",
    "BillWish",
    "ask_due",
    "follow",
    "forget_biller",
    "pay_bill",
    "plan_bill",
    "save_biller",
]
