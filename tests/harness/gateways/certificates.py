"""X.509 certificates made on the spot, with an authority of their own."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from paydesk.kit import clock
from tests.harness.gateways.base import key


def make(
    subject: str,
    name: str,
    *,
    issuer: str = "",
    serial: int = 0,
    authority: bool = False,
    since: datetime | None = None,
) -> str:
    """A certificate for the key called `subject`, with that common name; PEM.

    Signed by the key called `issuer`, or by itself. Good from `since` for a year.
    """
    start = since or clock.now() - timedelta(days=1)
    signer = issuer or subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(f"authority {signer}" if issuer else name))
        .public_key(key(subject).public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    return builder.sign(key(signer), SHA256()).public_bytes(Encoding.PEM).decode()


def authority(name: str) -> str:
    """A certificate authority's own certificate; its key is called `name`."""
    return make(name, f"authority {name}", authority=True)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
