"""UnionPay's back notifications: a signed form, checked for signature, age and account."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from paydesk.money.payments.providers import references
from paydesk.money.payments.providers.credentials import Account
from paydesk.money.payments.providers.protocol import (
    About,
    Answer,
    NotificationProblem,
    NotificationRefused,
    Said,
    Told,
)
from paydesk.money.payments.providers.unionpay import signing, wire

TOLERANCE = timedelta(hours=24)  # it carries the order's moment, and the order may wait
_AHEAD = timedelta(minutes=5)


def read(account: Account, raw: bytes, at: datetime) -> Told:
    """Check a delivery. Raises NotificationRefused."""
    fields = _fields(raw)
    about = references.read(fields.get("orderId", ""))
    if not fields.get("signature"):
        raise NotificationRefused(NotificationProblem.UNSIGNED, about)
    if not signing.is_genuine(fields, account, at):
        raise NotificationRefused(NotificationProblem.BAD_SIGNATURE, about)
    try:
        sent = wire.read_moment(fields.get("txnTime", ""))
    except ValueError as error:
        raise NotificationRefused(NotificationProblem.UNREADABLE, about) from error
    if not -_AHEAD <= at - sent <= TOLERANCE:
        raise NotificationRefused(NotificationProblem.STALE, about)
    if fields.get("merId") != account["merchant"]:
        raise NotificationRefused(NotificationProblem.OTHER_ACCOUNT, about)
    return content(raw)


def content(raw: bytes) -> Told:
    """What a delivery says, its signature apart. Raises NotificationRefused."""
    fields = _fields(raw)
    reference = references.read(fields.get("orderId", ""))
    try:
        amount = wire.amount_of(fields)
        event = "-".join(fields[name] for name in ("queryId", "txnType", "respCode"))
    except (wire.Unreadable, KeyError) as error:
        raise NotificationRefused(NotificationProblem.UNREADABLE, reference) from error
    about = {wire.PAY: About.CHARGE, wire.REFUND: About.REFUND}.get(fields.get("txnType", ""))
    if about is None or reference is None:
        about = About.NOTHING
    return Told(event, reference, fields.get("merId", ""), _answer(fields, amount), about)


def _fields(raw: bytes) -> dict[str, str]:
    try:
        return wire.read_form(raw)
    except wire.Unreadable as error:
        raise NotificationRefused(NotificationProblem.UNREADABLE) from error


def _answer(fields: Mapping[str, str], amount: int) -> Answer:
    """Only successes are told; anything else is asked about."""
    said = Said.PAID if fields.get("respCode") in {"00", "A6"} else Said.WAITING
    return Answer(said, amount, "CNY", fields["queryId"][:64])
