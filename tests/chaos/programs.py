"""Merchants' programs that pay over HTTP at two web processes while these are killed.

A program asks again under the same key until it gets a definite answer: at one server, at both at
the same time, or after hanging up before the answer came. It keeps what was acknowledged, and
fails at once where a key is answered in two ways.
"""

import http.client
import json
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

PATH = "/topay/api/v1/disbursements"
PATIENCE = 300.0
ANSWER_WITHIN = 60.0
GIVEN_UP, HUNG_UP, BOTH = 0.02, 0.1, 0.4


@dataclass
class Wish:
    """One payment of a request; `id` is the payment's, once it was acknowledged."""

    recipient: str
    amount: int
    id: str = ""

    def sent(self) -> dict[str, Any]:
        return {
            "recipient": self.recipient,
            "amount": self.amount,
            "currency": "CNY",
            "reference": "salary-11",
        }

    def acknowledge(self, payment: dict[str, Any]) -> None:
        """Keep the payment's id; a second answer must tell the same."""
        assert (payment["amount"], payment["state"]) == (self.amount, "succeeded"), payment
        assert self.id in ("", payment["id"]), f"two payments: {self.id} and {payment['id']}"
        self.id = payment["id"]


@dataclass
class Request:
    """One payment, or many in bulk, under one key."""

    wishes: list[Wish]
    bulk: bool
    key: str = field(default_factory=lambda: str(uuid4()))

    def stored_keys(self) -> list[str]:
        """The keys under which its payments are stored."""
        return [f"d:{self.key}/{n}" if self.bulk else f"d:{self.key}" for n in self._range()]

    @property
    def answered(self) -> bool:
        """Whether every payment was acknowledged."""
        return all(wish.id for wish in self.wishes)

    def body(self) -> bytes:
        sent = [wish.sent() for wish in self.wishes]
        return json.dumps({"disbursements": sent} if self.bulk else sent[0]).encode()

    def take(self, status: int, content: Any) -> None:
        """Note what an answer acknowledges: nothing, where it asks to come back (whatever is
        killed, no answer calls that a fault)."""
        if status == 503:
            return
        assert status == (200 if self.bulk else 201), (status, content)
        lines = [{"index": 0, "status": status, "payment": content}]
        lines = content["results"] if self.bulk else lines
        assert [line["index"] for line in lines] == list(self._range())
        for wish, line in zip(self.wishes, lines, strict=True):
            assert line["status"] in (201, 503), line
            if line["status"] == 201:
                wish.acknowledge(line["payment"])

    def _range(self) -> range:
        return range(len(self.wishes))


class Line:
    """A connection to one web process, opened again when it broke."""

    def __init__(self, port: int, key: str) -> None:
        self._key = key
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_WITHIN)

    def send(self, request: Request) -> bool:
        """Whether the request went out."""
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Idempotency-Key": request.key,
            "Content-Type": "application/json",
        }
        path = PATH + "/bulk" if request.bulk else PATH
        try:
            self._connection.request("POST", path, request.body(), headers)
        except (OSError, http.client.HTTPException):
            self.close()
            return False
        return True

    def hear(self) -> tuple[int, Any] | None:
        """Status and content of the answer; None where the connection broke."""
        try:
            response = self._connection.getresponse()
            said = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return None
        return response.status, json.loads(said) if response.status < 500 else None

    def close(self) -> None:
        self._connection.close()


class Book:
    """What the programs asked for and what came of it."""

    def __init__(self, recipients: Sequence[str]) -> None:
        self.recipients = recipients
        self.requests: list[Request] = []
        self.acknowledged = self.unanswered = self.at_both = 0
        self.over = threading.Event()
        self.failed: list[BaseException] = []
        self._lock = threading.Lock()

    def new(self, pick: random.Random, size: int) -> Request:
        """A fresh request of `size` payments; 0 for one that isn't in bulk."""
        wishes = [
            Wish(pick.choice(self.recipients), pick.randint(10, 500)) for _ in range(size or 1)
        ]
        request = Request(wishes, bulk=size > 0)
        with self._lock:
            self.requests.append(request)
        return request

    def note(self, *, acknowledged: int = 0, unanswered: int = 0, at_both: int = 0) -> None:
        """Count."""
        with self._lock:
            self.acknowledged += acknowledged
            self.unanswered += unanswered
            self.at_both += at_both


class Program(threading.Thread):
    """Makes requests of `size` payments, one after the other, until the book is closed."""

    def __init__(self, book: Book, ports: Sequence[int], key: str, size: int) -> None:
        super().__init__(daemon=True)
        self._book, self._size = book, size
        self._lines = [Line(port, key) for port in ports]
        self._pick = random.Random()

    def run(self) -> None:
        try:
            while not self._book.over.is_set():
                self._pay(self._book.new(self._pick, self._size))
        except BaseException as error:
            self._book.failed.append(error)
        finally:
            for line in self._lines:
                line.close()

    def _pay(self, request: Request) -> None:
        """Ask until the answer is definite; a few are never asked for again."""
        if self._pick.random() < GIVEN_UP:
            self._hang_up(request)
            return
        until = time.monotonic() + PATIENCE
        while not self._asked(request):
            assert time.monotonic() < until, f"{request.key} got no answer"
            self._book.note(unanswered=1)
            time.sleep(self._pick.uniform(0.02, 0.2))
        self._book.note(acknowledged=len(request.wishes))

    def _asked(self, request: Request) -> bool:
        """Ask once, in one of the ways; whether everything is acknowledged now."""
        way = self._pick.random()
        if way < HUNG_UP:
            self._hang_up(request)
        lines = self._pick.sample(self._lines, len(self._lines) if way < BOTH else 1)
        waiting = [line for line in lines if line.send(request)]
        heard = [answer for line in waiting if (answer := line.hear())]
        for status, content in heard:
            request.take(status, content)
        self._book.note(at_both=sum(status < 500 for status, _ in heard) > 1)
        return request.answered

    def _hang_up(self, request: Request) -> None:
        """Ask, and be gone before the answer."""
        line = self._pick.choice(self._lines)
        line.send(request)
        line.close()
