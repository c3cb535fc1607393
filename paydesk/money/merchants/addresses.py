"""Where notifications may go: public web addresses, and never into our own network.

The name is resolved here and the connection goes to the address that was checked, so that a name
which changes between the look and the call leads nowhere.
"""

import ipaddress
import socket
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings

_ASSIGNED = ipaddress.ip_network("2000::/3")
"""What of IPv6 is given to anybody: not site-local, not translated into IPv4."""
_CLOSED = tuple(
    ipaddress.ip_network(one)
    for one in (
        "192.0.0.0/24",  # of protocols; the home side of some networks
        "192.88.99.0/24",  # relays into IPv6, given up
        "100.64.0.0/10",  # inside of providers
        "2001::/23",  # of protocols, tunnels among them
        "2001:db8::/32",
        "3fff::/20",  # both for documents
    )
)
"""What Python's own list, which differs by release, calls global or might."""


class Problem(StrEnum):
    """Why an address is not used."""

    MALFORMED = "malformed"
    NOT_HTTPS = "not_https"
    UNKNOWN_HOST = "unknown_host"
    PRIVATE = "private_address"


class Refused(ValueError):
    """The address is not one that we call."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Target:
    """An address to call, with the machine behind it already looked up."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str


def check(url: str) -> None:
    """Whether the text is an address that we would call. Asks no name server. Raises Refused."""
    _parts(url)


def resolve(url: str) -> Target:
    """The machine to call. Raises Refused."""
    scheme, host, port, path = _parts(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused(Problem.UNKNOWN_HOST) from None
    ips = [str(one[4][0]) for one in found]
    for ip in ips:  # all of them: one private among them is one too many
        if not settings.WEBHOOKS_TO_PRIVATE and not is_public(ip):
            raise Refused(Problem.PRIVATE)
    if not ips:
        raise Refused(Problem.UNKNOWN_HOST)
    return Target(scheme, host, port, path, ips[0])


def is_public(ip: str) -> bool:
    """Whether an address belongs to the open internet."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(str(inner))
        if address not in _ASSIGNED:
            return False
    if any(address in closed for closed in _CLOSED):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused(Problem.MALFORMED) from None
    plain = any(ord(char) <= 32 or ord(char) == 127 for char in url)
    if plain or not parts.hostname or parts.username or len(url) > 500 or parts.fragment:
        raise Refused(Problem.MALFORMED)
    allowed = {"https", "http"} if settings.WEBHOOKS_TO_PRIVATE else {"https"}
    if parts.scheme not in allowed:
        raise Refused(Problem.NOT_HTTPS if parts.scheme == "http" else Problem.MALFORMED)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80), path
