"""UnionPay's words: request fields, forms, answers, moments in Beijing time, codes of an order.

An order is named by its number and its moment together; the moment stands in our reference.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from paydesk.money.payments.providers import references
from paydesk.money.payments.providers.credentials import Account
from paydesk.money.payments.providers.protocol import Answer, Order, ProviderSilent, Said

GATEWAY = "https://gateway.95516.com"
FRONT, BACK, QUERY = (
    "/gateway/api/frontTransReq.do",
    "/gateway/api/backTransReq.do",
    "/gateway/api/queryTrans.do",
)
ORDER_TIME = timedelta(minutes=15)
GRACE = timedelta(minutes=1)
_MOMENT = "%Y%m%d%H%M%S"
YUAN = "156"
PAY, REFUND, LOOK = "01", "04", "00"  # kinds of transaction
NOT_FOUND = "34"
TIMED_OUT = "TIMED_OUT"  # ours: nobody came to their page in time
_UNDECIDED = frozenset({"03", "04", "05"})
_NO_ANSWER = frozenset({"01", "02", "06", "37"})  # their own trouble, or asked too often


class Unreadable(ValueError):
    """An answer or a delivery that is no list of fields."""


def moment(at: datetime) -> str:
    """A moment as UnionPay writes it."""
    return references.beijing(at).strftime(_MOMENT)


def read_moment(text: str) -> datetime:
    """A moment that UnionPay wrote. Raises ValueError."""
    return datetime.strptime(text, _MOMENT).replace(tzinfo=references.BEIJING)


def sent_at(order: Order) -> datetime:
    """The moment that names the order together with its number."""
    return references.made_at(order.reference)


def expires(order: Order) -> datetime:
    """Until when an order can be paid."""
    return sent_at(order) + ORDER_TIME


def common(account: Account, order: Order, kind: str, subkind: str) -> dict[str, str]:
    """The fields of every request."""
    return {
        "version": "5.1.0",
        "encoding": "UTF-8",
        "txnType": kind,
        "txnSubType": subkind,
        "bizType": "000201",
        "channelType": "07",
        "accessType": "0",
        "merId": account["merchant"],
        "orderId": references.write(order.reference),
        "txnTime": moment(sent_at(order)),
    }


def payment(account: Account, order: Order) -> dict[str, str]:
    """What the payer's browser posts. Raises ValueError for a currency other than CNY."""
    if order.currency != "CNY":
        raise ValueError("UnionPay is set up for yuan")
    return common(account, order, PAY, "01") | {
        "txnAmt": str(order.amount),
        "currencyCode": YUAN,
        "frontUrl": order.terms.return_url,
        "backUrl": order.notify_url,
        "payTimeout": moment(expires(order)),
    }


def refund(account: Account, order: Order) -> dict[str, str]:
    """What asks for a refund of the original, named by UnionPay's own number. Raises ValueError."""
    if order.original is None:
        raise ValueError("a refund needs its original")
    return common(account, order, REFUND, "00") | {
        "txnAmt": str(order.amount),
        "origQryId": order.original.provider_reference,
        "backUrl": order.notify_url or "http://www.specialUrl.com",  # their word for "tell nobody"
    }


def form(fields: Mapping[str, str]) -> bytes:
    """Fields as a posted form."""
    return urlencode({k: v for k, v in fields.items() if v != ""}).encode()


def read_form(raw: bytes) -> dict[str, str]:
    """The fields of a delivery. Raises Unreadable."""
    try:
        pairs = parse_qsl(
            raw.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=100
        )
    except (ValueError, UnicodeDecodeError) as error:
        raise Unreadable("no form") from error
    return _unique(pairs)


def read_answer(body: bytes) -> dict[str, str]:
    """The fields of an answer: key=value joined by &, not escaped, values in braces whole.

    Raises Unreadable.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("not UTF-8") from error
    pairs = [_pair(part) for part in _parts(text)]
    return _unique(pairs)


def _parts(text: str) -> list[str]:
    parts, start, depth = [], 0, 0
    for place, char in enumerate(text):
        if char in "{[":
            depth += 1
        elif char in "}]":
            depth -= 1
        elif char == "&" and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _pair(part: str) -> tuple[str, str]:
    name, equals, value = part.partition("=")
    if not equals:
        raise Unreadable("no field")
    return name, value


def _unique(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a field twice")
    return found


def of_code(code: str, order: Order, amount: int, number: str) -> Answer:
    """What an order's own code means. Raises ProviderSilent where it says nothing yet.

    A defective success (A6) is a success: the money was taken.
    """
    if code in {"00", "A6"}:
        return Answer(Said.PAID, amount, "CNY", number)
    if code in _UNDECIDED:
        return Answer(Said.WAITING, order.amount, order.currency, number)
    if code in _NO_ANSWER:
        raise ProviderSilent(f"code {code}")
    return Answer(Said.REFUSED, order.amount, order.currency, number, code[:64])


def amount_of(fields: Mapping[str, str]) -> int:
    """The amount in fen. Raises Unreadable."""
    text = fields.get("txnAmt", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Unreadable("no amount")
    if fields.get("currencyCode", YUAN) != YUAN:
        raise Unreadable("another currency")
    return int(text)
