"""WeChat Pay's notifications: signed by serial, sealed for us; signature, age, account checked."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from paydesk.money.payments.providers import references
from paydesk.money.payments.providers.credentials import Account
from paydesk.money.payments.providers.protocol import (
    About,
    NotificationProblem,
    NotificationRefused,
    ProviderSilent,
    Told,
)
from paydesk.money.payments.providers.wechat import certificates, signing, wire

TOLERANCE = timedelta(minutes=5)


def read(account: Account, raw: bytes, headers: Mapping[str, str], at: datetime) -> Told:
    """Check a delivery. Raises NotificationRefused.

    A serial that we don't hold is not believed now: the order is asked about instead, and the
    answer's serial makes the adapter fetch the new certificate.
    """
    about = _about(account, raw)
    given = signing.stamp(headers)
    if not given.complete:
        raise NotificationRefused(NotificationProblem.UNSIGNED, about)
    try:
        genuine = signing.is_genuine(given, raw, certificates.trusted(account))
    except signing.UnknownSerial as error:
        raise NotificationRefused(NotificationProblem.BAD_SIGNATURE, about) from error
    if not genuine:
        raise NotificationRefused(NotificationProblem.BAD_SIGNATURE, about)
    moment = given.timestamp
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 11):
        raise NotificationRefused(NotificationProblem.UNREADABLE, about)
    if abs(at - datetime.fromtimestamp(int(moment), UTC)) > TOLERANCE:
        raise NotificationRefused(NotificationProblem.STALE, about)
    told = content(account, raw)
    if told.account != account["mchid"]:
        raise NotificationRefused(NotificationProblem.OTHER_ACCOUNT, about)
    return told


def content(account: Account, raw: bytes) -> Told:
    """What a delivery says, its signature apart. Raises NotificationRefused."""
    outer = _outer(raw)
    try:
        inner = signing.unseal_object(outer["resource"], account["api_key"])
        event, kind = str(outer["id"]), str(outer["event_type"])
    except (signing.Unsealable, KeyError, TypeError) as error:
        raise NotificationRefused(NotificationProblem.UNREADABLE) from error
    merchant = str(inner.get("mchid", ""))
    try:
        if kind.startswith("REFUND."):
            answer = wire.of_refund(inner, str(inner.get("refund_status", "")))
            return Told(event, _ours(inner, "out_refund_no"), merchant, answer, About.REFUND)
        answer = wire.of_trade(inner, 0)
    except ProviderSilent as error:
        raise NotificationRefused(NotificationProblem.UNREADABLE, _either(inner)) from error
    reference = _ours(inner, "out_trade_no")
    about = About.CHARGE if reference else About.NOTHING
    return Told(event, reference, merchant, answer, about)


def _outer(raw: bytes) -> dict[str, Any]:
    try:
        outer = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise NotificationRefused(NotificationProblem.UNREADABLE) from error
    if not isinstance(outer, dict):
        raise NotificationRefused(NotificationProblem.UNREADABLE)
    return outer


def _about(account: Account, raw: bytes) -> UUID | None:
    """The reference a delivery claims to be about, believed or not."""
    try:
        return _either(signing.unseal_object(_outer(raw)["resource"], account["api_key"]))
    except (NotificationRefused, signing.Unsealable, KeyError, TypeError):
        return None


def _either(inner: Mapping[str, Any]) -> UUID | None:
    return _ours(inner, "out_refund_no") or _ours(inner, "out_trade_no")


def _ours(inner: Mapping[str, Any], name: str) -> UUID | None:
    return references.read(str(inner.get(name, "")))
