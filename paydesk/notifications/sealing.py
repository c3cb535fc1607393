"""Encrypts the secrets of a message while it waits; the key lies outside the database.

The key is derived from the installation's secret key, so a copy of the database alone opens
nothing. Nothing here stores or sends.
"""

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unopenable(ValueError):
    """The secrets were sealed under another key, or damaged."""


def seal(secrets: Mapping[str, str]) -> bytes:
    """Ciphertext of the secrets; nothing for none."""
    if not secrets:
        return b""
    return _cipher().encrypt(json.dumps(dict(secrets)).encode())


def unseal(sealed: bytes) -> dict[str, str]:
    """The secrets again. Raises Unopenable."""
    if not sealed:
        return {}
    try:
        opened: dict[str, str] = json.loads(_cipher().decrypt(bytes(sealed)))
    except InvalidToken:
        raise Unopenable("sealed under another key") from None
    return opened


def _cipher() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"paydesk notifications v1").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
