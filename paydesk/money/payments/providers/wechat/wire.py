"""WeChat Pay's words: orders, refunds and their states as JSON, amounts in fen.

Knows the shapes only; who asks what and what follows is the adapter's.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from paydesk.money.payments.providers import references
from paydesk.money.payments.providers.credentials import Account
from paydesk.money.payments.providers.protocol import Answer, Order, ProviderSilent, Said

GATEWAY = "https://api.mch.weixin.qq.com"
ORDER_TIME = timedelta(minutes=15)
GRACE = timedelta(minutes=1)
CLOSED = "ORDER_CLOSED"
PAYING = "USERPAYING"
_REFUNDS = {
    "SUCCESS": Said.PAID,
    "PROCESSING": Said.WAITING,
    "CLOSED": Said.REFUSED,
    "ABNORMAL": Said.REFUSED,
}


def expires(order: Order) -> datetime:
    """Until when an order can be paid."""
    return (order.started_at or references.made_at(order.reference)) + ORDER_TIME


def order_content(account: Account, order: Order) -> dict[str, Any]:
    """What every kind of order says. Raises ValueError for a currency other than CNY."""
    if order.currency != "CNY":
        raise ValueError("WeChat Pay takes fen of yuan")
    return {
        "appid": account["app_id"],
        "mchid": account["mchid"],
        "description": order.terms.description[:127] or "Paydesk",
        "out_trade_no": references.write(order.reference),
        "time_expire": references.beijing(expires(order)).isoformat(timespec="seconds"),
        "notify_url": order.notify_url,
        "amount": {"total": order.amount, "currency": "CNY"},
    }


def refund_content(order: Order) -> dict[str, Any]:
    """What asks for a refund. Raises ValueError."""
    if order.original is None:
        raise ValueError("a refund needs its original")
    amount = {"refund": order.amount, "total": order.original.amount, "currency": "CNY"}
    notify = {"notify_url": order.notify_url} if order.notify_url else {}
    return {
        "out_trade_no": references.write(order.original.reference),
        "out_refund_no": references.write(order.reference),
        "amount": amount,
        **notify,
    }


def of_trade(trade: Mapping[str, Any], ordered: int) -> Answer:
    """What the state of an order means. Raises ProviderSilent for one that can't be read."""
    state, number = str(trade.get("trade_state", "")), str(trade.get("transaction_id", ""))[:64]
    match state:
        case "SUCCESS" | "REFUND":  # refunded since: it was paid all the same
            amount, currency = _amount(trade, "total")
            return Answer(Said.PAID, amount, currency, number)
        case "NOTPAY":
            return Answer(Said.REQUIRES_ACTION, ordered, "CNY", number)
        case "USERPAYING" | "ACCEPT":
            return Answer(Said.WAITING, ordered, "CNY", number, PAYING)
        case "CLOSED" | "REVOKED":
            return Answer(Said.REFUSED, ordered, "CNY", number, CLOSED)
        case "PAYERROR":
            return Answer(Said.REFUSED, ordered, "CNY", number, state)
    raise ProviderSilent(f"state {state[:20]}")


def of_refund(refund: Mapping[str, Any], state: str) -> Answer:
    """What the state of a refund means. Raises ProviderSilent for one that can't be read."""
    if state not in _REFUNDS:
        raise ProviderSilent(f"state {state[:20]}")
    said = _REFUNDS[state]
    amount, currency = _amount(refund, "refund")
    code = state if said is Said.REFUSED else ""
    return Answer(said, amount, currency, str(refund.get("refund_id", ""))[:64], code)


def _amount(fields: Mapping[str, Any], name: str) -> tuple[int, str]:
    amount = fields.get("amount")
    if not isinstance(amount, dict) or type(amount.get(name)) is not int:
        raise ProviderSilent("no amount")
    return amount[name], str(amount.get("currency", "CNY"))
