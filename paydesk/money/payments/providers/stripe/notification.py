"""Stripe's webhooks: signature over moment and body, then what the event is about. Pure."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from paydesk.money.payments.providers.protocol import (
    About,
    Answer,
    NotificationProblem,
    NotificationRefused,
    Said,
    Told,
)
from paydesk.money.payments.providers.stripe import reading

HEADER = "Stripe-Signature"
TOLERANCE = timedelta(minutes=5)


def sign(secret: str, raw: bytes, at: datetime) -> str:
    """The header that makes a body believable, as sent at `at`."""
    moment = str(int(at.timestamp()))
    return f"t={moment},v1={_signature(secret, moment, raw)}"


def check(secret: str, raw: bytes, header: str, at: datetime) -> None:
    """Raise NotificationRefused unless the body is signed with the secret, and fresh."""
    about = claimed(raw)
    parts = [part.strip().partition("=")[::2] for part in header.split(",")]
    moments = [value for name, value in parts if name == "t"]
    given = [value for name, value in parts if name == "v1"]
    if not given or len(moments) != 1 or not _is_moment(moments[0]):
        raise NotificationRefused(NotificationProblem.UNSIGNED, about)
    right = _signature(secret, moments[0], raw).encode()
    # All are compared: while a secret is changed there are two.
    matches = [hmac.compare_digest(right, one.encode("ascii", "replace")) for one in given]
    if not any(matches):
        raise NotificationRefused(NotificationProblem.BAD_SIGNATURE, about)
    if abs(at - datetime.fromtimestamp(int(moments[0]), UTC)) > TOLERANCE:
        raise NotificationRefused(NotificationProblem.STALE, about)


def _is_moment(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 11


def _signature(secret: str, moment: str, raw: bytes) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + raw, hashlib.sha256).hexdigest()


def claimed(raw: bytes) -> UUID | None:
    """The reference that a body claims to be about, believed or not."""
    try:
        return UUID(json.loads(raw)["data"]["object"]["metadata"]["reference"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def read(raw: bytes, brand: str, account: str) -> Told:
    """What a body says, its signature apart. Raises NotificationRefused."""
    about = claimed(raw)
    try:
        event = json.loads(raw)
        told = _told(event, str(event["type"]), event["data"]["object"], account)
        meant = (event["data"]["object"].get("metadata") or {}).get("brand", brand)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotificationRefused(NotificationProblem.UNREADABLE, about) from error
    if meant != brand or (account and told.account != account):
        raise NotificationRefused(NotificationProblem.OTHER_ACCOUNT, about)
    return told


def _told(event: Mapping[str, Any], kind: str, thing: Mapping[str, Any], account: str) -> Told:
    event_id, whose = str(event["id"]), str(event.get("account") or account)
    reference = (thing.get("metadata") or {}).get("reference")
    ours = UUID(reference) if reference else None
    if kind.startswith("payment_intent."):
        return Told(event_id, ours, whose, reading.charge(thing))
    if kind in {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"}:
        return Told(event_id, ours, whose, reading.refund(thing), About.REFUND)
    if kind.startswith("charge.dispute."):
        disputed = reading.dispute(thing)
        intent = str(thing.get("payment_intent") or "")
        answer = Answer(Said.PAID, disputed.amount, disputed.currency, intent)
        return Told(event_id, None, whose, answer, About.DISPUTE, disputed)
    return Told(event_id, None, whose, Answer(Said.WAITING, 0, ""), About.NOTHING)
