"""Encrypts what must not be read from a copy of the database: account numbers, second factors.

AES-256-GCM under the installation's keys, which lie in a file outside the database. Each sealed
value begins with its key's id, so keys can be replaced one after the other, and is bound to what
it is about, so it can't be moved to another row. Stores nothing itself.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = b"v1"
_SEPARATOR = b"."
_NONCE = 12


class Unopenable(ValueError):
    """Sealed under a key that is gone, about something else, or damaged."""


class KeysMissing(RuntimeError):
    """The file of keys that the installation names is not there or can't be read."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys by id; what is sealed now is sealed under `current`."""

    current: str
    by_id: dict[str, bytes]


def seal(plain: str, about: str) -> bytes:
    """Ciphertext of a text about something (like `bankaccount:<uuid>`). Raises KeysMissing."""
    keys = _keys()
    nonce = secrets.token_bytes(_NONCE)
    body = AESGCM(keys.by_id[keys.current]).encrypt(nonce, plain.encode(), about.encode())
    return _SEPARATOR.join((_VERSION, keys.current.encode(), base64.b64encode(nonce + body)))


def unseal(sealed: bytes, about: str) -> str:
    """The text again. Raises Unopenable, KeysMissing."""
    version, _, rest = bytes(sealed).partition(_SEPARATOR)
    key_id, _, body = rest.partition(_SEPARATOR)
    key = _keys().by_id.get(key_id.decode(errors="replace"))
    if version != _VERSION or key is None:
        raise Unopenable("sealed under a key that is not here")
    try:
        raw = base64.b64decode(body, validate=True)
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], about.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise Unopenable("damaged, or about something else") from error


def key_id(sealed: bytes) -> str:
    """The id of the key that opens a sealed value: which rows still need an old one."""
    return bytes(sealed).split(_SEPARATOR, 2)[1].decode()


def _keys() -> Keys:
    return _read(Path(settings.KEYS_FILE), bool(settings.KEYS_ARE_MADE))


@lru_cache(maxsize=8)
def _read(path: Path, may_make: bool) -> Keys:
    if may_make and not path.exists():
        _make(path)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        by_id = {one: base64.b64decode(key) for one, key in found["keys"].items()}
        return Keys(found["current"], {found["current"]: by_id[found["current"]]} | by_id)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeysMissing(f"no usable keys in {path}") from error


def _make(path: Path) -> None:
    """Write a first key. Of several processes that do so at once, one wins and all use its key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    first = {"current": "k1", "keys": {"k1": base64.b64encode(secrets.token_bytes(32)).decode()}}
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(first, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
