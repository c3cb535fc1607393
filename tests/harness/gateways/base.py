"""A gateway's server, book and faults; what it says is each provider's own module's."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)


class Fault(StrEnum):
    """How the next answer goes wrong."""

    SILENT_BEFORE = "silent_before"  # the line drops before anything was done
    SILENT_AFTER = "silent_after"  # done, but the answer gets lost
    UNSIGNED = "unsigned"  # answered by somebody without the key
    BROKEN = "broken"  # status 502 and a page of HTML


@dataclass
class Trade:
    """An order in the gateway's book; amounts in fen."""

    number: str  # ours
    amount: int
    own: str  # the gateway's
    state: str = "new"  # new, opened, paid, closed
    paid: int = 0
    refunds: dict[str, int] = field(default_factory=dict)
    refund_states: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """What goes back over the line."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Gateway:
    """Answers `handle`; faults are taken one an answer, refusals by what is asked for."""

    def __init__(self) -> None:
        self.book: dict[str, Trade] = {}
        self.faults: list[Fault] = []
        self.refusals: dict[str, str] = {}  # by what is asked for: the code to answer with
        self.requests: list[tuple[str, str, bytes]] = []
        self.url = ""

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """One request's answer."""
        raise NotImplementedError

    def unsigned(self, reply: Reply) -> Reply:
        """The same answer, signed by nobody we know."""
        raise NotImplementedError

    def settings(self) -> dict[str, str]:
        """The account file's values for this gateway."""
        raise NotImplementedError

    def trade(self, number: str) -> Trade:
        """The order with our number."""
        return self.book[number]

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Reply | None:
        """The answer with the next fault in it; None drops the line."""
        self.requests.append((method, path, body))
        fault = self.faults.pop(0) if self.faults else None
        if fault is Fault.SILENT_BEFORE:
            return None
        if fault is Fault.BROKEN:
            return Reply(502, b"<html>Bad gateway</html>")
        reply = self.handle(method, path, headers, body)
        if fault is Fault.SILENT_AFTER:
            return None
        return self.unsigned(reply) if fault is Fault.UNSIGNED else reply

    @contextmanager
    def serving(self) -> Iterator["Gateway"]:
        """The gateway on a free port of this machine."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            reply = gateway.answer(self.command, self.path, dict(self.headers), body)
            self.close_connection = True
            if reply is None:
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = _serve  # noqa: N815 - names that the server calls

        def log_message(self, format: str, *args: object) -> None:
            """Tests say what they saw themselves."""

    return Handler


@cache
def key(name: str) -> RSAPrivateKey:
    """A key pair, the same for a name as long as the tests run."""
    return generate_private_key(65537, 2048)


def private_pem(name: str) -> str:
    """The private half as PEM."""
    return (
        key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
    )


def public_pem(name: str) -> str:
    """The public half as PEM."""
    public = key(name).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
