"""An entry of a bank statement in the form of a notification, sealed by this installation.

A bank sends no notifications; what its statement says takes the same way in as theirs, so that it
too is stored once as it came and applied once. Only we can make one: it is signed with our key.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac

from paydesk.money.payments.providers.bank.entries import Entry
from paydesk.money.payments.providers.protocol import (
    About,
    Answer,
    NotificationProblem,
    NotificationRefused,
    Said,
    Told,
)

HEADER = "Statement-Signature"


def write(entry: Entry, reference: UUID) -> bytes:
    """The body about one entry, which belongs to the order with that reference."""
    fields = {
        "number": entry.number,
        "reference": str(reference),
        "amount": entry.amount,
        "currency": entry.currency,
        "return_code": entry.return_code,
    }
    return json.dumps(fields, separators=(",", ":")).encode()


def sign(brand: str, raw: bytes) -> dict[str, str]:
    """The header that makes a body believable."""
    return {HEADER: _signature(brand, raw)}


def read(brand: str, raw: bytes, headers: Mapping[str, str]) -> Told:
    """Check a delivery. Raises NotificationRefused."""
    given = headers.get(HEADER, "")
    if not given:
        raise NotificationRefused(NotificationProblem.UNSIGNED)
    if not hmac.compare_digest(given.encode(), _signature(brand, raw).encode()):
        raise NotificationRefused(NotificationProblem.BAD_SIGNATURE)
    return content(brand, raw)


def content(brand: str, raw: bytes) -> Told:
    """What a delivery says, its signature apart. Raises NotificationRefused."""
    try:
        fields: dict[str, Any] = json.loads(raw)
        amount, code = int(fields["amount"]), str(fields["return_code"])
        number, currency = str(fields["number"]), str(fields["currency"])
        reference = UUID(fields["reference"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotificationRefused(NotificationProblem.UNREADABLE) from error
    came_back = bool(code) and amount > 0
    said = Said.RETURNED if came_back else Said.PAID
    answer = Answer(said, abs(amount), currency, number, code)
    if code and not came_back:
        return Told(number, None, brand, answer, About.NOTHING)  # never of an order of ours
    about = About.PAYOUT if came_back or amount < 0 else About.CHARGE
    return Told(number, reference, brand, answer, about)


def _signature(brand: str, raw: bytes) -> str:
    key = salted_hmac("paydesk.bank", brand, algorithm="sha256").digest()
    return hmac.new(key, raw, hashlib.sha256).hexdigest()
