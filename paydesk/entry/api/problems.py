"""What the API says when it does not do what was asked: RFC 9457 problems with stable codes.

Codes never change; titles are in the reader's language. Tells nothing of another's account.
"""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import trans_real

from paydesk.entry.away import RETRY_SECONDS
from paydesk.money.orders.showing import reason_told
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.reasons import Reason

MEDIA_TYPE = "application/problem+json"

TITLES: dict[str, Promise] = {
    "malformed": _("请求无法读懂。"),
    "invalid": _("请求的内容不符合要求。"),
    "unauthenticated": _("没有密钥，或密钥无效。"),
    "scope_missing": _("这个密钥没有所需的权限。"),
    "merchant_stopped": _("商户目前不能收款或付款。"),
    "not_found": _("没有找到。"),
    "method_not_allowed": _("这个地址不支持这种方法。"),
    "key_reused": _("同一个 Idempotency-Key 已用于内容不同的请求。"),
    "in_progress": _("相同的请求正在处理，请稍后再试。"),
    "wrong_state": _("当前状态不允许这样做。"),
    "amount_too_large": _("金额超过可用的部分。"),
    "rate_limited": _("请求太频繁，请稍后再试。"),
    "too_large": _("请求太大。"),
    "too_slow": _("请求没有在规定时间内传完。"),
    "busy": _("现在人很多，请几秒后再试。"),
    "unavailable": _("服务暂时中断，请用同一个 Idempotency-Key 稍后再试。"),
    "fault": _("我们这边出了错，请稍后再试。"),
    "endpoint_refused": _("不能使用这个地址。"),
    "too_many": _("数量已达上限。"),
    "not_refundable": _("这笔付款不能退款。"),
    "refused": _("这笔款没有付出。"),
    Reason.BALANCE_SHORT: _("余额不足。"),
    Reason.BALANCE_HELD: _("可用余额不足，部分资金被保留。"),
    Reason.RECIPIENT_UNKNOWN: _("没有找到收款人。"),
    Reason.RECIPIENT_CLOSED: _("收款人的账户已关闭。"),
    Reason.RECIPIENT_RESTRICTED: _("收款人目前不能收款。"),
    Reason.SENDER_RESTRICTED: _("商户目前不能收款或付款。"),
    Reason.CURRENCY_DIFFERS: _("收款人没有这种货币的钱包。"),
    Reason.AMOUNT_SMALL: _("金额太小。"),
    Reason.AMOUNT_PRECISE: _("金额要用整数的最小货币单位。"),
    Reason.MAINTENANCE: _("系统维护中，请稍后再试。"),
    Reason.ORDER_CLOSED: _("订单已关闭。"),
    Reason.HOLD_EXPIRED: _("预授权已过期。"),
    Reason.DUPLICATE: _("这笔款已经付过。"),
    Reason.REFUND_TOO_MUCH: _("退款超过已付的金额。"),
    Reason.REFUND_TOO_LATE: _("已超过原路退款的期限。"),
    Reason.REFUND_ROUTE_GONE: _("原付款方式已关闭。"),
    Reason.MERCHANT_SHORT: _("商户余额不足，退款稍后进行。"),
    Reason.DISPUTE_OPEN: _("这笔付款有未了结的争议。"),
}
_TELLS = {"available", "short", "minimum", "amount", "digits", "typed", "rest", "paid", "refunded"}
"""Facts of a refusal that a merchant may read; all others stay inside."""


@dataclass(eq=False)
class Problem(Exception):
    """An answer other than the one wished for; raised by whatever finds it."""

    status: int
    code: str
    extra: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, lang: str) -> dict[str, Any]:
        """The problem in a language, as JSON-able values."""
        title = TITLES.get(self.code, TITLES["refused"])
        with translation.override(lang):
            return {
                "type": f"urn:paydesk:problem:{self.code}",
                "title": str(title),
                "status": self.status,
                "code": self.code,
                **self.extra,
            }


def lang_of(accept_language: str) -> str:
    """The language to answer in: of those offered, the one that the header likes best."""
    for wanted, _weight in trans_real.parse_accept_lang_header(accept_language.lower()[:500]):
        if wanted.startswith("zh"):
            return "zh-hans"
        if wanted.startswith("en"):
            return "en"
    return "zh-hans"


def refused(outcome: Outcome, payment: dict[str, Any] | None = None) -> Problem:
    """The problem that a recorded refusal is."""
    assert outcome.reason
    extra: dict[str, Any] = {name: value for name, value in outcome.facts.items() if name in _TELLS}
    if payment:
        extra["payment"] = payment
    return Problem(422, reason_told(outcome.reason) or "refused", extra)


def unavailable() -> Problem:
    """The database is away: whether anything was done, the same request tells later."""
    return Problem(503, "unavailable", headers={"Retry-After": RETRY_SECONDS})


def invalid(errors: list[dict[str, Any]]) -> Problem:
    """What a schema did not let through: where, and which rule."""
    told = []
    for error in errors[:20]:
        place = [str(part) for part in error.get("loc", ())]
        if place and place[0] in {"body", "query", "path", "header"}:
            source, *place = place
        else:
            source = "body"
        if source == "body" and place[:1] == ["content"]:
            place = place[1:]
        pointer = "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in place)
        told.append({"in": source, "pointer": pointer, "rule": str(error.get("type", ""))})
    return Problem(422, "invalid", {"errors": told})


def encode(content: Any) -> bytes:
    """JSON, as every answer is written."""
    return msgspec.json.encode(content)
