"""WeChat Pay's signatures and seals: requests by our key, answers and notifications by theirs.

Which key of theirs is said by serial; serials change as certificates are rotated, so the caller
brings the keys it trusts by serial. Sends nothing.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from paydesk.money.payments.providers import rsa

SCHEME = "WECHATPAY2-SHA256-RSA2048"
ALGORITHM = "AEAD_AES_256_GCM"


class Unsealable(ValueError):
    """A sealed part that our key does not open, or that is no JSON object."""


class UnknownSerial(LookupError):
    """Signed with a certificate that we do not hold (yet)."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What WeChat sends about a signature, out of the headers."""

    timestamp: str
    nonce: str
    serial: str
    signature: str

    @property
    def complete(self) -> bool:
        """Whether every part is there."""
        return all((self.timestamp, self.nonce, self.serial, self.signature))


def stamp(headers: Mapping[str, str]) -> Stamp:
    """The signature's parts in an answer's or a delivery's headers."""
    return Stamp(
        headers.get("Wechatpay-Timestamp", ""),
        headers.get("Wechatpay-Nonce", ""),
        headers.get("Wechatpay-Serial", ""),
        headers.get("Wechatpay-Signature", ""),
    )


def authorization(
    account: Mapping[str, str], method: str, path: str, body: bytes, *, nonce: str, moment: int
) -> str:
    """The Authorization header of a request; `path` with its query."""
    signed = f"{method}\n{path}\n{moment}\n{nonce}\n".encode() + body + b"\n"
    parts = {
        "mchid": account["mchid"],
        "nonce_str": nonce,
        "signature": rsa.sign(rsa.private_key(account["private_key"]), signed),
        "timestamp": str(moment),
        "serial_no": account["serial"],
    }
    return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in parts.items())


def pay_sign(account: Mapping[str, str], *lines: str) -> str:
    """The signature with which a page inside WeChat opens a payment."""
    content = "".join(f"{line}\n" for line in lines).encode()
    return rsa.sign(rsa.private_key(account["private_key"]), content)


def is_genuine(given: Stamp, body: bytes, keys: Mapping[str, str]) -> bool:
    """Whether WeChat signed a body. `keys`: PEM by serial. Raises UnknownSerial."""
    key = keys.get(given.serial)
    if key is None:
        raise UnknownSerial(given.serial[:64])
    signed = f"{given.timestamp}\n{given.nonce}\n".encode() + body + b"\n"
    return rsa.verifies(rsa.public_key(key), signed, given.signature)


def unseal(resource: Mapping[str, Any], key: str) -> str:
    """The text of a sealed resource. Raises Unsealable."""
    try:
        if resource["algorithm"] != ALGORITHM:
            raise Unsealable("unknown algorithm")
        sealed = base64.b64decode(resource["ciphertext"], validate=True)
        beside = str(resource.get("associated_data") or "").encode()
        opened = AESGCM(key.encode()).decrypt(str(resource["nonce"]).encode(), sealed, beside)
        return opened.decode("utf-8")
    except (InvalidTag, KeyError, TypeError, binascii.Error, ValueError) as error:
        raise Unsealable("not sealed for us") from error


def unseal_object(resource: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The JSON object in a sealed resource. Raises Unsealable."""
    try:
        found = json.loads(unseal(resource, key))
    except (json.JSONDecodeError, RecursionError) as error:
        raise Unsealable("no JSON") from error
    if not isinstance(found, dict):
        raise Unsealable("no JSON object")
    return found
