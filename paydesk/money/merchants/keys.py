"""API keys: how they look, and what of them is kept. Pure; a key itself is never stored.

A key carries 256 random bits, so that a plain SHA-256 of it can be kept: there is nothing to guess.
"""

import hashlib
import secrets
from dataclasses import dataclass

LIVE, TEST = "pd_live_", "pd_test_"
SHOWN = 14


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new key: `text` is shown once, the rest is kept."""

    text: str
    prefix: str
    digest: str


def make(*, live: bool) -> Fresh:
    """A new key for live or for test money."""
    text = (LIVE if live else TEST) + secrets.token_urlsafe(32)
    return Fresh(text, text[:SHOWN], digest_of(text))


def digest_of(text: str) -> str:
    """What is kept of a key, and looked up by."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_key(text: str) -> bool:
    """Whether a text has a key's shape, worth a look-up."""
    return text.startswith((LIVE, TEST)) and 40 <= len(text) <= 80 and text.isascii()
