"""The canonical form of an audit entry and the digests that chain entries. Pure: no Django.

Changing anything here breaks every chain that exists: a new form needs a new FORM number and
must keep reading the old one.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

FORM = 1
GENESIS = "0" * 64
"""What the first link of a brand follows."""

_CODE = re.compile(r"[A-Za-z0-9_.:/+=-]{0,128}")
_ACTION = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")


@dataclass(frozen=True, slots=True)
class Content:
    """What an entry says: ids and codes. `personal_digest` stands for text kept apart, or is ''."""

    id: UUID
    brand: str
    actor: str
    action: str
    subject: str
    at: datetime
    details: Mapping[str, Any]
    personal_digest: str


def clean_details(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details as plain JSON of ids, codes, whole numbers and truth values.

    UUIDs, dates and enum members become text. Raises ValueError for free text and TypeError for
    any other type: what a person wrote or is called belongs in the personal text.
    """
    return {_code(key): _clean(value) for key, value in details.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _code(value)
    if isinstance(value, Mapping):
        return clean_details(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_code(item) if type(item) is str else _clean(item) for item in value]
    raise TypeError(f"audit details hold ids, codes and whole numbers, not {type(value).__name__}")


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise ValueError("audit details hold ids and codes; free text goes into `personal`")
    return text


def check_action(action: str) -> None:
    """Raise ValueError unless `action` is a dotted code such as `case.note`."""
    if not _ACTION.fullmatch(action):
        raise ValueError(f"{action!r} is no action code such as 'case.note'")


def entry_digest(content: Content) -> str:
    """SHA-256 (hex) of the canonical form: a compact JSON list with sorted keys, in ASCII."""
    form = [
        FORM,
        str(content.id),
        content.brand,
        content.actor,
        content.action,
        content.subject,
        content.at.astimezone(UTC).isoformat(timespec="microseconds"),
        dict(content.details),
        content.personal_digest,
    ]
    text = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def personal_digest(salt: str, text: str) -> str:
    """SHA-256 (hex) of personal text with its salt, so that an erased text can't be guessed."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def link_hash(previous: str, brand: str, position: int, entry_id: UUID, digest: str) -> str:
    """SHA-256 (hex) of a link: what it follows, where it stands and which entry it holds.

    The SQL function audit_seal computes the same; a test compares the two.
    """
    text = f"{previous}|{brand}|{position}|{entry_id}|{digest}"
    return hashlib.sha256(text.encode()).hexdigest()
