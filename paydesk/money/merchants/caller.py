"""Calls a merchant's address: one POST, a short patience for all of it, no redirects, nothing
private.

The connection goes to the address that `addresses.resolve` checked; TLS still asks for the name.
Stores nothing.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.conf import settings

from paydesk.kit.waiting import let_connection_go
from paydesk.money.merchants.addresses import Refused, Target, resolve

PATIENCE = 10.0
"""Seconds for the whole call: a socket's own time-out begins anew with each byte that drips in."""
KEPT = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or the problem why there is none."""

    status: int | None
    text: str
    problem: str
    milliseconds: int

    @property
    def ok(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


def call(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """POST `body`. Never raises: what goes wrong is the answer's problem."""
    let_connection_go()
    began = time.monotonic()

    def answer(status: int | None, text: str, problem: str) -> Answer:
        return Answer(status, text, problem, int((time.monotonic() - began) * 1000))

    try:
        target = resolve(url)
        status, text = _post(target, headers, body)
    except Refused as refused:
        return answer(None, "", refused.problem.value)
    except TimeoutError:
        return answer(None, "", "timed_out")
    except ssl.SSLError:
        return answer(None, "", "bad_certificate")
    except (OSError, http.client.HTTPException, ValueError):
        return answer(None, "", "not_reached")
    return answer(status, text, "")


def _post(target: Target, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
    patience = getattr(settings, "WEBHOOK_PATIENCE", PATIENCE)
    until = time.monotonic() + patience
    line = http.client.HTTPConnection(target.host, target.port, timeout=patience)
    reached = socket.create_connection((target.ip, target.port), timeout=patience)
    try:
        with _cut_off_after(until - time.monotonic(), reached):
            if target.scheme == "https":
                context = ssl.create_default_context()
                reached = context.wrap_socket(reached, server_hostname=target.host)
            line.sock = reached
            line.request("POST", target.path, body, {**headers, "Connection": "close"})
            response = line.getresponse()
            text = response.read(KEPT).decode("utf-8", "replace")
    finally:
        line.close()
        reached.close()
    return response.status, text.replace("\x00", "")


@contextmanager
def _cut_off_after(seconds: float, reached: socket.socket) -> Iterator[None]:
    """Cut the connection once the time is over, whatever the receiver drips meanwhile. Raises
    TimeoutError then."""
    over = threading.Event()
    again = socket.fromfd(reached.fileno(), reached.family, reached.type)  # outlives wrapping

    def cut() -> None:
        over.set()
        with suppress(OSError):
            again.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException):
        if over.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
        timer.join()
        again.close()
    if over.is_set():
        raise TimeoutError
