"""Alipay's words: request fields, amounts in yuan, moments in Beijing time, states of a trade.

Knows the shapes only; who asks what and what follows is the adapter's.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from paydesk.money.payments.providers import references
from paydesk.money.payments.providers.alipay import signing
from paydesk.money.payments.providers.credentials import Account
from paydesk.money.payments.providers.protocol import Answer, Order, ProviderSilent, Said

GATEWAY = "https://openapi.alipay.com/gateway.do"
_MOMENT = "%Y-%m-%d %H:%M:%S"
PRODUCTS = {
    "alipay.trade.page.pay": "FAST_INSTANT_TRADE_PAY",
    "alipay.trade.wap.pay": "QUICK_WAP_WAY",
    "alipay.trade.app.pay": "QUICK_MSECURITY_PAY",
}
ORDER_TIME = timedelta(minutes=15)  # how long a payer may take; then the order is closed
GRACE = timedelta(minutes=1)  # for clocks that differ
SUBJECT = "Paydesk"


def yuan(minor: int) -> str:
    """Fen as Alipay writes yuan: 1234 is 12.34."""
    return f"{minor // 100}.{minor % 100:02d}"


def fen(text: str) -> int:
    """Yuan as fen. Raises ValueError for what is no amount in whole fen."""
    try:
        amount = Decimal(text) * 100
    except InvalidOperation as error:
        raise ValueError(f"no amount: {text[:20]}") from error
    if not amount.is_finite() or abs(amount) > 10**15 or amount != int(amount):
        raise ValueError(f"no amount in fen: {text[:20]}")
    return int(amount)


def moment(at: datetime) -> str:
    """A moment as Alipay writes it."""
    return references.beijing(at).strftime(_MOMENT)


def read_moment(text: str) -> datetime:
    """A moment that Alipay wrote. Raises ValueError."""
    return datetime.strptime(text, _MOMENT).replace(tzinfo=references.BEIJING)


def request(
    account: Account,
    method: str,
    content: Mapping[str, Any],
    at: datetime,
    **urls: str,
) -> dict[str, str]:
    """The signed fields of a request; `urls` are notify_url and return_url, left out if empty."""
    fields = {
        "app_id": account["app_id"],
        "method": method,
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": signing.SIGN_TYPE,
        "timestamp": moment(at),
        "version": "1.0",
        "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        **{name: url for name, url in urls.items() if url},
    }
    return signing.sign(fields, account["private_key"])


def encoded(fields: Mapping[str, str]) -> str:
    """Fields as a form or a query string."""
    return urlencode(fields)


def expires(order: Order) -> datetime:
    """Until when an order can be paid."""
    return (order.started_at or references.made_at(order.reference)) + ORDER_TIME


def order_content(order: Order) -> dict[str, Any]:
    """What every kind of order says. Raises ValueError for a currency other than CNY."""
    if order.currency != "CNY":
        raise ValueError("Alipay takes yuan")
    return {
        "out_trade_no": references.write(order.reference),
        "total_amount": yuan(order.amount),
        "subject": order.terms.description[:256] or SUBJECT,
        "time_expire": moment(expires(order)),
    }


def opening(account: Account, app: bool, fields: Mapping[str, str]) -> dict[str, Any]:
    """The action of an order that the payer opens: in Alipay's app, or on its page."""
    if app:
        return {"kind": "app", "fields": {"order": encoded(fields)}}
    return {"kind": "redirect", "url": f"{account.get('gateway', GATEWAY)}?{encoded(fields)}"}


def refund_key(order: Order) -> dict[str, Any]:
    """What names a refund: the original order and the refund's own number. Raises ValueError."""
    if order.original is None:
        raise ValueError("a refund needs its original")
    return {
        "out_trade_no": references.write(order.original.reference),
        "out_request_no": references.write(order.reference),
    }


def refund_content(order: Order) -> dict[str, Any]:
    """What asks for a refund. Raises ValueError."""
    return refund_key(order) | {"refund_amount": yuan(order.amount)}


def of_trade(order: Order, said: Mapping[str, Any]) -> Answer:
    """What the state of a trade means for its order. Raises ProviderSilent for an unknown one."""
    state, number = str(said.get("trade_status", "")), str(said.get("trade_no", ""))[:64]
    paid = state in {"TRADE_SUCCESS", "TRADE_FINISHED"}
    # A closed trade that was paid once has been refunded in full since.
    if paid or (state == "TRADE_CLOSED" and said.get("send_pay_date")):
        return Answer(Said.PAID, _amount(said), "CNY", number)
    if state == "TRADE_CLOSED":
        return Answer(Said.REFUSED, order.amount, "CNY", number, "ACQ.TRADE_HAS_CLOSE")
    if state == "WAIT_BUYER_PAY":
        return Answer(Said.WAITING, order.amount, "CNY", number, state)
    raise ProviderSilent(f"state {state[:20]}")


def of_refund(order: Order, said: Mapping[str, Any]) -> Answer:
    """What the state of a refund means."""
    if said.get("refund_status") == "REFUND_SUCCESS":
        try:
            amount = fen(str(said.get("refund_amount", "")))
        except ValueError as error:
            raise ProviderSilent("no amount") from error
        return Answer(Said.PAID, amount, "CNY", str(said.get("trade_no", ""))[:64])
    # The gateway knows no state of a refund that it never heard of.
    said_what = Said.WAITING if said.get("out_request_no") else Said.NOT_FOUND
    return Answer(said_what, order.amount, order.currency)


def _amount(said: Mapping[str, Any]) -> int:
    try:
        return fen(str(said.get("total_amount", "")))
    except ValueError as error:
        raise ProviderSilent("no amount") from error
