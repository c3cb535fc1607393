"""Cursors when the server is another one: after a restore, a promotion, a copied folder."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction

from paydesk.kit.actors import SYSTEM
from paydesk.kit.events import actions, queries
from paydesk.kit.events.models import Epoch
from paydesk.kit.events.rules import LAST_ID, START, Cursor
from tests.harness import cluster


def told(case: str) -> None:
    with transaction.atomic():
        actions.publish(
            brand="topay",
            kind="case.message",
            subject=case,
            audience=["desk:topay"],
            actor=SYSTEM("topay"),
            payload={},
        )


@pytest.fixture
def owner(committed_db: None, test_cluster: cluster.TestCluster) -> Iterator[psycopg.Connection]:
    with psycopg.connect(test_cluster.server.owner.url, autocommit=True) as opened:
        yield opened


def pretend_restored(owner: psycopg.Connection) -> None:
    """Make the rows look as a dump of another, much older and busier server leaves them."""
    owner.execute("UPDATE events_epoch SET system_identifier = 42")
    owner.execute("UPDATE events_event SET xid = (xid::text::bigint + 1000000)::text::xid8")


def test_another_server_begins_another_epoch(owner: psycopg.Connection) -> None:
    told("before")
    pretend_restored(owner)
    told("after")
    assert Epoch.objects.count() == 2
    before, after = queries.read_after(START, 10).events
    assert (before.subject, after.subject) == ("before", "after")
    assert before.cursor.epoch < after.cursor.epoch
    assert before.cursor.xid > after.cursor.xid, "transaction ids alone would sort wrongly"


def test_a_reader_of_the_old_epoch_goes_on_and_misses_nothing(owner: psycopg.Connection) -> None:
    told("one")
    told("two")
    pretend_restored(owner)
    told("three")
    first = queries.read_after(START, 1).events[0]
    rest = queries.read_after(first.cursor, 10)
    assert [event.subject for event in rest.events] == ["two", "three"]


def test_a_stream_of_the_old_epoch_starts_over(owner: psycopg.Connection) -> None:
    told("before")
    old = queries.position()
    pretend_restored(owner)
    told("after")
    assert stale(old)
    assert not stale(queries.position())


def test_a_cursor_from_the_future_starts_over(committed_db: None) -> None:
    told("one")
    here = queries.position()
    assert stale(Cursor(here.epoch, here.xid + 10_000, LAST_ID))


def test_the_same_server_keeps_its_epoch(committed_db: None) -> None:
    told("one")
    told("two")
    assert Epoch.objects.count() == 1


def test_a_promoted_standby_begins_another_epoch(owner: psycopg.Connection) -> None:
    told("before")
    owner.execute("UPDATE events_epoch SET timeline = timeline - 1")
    told("after")
    assert Epoch.objects.count() == 2


def test_an_operator_may_begin_one(owner: psycopg.Connection) -> None:
    told("before")
    old = queries.position()
    owner.execute("SELECT events_begin_epoch()")
    told("after")
    assert Epoch.objects.count() == 2
    assert stale(old)


def test_a_new_epoch_waits_for_those_who_write_in_the_old_one(owner: psycopg.Connection) -> None:
    """Else a late commit would lie in an epoch that readers have left behind."""
    with transaction.atomic():
        actions.publish(
            brand="topay",
            kind="x",
            subject="late",
            audience=["desk:topay"],
            actor=SYSTEM("topay"),
            payload={},
        )
        owner.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            owner.execute("SELECT events_begin_epoch()")
    owner.execute("SELECT events_begin_epoch()")


def stale(cursor: Cursor) -> bool:
    with connection.cursor() as database:
        database.execute(queries.REACH)
        return queries.is_stale(cursor, database.fetchone())
