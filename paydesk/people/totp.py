"""Codes of authenticator apps (RFC 6238: SHA-1, six digits, thirty seconds). Pure."""

import base64
import hashlib
import hmac
import struct
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
SKEW = 1
"""How many steps the clock of a phone may be ahead or behind."""
SECRET_BYTES = 20


def step_of(at: datetime) -> int:
    """The number of the thirty seconds that a moment lies in."""
    return int(at.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of a step, of a secret in base 32."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    [number] = struct.unpack(">I", digest[start : start + 4])
    return str((number & 0x7FFFFFFF) % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """The step that a typed code belongs to, later than `after` so that none is good twice."""
    typed = "".join(char for char in code if char.isascii() and char.isdigit())
    now, found = step_of(at), None
    for step in range(now - SKEW, now + SKEW + 1):
        if hmac.compare_digest(code_at(secret, step), typed) and step > after:
            found = step
    return found


def new_secret(random: bytes) -> str:
    """A secret in base 32 of SECRET_BYTES random bytes."""
    return base64.b32encode(random).decode()


def address(secret: str, *, issuer: str, account: str) -> str:
    """What an authenticator app reads from the picture."""
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{query}"
