"""Keeps a settlement file so that nobody reads it out of a copy of the database."""

import base64
import zlib
from uuid import UUID

from paydesk.kit import vault
from paydesk.money.payments.providers.statements import MAX_BYTES, SettlementUnreadable, Trouble


def seal(file_id: UUID, raw: bytes) -> bytes:
    """The file packed and sealed."""
    return vault.seal(base64.b64encode(zlib.compress(raw, 6)).decode(), f"settlement:{file_id}")


def unseal(file_id: UUID, sealed: bytes) -> bytes:
    """The file as it came. Raises vault.Unopenable, SettlementUnreadable."""
    packed = base64.b64decode(vault.unseal(sealed, f"settlement:{file_id}"))
    unpacker = zlib.decompressobj()
    raw = unpacker.decompress(packed, MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise SettlementUnreadable(Trouble.TOO_LARGE)
    return raw
