"""Signatures of notifications to merchants, after Standard Webhooks 1.0.0. Pure.

The text signed is `<id>.<timestamp>.<body>`; a secret is `whsec_` and base64 of 32 random bytes.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
TOLERANCE = 300  # seconds


def make_secret() -> str:
    """A new signing secret."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature, `v1,<base64>`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    text = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def headers(owned: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers, with a signature for each of `owned` (two while secrets rotate)."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(one, message_id, timestamp, body) for one in owned),
    }


def verify(secret: str, given: dict[str, str], body: bytes, *, now: int) -> bool:
    """What a receiver does: whether one of the signatures is ours and the moment is fresh."""
    try:
        timestamp = int(given["webhook-timestamp"])
        wanted = sign(secret, given["webhook-id"], timestamp, body)
    except (KeyError, ValueError, binascii.Error):
        return False
    fresh = abs(now - timestamp) <= TOLERANCE
    signatures = given.get("webhook-signature", "").split()
    return fresh and any(hmac.compare_digest(one, wanted) for one in signatures)
