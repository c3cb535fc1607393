"""`kill -9` of two web processes, the worker and PostgreSQL in turn, while merchants' programs
pay over HTTP at both: every acknowledged payment is there once, none is half done, the proofs hold.

Short in `make test`; 200,000 payments under `make soak` (PAYDESK_TEST_PAYMENTS for another number).
"""

import os
import time
from collections.abc import Iterator

import pytest
from django.db import connection

from paydesk.audit.models import Unsealed
from paydesk.money.merchants.models import Merchant
from paydesk.people.models import Customer
from tests.chaos.accounts import check
from tests.chaos.killing import Installation, eventually
from tests.chaos.programs import Book, Line, Program, Request
from tests.factories import CustomerFactory
from tests.harness import databases
from tests.harness.cluster import TestCluster
from tests.money.orders.shops import fund, key, shop

FEW, MANY = 500, int(os.environ.get("PAYDESK_TEST_PAYMENTS", "200000"))
# How many payments are in one request of each program; 0: alone, not in bulk.
SHORT, LONG = (0, 0, 0, 25), (*[0] * 6, 1_000, 1_000)
PEOPLE = 24
FUNDS = 10**12
TURNS = 50


@pytest.fixture
def customers(committed_db: None, customer_factory: CustomerFactory) -> list[Customer]:
    return [customer_factory() for _ in range(PEOPLE)]


@pytest.fixture
def merchant(committed_db: None, customer_factory: CustomerFactory) -> Merchant:
    made = shop(customer_factory(name="林茶"))
    fund(made, FUNDS)
    Merchant.objects.filter(id=made.id).update(requests_a_second=1_000_000)
    return made


@pytest.fixture
def book(customers: list[Customer]) -> Iterator[Book]:
    """What is asked; nobody asks any more afterwards."""
    one = Book([customer.number for customer in customers])
    yield one
    one.over.set()


@pytest.fixture
def installation(
    committed_db: None, prepared_home: None, test_cluster: TestCluster
) -> Iterator[Installation]:
    one = Installation(test_cluster)
    try:
        one.start()
        yield one
    finally:
        one.stop()


@pytest.mark.slow
@pytest.mark.soak
def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(
    installation: Installation,
    merchant: Merchant,
    customers: list[Customer],
    book: Book,
    soak_factor: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    began = time.monotonic()
    long = soak_factor > 1
    text, count = key(merchant), MANY if long else FEW
    kills = 5 if long else 4  # the second web process costs the short form another start
    sizes = LONG if long else SHORT
    programs = [Program(book, installation.ports, text, size) for size in sizes]
    for program in programs:
        program.start()
    while book.acknowledged < count or installation.killed.total() < kills:
        _paid_more(book, max(count // TURNS, 20), f"{dict(installation.killed)}")
        installation.kill_next()
    installation.see_worker()
    paying = time.monotonic() - began
    _end(book, programs)
    _same_again(book.requests, installation.ports, text)
    if long:
        eventually(lambda: not Unsealed.objects.exists(), "the audit to be sealed", 300)
        eventually(_given_back, "the jobs of killed workers", 300)
    installation.stop()
    databases.let_go()
    stored = check(merchant, FUNDS, customers, book.requests)
    assert book.unanswered
    with capsys.disabled():
        print(
            f"\n{book.acknowledged} payments acknowledged in {paying:.0f} s, {stored} stored and"
            f" checked in {time.monotonic() - began - paying:.0f} s; {len(book.requests)} requests,"
            f" {book.unanswered} asked again, {book.at_both} answered by both web processes;"
            f" killed: {', '.join(f'{name} {n}' for name, n in installation.killed.items())}"
        )


def _end(book: Book, programs: list[Program]) -> None:
    """Let the programs see their last request through."""
    book.over.set()
    for program in programs:
        program.join(300)
    assert not book.failed, book.failed
    assert not any(program.is_alive() for program in programs)


def _paid_more(book: Book, more: int, so_far: str) -> None:
    """Wait until payments went on after what was killed, and both web processes answered one."""
    paid, at_both = book.acknowledged + more, book.at_both

    def went_on() -> bool:
        assert not book.failed, book.failed
        return book.acknowledged >= paid and book.at_both > at_both

    eventually(went_on, f"payments after {so_far}")


def _same_again(requests: list[Request], ports: list[int], text: str) -> None:
    """Asked again, at either process, a key is answered as the first time."""
    lines = [Line(port, text) for port in ports]
    answered = [request for request in requests if request.answered]
    for n, request in enumerate(answered[:: max(len(answered) // 60, 1)]):
        line = lines[n % 2]
        assert line.send(request)
        answer = line.hear()
        assert answer is not None
        assert answer[0] in (200, 201), answer
        request.take(*answer)
    for line in lines:
        line.close()


def _given_back() -> bool:
    """Whether no job is left with a worker that was killed in the middle of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs j"
            " LEFT JOIN procrastinate_workers w ON w.id = j.worker_id WHERE j.status = 'doing'"
            " AND (w.last_heartbeat < now() - interval '30 seconds') IS NOT FALSE"
        )
        return not cursor.fetchone()[0]
