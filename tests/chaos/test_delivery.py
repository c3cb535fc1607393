"""Messages between a customer and an agent while everything breaks: nothing lost, nothing doubled.

Writers post to the real server, are cut off before the answer, and send again under the same id.
Readers hold streams, hang up at random and go on from their cursor. The server crashes meanwhile.
"""

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from uuid import UUID, uuid5

import httpx
import pytest
from django.conf import settings

from paydesk.desk.cases import actions as cases
from paydesk.desk.cases.models import Case, Entry
from paydesk.desk.cases.rules import EntryKind, Topic
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people.models import Customer, StaffMember, User
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.harness.live import LiveApp

NAMES = UUID("01a2070f-aa86-7266-889d-0ae20002026f")
MESSAGES = 25
PATIENCE = 90.0
SECRET = "c" * 32


class Browser:
    """One person's cookies and token, for as many connections as he likes."""

    def __init__(self, app: LiveApp, client_of: ClientOf, user: User) -> None:
        ((name, morsel),) = client_of(user).cookies.items()
        session = import_module(settings.SESSION_ENGINE).SessionStore(morsel.value)
        session["_csrftoken"] = SECRET
        session.save()
        self.url = app.url
        self.given = {"cookie": f"{name}={morsel.value}", "x-csrftoken": SECRET}

    def connect(self) -> httpx.Client:
        headers = self.given | {"x-requested-with": "fetch"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=5)


class Writer(threading.Thread):
    """Sends its messages in order, each until it is acknowledged; often cut off before that."""

    def __init__(self, browser: Browser, path: str, name: str, factor: int) -> None:
        super().__init__(name=name, daemon=True)
        self.browser, self.path, self.count = browser, path, MESSAGES * factor
        self.chance = random.Random(name)
        self.attempts = 0
        self.failed: BaseException | None = None

    def bodies(self) -> list[str]:
        return [f"{self.name} {number}" for number in range(self.count)]

    def run(self) -> None:
        try:
            for body in self.bodies():
                self.send(body)
        except BaseException as error:
            self.failed = error
            raise

    def send(self, body: str) -> None:
        form = {"client_id": str(uuid5(NAMES, body)), "body": body}
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.attempts += 1
            impatient = self.chance.random() < 0.4
            try:
                with self.browser.connect() as line:
                    timeout = self.chance.uniform(0.002, 0.05) if impatient else 5
                    answer = line.post(self.path, data=form, timeout=timeout)
            except httpx.TransportError:
                time.sleep(self.chance.uniform(0.01, 0.2))
                continue
            if answer.is_success:
                time.sleep(self.chance.uniform(0, 0.3))
                return
            paced = answer.status_code == 429  # a long run writes more than anybody could
            assert paced or answer.status_code >= 500, (answer.status_code, answer.text[:300])
            time.sleep(0.1)
        raise AssertionError(f"{body!r} was never acknowledged")


class Reader(threading.Thread):
    """Holds a stream, hangs up at random, and goes on from its cursor."""

    def __init__(self, browser: Browser, path: str, name: str, subject: str) -> None:
        super().__init__(name=name, daemon=True)
        self.browser, self.path, self.subject = browser, path, subject
        self.chance = random.Random(name)
        self.cursor = ""
        self.opened = threading.Event()
        self.stop = threading.Event()
        self.connects = 0
        self.resets = 0
        self.seen: list[int] = []

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                with self.browser.connect() as line, self.stream(line) as frames:
                    self.read(frames, time.monotonic() + self.chance.uniform(0.1, 1.5))
            except httpx.TransportError:
                time.sleep(0.05)

    @contextmanager
    def stream(self, line: httpx.Client) -> Iterator[Iterator[str]]:
        headers = {"last-event-id": self.cursor} if self.cursor else {}
        with line.stream("GET", self.path, headers=headers, timeout=2) as response:
            if response.status_code == 200:
                self.connects += 1
                yield response.iter_lines()
            else:
                assert response.status_code == 503, response.status_code
                time.sleep(0.1)
                yield iter(())

    def read(self, lines: Iterator[str], until: float) -> None:
        frame: dict[str, str] = {}
        for line in lines:
            if line and not line.startswith(":"):
                field, _, value = line.partition(": ")
                frame[field] = value
            elif not line:
                self.take(frame)
                frame = {}
                if time.monotonic() > until or self.stop.is_set():
                    return

    def take(self, frame: dict[str, str]) -> None:
        self.cursor = frame.get("id", self.cursor)
        if frame.get("event") == "open":
            self.opened.set()
        if frame.get("event") == "reset":
            self.resets += 1
        if frame.get("event") == "case.message":
            told = json.loads(frame["data"])
            if told["subject"] == self.subject:
                self.seen.append(told["payload"]["sequence"])


@pytest.fixture
def case(customer: Customer) -> Case:
    return cases.open_case(
        brand="topay",
        channel="chat",
        actor=Actor(ActorKind.CUSTOMER, customer.pk, "topay"),
        topic=Topic.OTHER,
        customer=customer,
    )


@pytest.fixture
def customer(committed_db: None, customer_factory: CustomerFactory) -> Customer:
    return customer_factory()


@pytest.fixture
def agent(committed_db: None, staff_factory: StaffFactory) -> StaffMember:
    return staff_factory()


@pytest.mark.soak
def test_a_conversation_survives_crashes_and_cut_lines(
    live_app: LiveApp,
    customer: Customer,
    agent: StaffMember,
    case: Case,
    client_of: ClientOf,
    soak_factor: int,
) -> None:
    theirs, ours = (Browser(live_app, client_of, one.user) for one in (customer, agent))
    writers = [
        Writer(theirs, f"/topay/support/{case.number}/send/", "customer", soak_factor),
        Writer(ours, f"/desk/cases/{case.number}/messages/", "agent", soak_factor),
    ]
    readers = [
        Reader(theirs, "/topay/live", "customer's stream", case.subject),
        Reader(ours, "/desk/live", "agent's stream", case.subject),
    ]
    first = case.last_sequence
    for reader in readers:
        reader.start()
        assert reader.opened.wait(10)
    for writer in writers:
        writer.start()
    for crash in (True, False) * soak_factor:
        time.sleep(1.0)
        live_app.restart(crash=crash)
    for writer in writers:
        writer.join(PATIENCE * soak_factor)
        assert writer.failed is None
        assert not writer.is_alive()

    case.refresh_from_db()
    public = Entry.objects.filter(case=case, internal=False, sequence__gt=first)
    expected = list(public.order_by("sequence").values_list("sequence", flat=True))
    wait_until(lambda: all(len(set(reader.seen)) >= len(expected) for reader in readers))
    for reader in readers:
        reader.stop.set()
        reader.join(10)

    stored = Entry.objects.filter(case=case).order_by("sequence")
    assert [entry.sequence for entry in stored] == list(range(1, case.last_sequence + 1))
    for writer, author in zip(writers, (ActorKind.CUSTOMER, ActorKind.STAFF), strict=True):
        said = stored.filter(kind=EntryKind.MESSAGE, author_kind=author)
        assert [entry.body for entry in said] == writer.bodies(), "each once, in the order written"
        assert writer.attempts > len(writer.bodies()), "it did have to send again"
    for reader in readers:
        assert reader.seen == expected, "each told once, in order"
        assert reader.connects > 3
        assert reader.resets == 0


def wait_until(holds: object, seconds: float = 20) -> None:
    assert callable(holds)
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
