"""RSA with SHA-256 (PKCS #1 v1.5), as the Chinese providers sign. Knows no provider's format."""

import base64
import binascii
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import Certificate, load_pem_x509_certificate


class BadKey(ValueError):
    """A configured key can't be read, or is no RSA key."""


@lru_cache(maxsize=64)
def private_key(text: str) -> RSAPrivateKey:
    """A private key as PEM, or as the bare base64 that Alipay's tool prints. Raises BadKey."""
    try:
        if "-----" in text:
            key: object = load_pem_private_key(text.encode(), password=None)
        else:
            key = load_der_private_key(base64.b64decode(text), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey("unreadable private key") from error
    if not isinstance(key, RSAPrivateKey):
        raise BadKey("not an RSA key")
    return key


@lru_cache(maxsize=64)
def public_key(text: str) -> RSAPublicKey:
    """A public key as PEM or bare base64, or out of a PEM certificate. Raises BadKey."""
    try:
        if "BEGIN CERTIFICATE" in text:
            key: object = certificate(text).public_key()
        elif "-----" in text:
            key = load_pem_public_key(text.encode())
        else:
            key = load_der_public_key(base64.b64decode(text))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey("unreadable public key") from error
    if not isinstance(key, RSAPublicKey):
        raise BadKey("not an RSA key")
    return key


@lru_cache(maxsize=64)
def certificate(text: str) -> Certificate:
    """An X.509 certificate as PEM. Raises BadKey."""
    try:
        return load_pem_x509_certificate(text.encode())
    except ValueError as error:
        raise BadKey("unreadable certificate") from error


def sign(key: RSAPrivateKey, content: bytes) -> str:
    """The signature as base64."""
    return base64.b64encode(key.sign(content, PKCS1v15(), SHA256())).decode()


def verifies(key: RSAPublicKey, content: bytes, signature: str) -> bool:
    """Whether a base64 signature is this key's over the content."""
    try:
        given = base64.b64decode(signature, validate=True)
        key.verify(given, content, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
