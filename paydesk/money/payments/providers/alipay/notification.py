"""Alipay's asynchronous notifications: a signed form, checked for signature, age and account."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl
from uuid import UUID

from paydesk.money.payments.providers import references
from paydesk.money.payments.providers.alipay import signing, wire
from paydesk.money.payments.providers.credentials import Account
from paydesk.money.payments.providers.protocol import (
    About,
    Answer,
    NotificationProblem,
    NotificationRefused,
    Said,
    Told,
)

TOLERANCE = timedelta(hours=26)  # it is sent again for 25 hours, and may carry its first moment
_AHEAD = timedelta(minutes=5)
_PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})


def read(account: Account, raw: bytes, at: datetime) -> Told:
    """Check a delivery. Raises NotificationRefused."""
    given = fields(raw)
    about = _about(given)
    if not given.get("sign"):
        raise NotificationRefused(NotificationProblem.UNSIGNED, about)
    if not signing.notification_is_genuine(given, account["alipay_public_key"]):
        raise NotificationRefused(NotificationProblem.BAD_SIGNATURE, about)
    try:
        sent = wire.read_moment(given.get("notify_time", ""))
    except ValueError as error:
        raise NotificationRefused(NotificationProblem.UNREADABLE, about) from error
    if not -_AHEAD <= at - sent <= TOLERANCE:
        raise NotificationRefused(NotificationProblem.STALE, about)
    ours = given.get("app_id") == account["app_id"]
    seller = account.get("seller_id", "")
    if not ours or (seller and given.get("seller_id") != seller):
        raise NotificationRefused(NotificationProblem.OTHER_ACCOUNT, about)
    return content(given)


def fields(raw: bytes) -> dict[str, str]:
    """The fields of a delivery. Raises NotificationRefused for one that is no form."""
    try:
        pairs = parse_qsl(
            raw.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=100
        )
    except (ValueError, UnicodeDecodeError) as error:
        raise NotificationRefused(NotificationProblem.UNREADABLE) from error
    if len({key for key, _ in pairs}) != len(pairs):
        raise NotificationRefused(NotificationProblem.UNREADABLE)
    return dict(pairs)


def _about(given: Mapping[str, str]) -> UUID | None:
    return references.read(given.get("out_trade_no", ""))


def content(given: Mapping[str, str]) -> Told:
    """What a delivery says, its signature apart. Raises NotificationRefused."""
    reference, event = _about(given), given.get("notify_id", "")
    if not event:
        raise NotificationRefused(NotificationProblem.UNREADABLE, reference)
    account = given.get("app_id", "")
    refund = references.read(given.get("out_biz_no", "")) if given.get("refund_fee") else None
    if refund:
        # Its amount is that of all refunds together: the refund itself is asked about instead.
        waiting = Answer(Said.WAITING, 0, "CNY", given.get("trade_no", "")[:64])
        return Told(event, refund, account, waiting, About.REFUND)
    try:
        amount = wire.fen(given.get("total_amount", ""))
    except ValueError as error:
        raise NotificationRefused(NotificationProblem.UNREADABLE, reference) from error
    return Told(event, reference, account, _answer(given, amount), _concern(given, reference))


def _answer(given: Mapping[str, str], amount: int) -> Answer:
    state, number = given.get("trade_status", ""), given.get("trade_no", "")[:64]
    if state in _PAID:
        return Answer(Said.PAID, amount, "CNY", number)
    if state == "TRADE_CLOSED":
        return Answer(Said.REFUSED, amount, "CNY", number, "ACQ.TRADE_HAS_CLOSE")
    return Answer(Said.WAITING, amount, "CNY", number, "WAIT_BUYER_PAY")


def _concern(given: Mapping[str, str], reference: UUID | None) -> About:
    refunded = given.get("trade_status") == "TRADE_CLOSED" and given.get("gmt_payment")
    return About.NOTHING if reference is None or refunded else About.CHARGE
