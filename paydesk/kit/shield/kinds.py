"""The kinds of secret that are masked, and what a finding is. Plain values."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What kind of secret stood there."""

    CARD = "card"
    SECURITY_CODE = "security_code"
    CODE = "code"
    PASSWORD = "password"  # noqa: S105 - the name of a kind, not a password
    PIN = "pin"
    RECOVERY_PHRASE = "recovery_phrase"
    PRIVATE_KEY = "private_key"
    API_KEY = "api_key"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A secret at `start` to `end` (exclusive) of the searched text."""

    start: int
    end: int
    kind: Kind
