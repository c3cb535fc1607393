"""The cursor against writers that commit late, out of order, or not at all; with real commits."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction

from paydesk.kit.actors import SYSTEM
from paydesk.kit.events import actions, queries
from paydesk.kit.events.rules import START, Cursor

WRITERS, TRANSACTIONS = 6, 40


def told(case: str) -> None:
    actions.publish(
        brand="topay",
        kind="case.message",
        subject=case,
        audience=["desk:topay"],
        actor=SYSTEM("topay"),
        payload={},
    )


class Writer(threading.Thread):
    """Publishes in transactions of random length; rolls some back; notes what it committed."""

    def __init__(self, name: str, transactions: int) -> None:
        super().__init__(name=name)
        self.transactions = transactions
        self.committed: list[str] = []
        self.chance = random.Random(name)

    def run(self) -> None:
        try:
            for number in range(self.transactions):
                self.one(number)
        finally:
            connection.close()

    def one(self, number: int) -> None:
        names = [f"{self.name}/{number}/{part}" for part in range(self.chance.randint(1, 3))]
        try:
            with transaction.atomic():
                for name in names:
                    told(name)
                    time.sleep(self.chance.choice([0, 0, 0.001, 0.02]))
                if self.chance.random() < 0.2:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            return
        self.committed += names


class Reader(threading.Thread):
    """Reads on from its own cursor, in pages of its own size, until told to stop."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(name=name)
        self.limit = limit
        self.seen: list[str] = []
        self.cursors: list[Cursor] = []
        self.stop = threading.Event()

    def run(self) -> None:
        cursor = START
        try:
            while True:
                last_round = self.stop.is_set()
                page = queries.read_after(cursor, self.limit)
                assert page.position >= cursor
                self.seen += [event.subject for event in page.events]
                self.cursors += [event.cursor for event in page.events]
                cursor = page.position
                if last_round and page.complete:
                    return
                time.sleep(0.001)
        finally:
            connection.close()


@pytest.mark.slow
@pytest.mark.soak
def test_late_commits_are_neither_missed_nor_doubled(committed_db: None, soak_factor: int) -> None:
    transactions = TRANSACTIONS * soak_factor
    readers = [Reader(f"r{number}", limit) for number, limit in enumerate((1, 7, 500))]
    writers = [Writer(f"w{number}", transactions) for number in range(WRITERS)]
    for thread in (*readers, *writers):
        thread.start()
    for writer in writers:
        writer.join()
    for reader in readers:
        reader.stop.set()
        reader.join(timeout=30)
    committed = Counter(name for writer in writers for name in writer.committed)
    assert len(committed) > WRITERS * transactions / 2, "the writers did write"
    for reader in readers:
        assert Counter(reader.seen) == committed
        assert reader.cursors == sorted(reader.cursors)


def test_reading_by_id_would_miss_them(committed_db: None) -> None:
    """The danger is real: here is the event that a reader by newest id would never see."""
    with another() as late:
        late.execute("BEGIN")
        publish_raw(late, "late", "00000000-0000-7000-8000-000000000001")
        with transaction.atomic():
            told("early")
        newest_seen = newest_visible_id()
        assert queries.read_after(START, 10).events == (), "held back while the other is open"
        late.execute("COMMIT")
    assert [event.subject for event in queries.read_after(START, 10).events] == ["late", "early"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject FROM events_event WHERE id > %s", [newest_seen])
        assert cursor.fetchall() == [], "the late one lies behind the newest id for ever"


def test_events_behind_an_open_writer_are_announced_as_held_back(committed_db: None) -> None:
    with another() as late:
        late.execute("BEGIN")
        late.execute("SELECT pg_current_xact_id()")
        before = queries.read_after(START, 10)
        assert (before.events, before.held_back) == ((), False)
        with transaction.atomic():
            told("early")
        page = queries.read_after(before.position, 10)
        assert (page.events, page.held_back) == ((), True)
        late.execute("ROLLBACK")
        page = queries.read_after(page.position, 10)
        assert [event.subject for event in page.events] == ["early"]
        assert not page.held_back


def test_a_position_taken_before_reading_state_misses_nothing(committed_db: None) -> None:
    with another() as late:
        late.execute("BEGIN")
        publish_raw(late, "late", "00000000-0000-7000-8000-000000000001")
        position = queries.position()
        late.execute("COMMIT")
    assert [event.subject for event in queries.read_after(position, 10).events] == ["late"]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_cut_inside_a_transaction_go_on_where_they_stopped(
    committed_db: None, limit: int
) -> None:
    for block in range(3):
        with transaction.atomic():
            for number in range(4):
                told(f"{block}/{number}")
    cursor, seen = START, []
    while True:
        page = queries.read_after(cursor, limit)
        seen += [event.subject for event in page.events]
        cursor = page.position
        if page.complete:
            break
    assert seen == [f"{block}/{number}" for block in range(3) for number in range(4)]


@contextmanager
def another() -> Iterator[psycopg.Connection]:
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as other:
        yield other


def publish_raw(other: psycopg.Connection, subject: str, uuid: str) -> None:
    row = (
        '[{"brand": "topay", "kind": "x", "version": 1, "actor": "system",'
        ' "at": "2026-01-01T00:00:00Z",'
        f' "events": [["{uuid}", "{subject}", "{{desk:topay}}", {{}}]]}}]'
    )
    other.execute("SELECT events_publish(%s::jsonb)", [row])


def newest_visible_id() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id::text) FROM events_event")
        return str(cursor.fetchone()[0])
