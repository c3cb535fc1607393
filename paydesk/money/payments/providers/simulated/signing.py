"""Signs and checks the simulated provider's notifications: HMAC-SHA256 over moment and body."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac

from paydesk.money.payments.providers.protocol import (
    About,
    Answer,
    Dispute,
    DisputeState,
    NotificationProblem,
    NotificationRefused,
    Said,
    Told,
)

HEADER = "Simulated-Signature"
TOLERANCE = timedelta(minutes=5)


def account(brand: str) -> str:
    """The brand's merchant account at the provider."""
    return f"sim_{brand}"


def _key(brand: str) -> bytes:
    return salted_hmac("paydesk.simulated", brand, algorithm="sha256").digest()


def _signature(brand: str, moment: int, raw: bytes) -> str:
    return hmac.new(_key(brand), f"{moment}.".encode() + raw, hashlib.sha256).hexdigest()


def sign(brand: str, raw: bytes, at: datetime) -> dict[str, str]:
    """The header that makes a body believable, as sent at `at`."""
    moment = int(at.timestamp())
    return {HEADER: f"t={moment},v1={_signature(brand, moment, raw)}"}


def write(
    brand: str,
    event_id: str,
    reference: UUID,
    answer: Answer,
    *,
    about: About = About.CHARGE,
    dispute: Dispute | None = None,
) -> bytes:
    """The body of a notification."""
    fields: dict[str, Any] = {
        "id": event_id,
        "account": account(brand),
        "about": about.value,
        "reference": str(reference),
        "status": answer.said.value,
        "amount": answer.amount,
        "currency": answer.currency,
        "code": answer.code,
        "provider_reference": answer.reference,
    }
    if dispute:
        due = dispute.due_at.isoformat() if dispute.due_at else None
        fields["dispute"] = {
            "id": dispute.id,
            "state": dispute.state.value,
            "reason": dispute.reason,
            "amount": dispute.amount,
            "currency": dispute.currency,
            "due_at": due,
        }
    return json.dumps(fields, separators=(",", ":")).encode()


def read(brand: str, raw: bytes, headers: Mapping[str, str], at: datetime) -> Told:
    """Check a notification's signature, age and account, in this order.

    Raises NotificationRefused.
    """
    about = _claimed_reference(raw)
    moment, given = _parts(headers.get(HEADER, ""), about)
    if not hmac.compare_digest(given, _signature(brand, moment, raw)):
        raise NotificationRefused(NotificationProblem.BAD_SIGNATURE, about)
    if abs(at - datetime.fromtimestamp(moment, UTC)) > TOLERANCE:
        raise NotificationRefused(NotificationProblem.STALE, about)
    told = content(raw)
    if told.account != account(brand):
        raise NotificationRefused(NotificationProblem.OTHER_ACCOUNT, about)
    return told


def _parts(header: str, about: UUID | None) -> tuple[int, str]:
    fields = dict(part.partition("=")[::2] for part in header.split(","))
    moment = fields.get("t", "")
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 11 and "v1" in fields):
        raise NotificationRefused(NotificationProblem.UNSIGNED, about)
    return int(moment), fields["v1"].encode("ascii", "replace").decode()


def _claimed_reference(raw: bytes) -> UUID | None:
    """The reference that a body claims to be about, believed or not."""
    try:
        return UUID(json.loads(raw)["reference"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def content(raw: bytes) -> Told:
    """What a body says, its signature apart. Raises NotificationRefused for an unreadable one."""
    try:
        fields: dict[str, Any] = json.loads(raw)
        answer = Answer(
            said=Said(fields["status"]),
            amount=int(fields["amount"]),
            currency=str(fields["currency"]),
            reference=str(fields["provider_reference"]),
            code=str(fields["code"]),
        )
        return Told(
            event_id=str(fields["id"]),
            reference=UUID(fields["reference"]),
            account=str(fields["account"]),
            answer=answer,
            about=About(fields.get("about", About.CHARGE)),
            dispute=_dispute(fields.get("dispute")),
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        problem = NotificationProblem.UNREADABLE
        raise NotificationRefused(problem, _claimed_reference(raw)) from error


def _dispute(fields: Mapping[str, Any] | None) -> Dispute | None:
    if fields is None:
        return None
    return Dispute(
        id=str(fields["id"]),
        state=DisputeState(fields["state"]),
        reason=str(fields["reason"]),
        amount=int(fields["amount"]),
        currency=str(fields["currency"]),
        due_at=datetime.fromisoformat(fields["due_at"]) if fields["due_at"] else None,
    )
