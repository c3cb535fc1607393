"""UnionPay's signatures (5.1.0, method 01): RSA over the hex SHA-256 of the sorted fields.

UnionPay sends the certificate along with which it signed; it is believed only if one of the
configured certificate authorities issued it, it is valid now and it names UnionPay. Sends nothing.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.x509 import Certificate, load_pem_x509_certificates
from cryptography.x509.oid import NameOID

from paydesk.money.payments.providers import rsa
from paydesk.money.payments.providers.credentials import Account

SIGNER = "中国银联股份有限公司"


def digest(fields: Mapping[str, str]) -> bytes:
    """What is signed: the SHA-256, in hex, of the filled fields as key=value sorted by key."""
    pairs = sorted((k, v) for k, v in fields.items() if k != "signature" and v != "")
    text = "&".join(f"{key}={value}" for key, value in pairs)
    return hashlib.sha256(text.encode()).hexdigest().encode()


def sign(fields: Mapping[str, str], account: Account) -> dict[str, str]:
    """A request's fields with the certificate's number and the signature."""
    certificate = rsa.certificate(account["certificate"])
    whole = {**fields, "certId": str(certificate.serial_number), "signMethod": "01"}
    key = rsa.private_key(account["private_key"])
    return {**whole, "signature": rsa.sign(key, digest(whole))}


def is_genuine(fields: Mapping[str, str], account: Account, at: datetime) -> bool:
    """Whether UnionPay signed the fields."""
    try:
        certificate = rsa.certificate(fields.get("signPubKeyCert", ""))
    except rsa.BadKey:
        return False
    if not _believed(certificate, account, at):
        return False
    key = rsa.public_key(fields["signPubKeyCert"])
    return rsa.verifies(key, digest(fields), fields.get("signature", ""))


def _believed(certificate: Certificate, account: Account, at: datetime) -> bool:
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return False
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    parts = str(names[0].value).split("@") if names else []
    if account.get("signer", SIGNER) not in parts[2:3]:
        return False
    return any(_issued(certificate, issuer, at) for issuer in _authorities(account))


def _authorities(account: Account) -> list[Certificate]:
    return load_pem_x509_certificates(account["authorities"].encode())


def _issued(certificate: Certificate, issuer: Certificate, at: datetime) -> bool:
    if not issuer.not_valid_before_utc <= at <= issuer.not_valid_after_utc:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
