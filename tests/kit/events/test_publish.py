"""Publishing: inside a transaction, told after commit, once, and written by no other way."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, DataError, connection, transaction

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.kit.events import actions, jobs, queries
from paydesk.kit.events.actions import News
from paydesk.kit.events.models import Epoch, Event
from paydesk.kit.events.rules import LAST_ID, START, Cursor

BRAND = "topay"


def publish(
    number: int = 0,
    *,
    audience: list[str] | None = None,
    payload: dict[str, Any] | None = None,
) -> None:
    actions.publish(
        brand=BRAND,
        kind="case.message",
        subject=f"case:{number}",
        audience=audience or ["desk:topay", "customer:1"],
        actor=SYSTEM(BRAND),
        payload=payload or {"sequence": number},
    )


def publish_and_fail(number: int) -> None:
    """Publish in a transaction (a savepoint inside another) that is rolled back."""
    with suppress(ZeroDivisionError), transaction.atomic():
        publish(number)
        raise ZeroDivisionError


@contextmanager
def listening() -> Iterator[psycopg.Connection]:
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as other:
        other.execute("LISTEN paydesk_events")
        other.execute("LISTEN paydesk_signals")
        yield other


def heard(other: psycopg.Connection, seconds: float = 0.3) -> list[psycopg.Notify]:
    return list(other.notifies(timeout=seconds))


def test_it_must_be_part_of_the_change(committed_db: None) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        publish()


def test_what_was_published_is_read_back(committed_db: None) -> None:
    moment = clock.now()
    with clock.travel(moment), transaction.atomic():
        publish(1)
        publish(2)
    first, second = queries.read_after(START, 10).events
    assert first.brand == BRAND
    assert first.kind == "case.message"
    assert (first.subject, second.subject) == ("case:1", "case:2")
    assert first.audience == ("desk:topay", "customer:1")
    assert first.at == moment
    assert first.payload == {"sequence": 1}
    assert first.cursor < second.cursor
    stored = Event.objects.get(pk=first.cursor.id)
    assert (stored.xid, stored.actor, stored.version) == (first.cursor.xid, "system", 1)


def test_a_rolled_back_event_never_was(committed_db: None) -> None:
    with listening() as other:
        publish_and_fail(1)
        assert queries.read_after(START, 10).events == ()
        assert heard(other) == []


def test_one_hint_for_a_transaction_however_many_events(committed_db: None) -> None:
    with listening() as other:
        with transaction.atomic():
            publish(1)
            with transaction.atomic():
                publish(2)
            actions.publish_many(
                [actions.News(BRAND, "x", "y", ["desk:topay"], SYSTEM(BRAND), {})] * 20
            )
            assert heard(other) == [], "nothing is told before it is committed"
        assert [note.channel for note in heard(other)] == ["paydesk_events"]


def test_a_hint_survives_the_savepoint_that_asked_first(committed_db: None) -> None:
    with listening() as other:
        with transaction.atomic():
            publish_and_fail(1)
            publish(2)
        assert len(heard(other)) == 1
    assert [event.subject for event in queries.read_after(START, 10).events] == ["case:2"]


def test_without_hints_events_are_stored_all_the_same(committed_db: None) -> None:
    with listening() as other:
        with actions.without_hints(), transaction.atomic():
            publish(1)
        assert heard(other) == []
        assert [event.subject for event in queries.read_after(START, 10).events] == ["case:1"]
        with transaction.atomic():
            publish(2)
        assert len(heard(other)) == 1


def test_a_signal_is_told_and_not_stored(committed_db: None) -> None:
    with listening() as other:
        with transaction.atomic():
            actions.signal(["desk:topay"], "case.typing", {"case": "1"}, brand=BRAND)
            assert heard(other) == []
        (note,) = heard(other)
        assert note.channel == "paydesk_signals"
        assert '"case.typing"' in note.payload
    assert queries.read_after(START, 10).events == ()


def test_nothing_is_told_across_brands(committed_db: None) -> None:
    with transaction.atomic(), pytest.raises(ValueError, match="may not hear"):
        publish(audience=["desk:gopay"])
    with pytest.raises(ValueError, match="may not hear"):
        actions.signal(["desk:gopay"], "case.typing", {}, brand=BRAND)


def test_a_payload_stays_small(committed_db: None) -> None:
    with transaction.atomic(), pytest.raises(ValueError, match="2000"):
        publish(payload={"text": "x" * 2000})
    with pytest.raises(ValueError, match="7900"):
        actions.signal(["desk:topay"], "x", {"text": "x" * 8000}, brand=BRAND)


@pytest.mark.parametrize(
    "attack",
    [
        "INSERT INTO events_event (id, epoch, brand, kind, subject, audience, actor, at, payload)"
        " VALUES (gen_random_uuid(), 1, 'topay', 'x', 'y', '{desk:topay}', 'z', now(), '{}')",
        "UPDATE events_event SET brand = 'gopay'",
        "DELETE FROM events_event",
        "TRUNCATE events_event",
        "UPDATE events_epoch SET number = number + 1",
        "DELETE FROM events_epoch",
        "SELECT events_begin_epoch()",
        "SELECT events_prune(now(), 100)",
        "SELECT events_prune('infinity', 100)",
    ],
)
def test_the_app_role_writes_events_no_other_way(committed_db: None, attack: str) -> None:
    with transaction.atomic():
        publish()
    with (
        pytest.raises(DatabaseError, match=r"permission denied|last days stay"),
        connection.cursor() as cursor,
    ):
        cursor.execute(attack)
    assert len(queries.read_after(START, 10).events) == 1


def test_no_caller_chooses_transaction_or_epoch(committed_db: None) -> None:
    forged = (
        '[{"epoch": 9, "xid": "9", "brand": "topay", "kind": "x", "version": 1, "actor": "z",'
        ' "at": "2026-01-01T00:00:00Z", "events": '
        '[["01a2070f-aa86-7266-889d-0ae20002026f", "y", "{desk:topay}", {}]]}]'
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT events_publish(%s::jsonb)", [forged])
    (event,) = queries.read_after(START, 10).events
    assert event.cursor.epoch == Epoch.objects.get().number
    assert event.cursor.xid != 9


def test_what_is_no_group_is_refused_rather_than_lost(committed_db: None) -> None:
    for empty in ('[{"brand": "topay", "kind": "x", "subject": "y"}]', "[]"):
        with (
            pytest.raises(DataError, match="no events"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT events_publish(%s::jsonb)", [empty])


def test_a_group_keeps_its_events_apart(committed_db: None) -> None:
    told = [(kind, number) for number in range(3) for kind in ("a", "b")]
    with transaction.atomic():
        actions.publish_many(
            [
                News("topay", kind, f"{number}", ["desk:topay"], SYSTEM("topay"), {"n": number})
                for kind, number in told
            ]
        )
    events = queries.read_after(START, 10).events
    assert [(one.kind, one.payload["n"]) for one in events] == told
    assert [one.subject for one in events] == [str(number) for _, number in told]


def test_old_events_go_and_whoever_stood_before_them_starts_over(committed_db: None) -> None:
    present = clock.now()
    for age in (9, 8, 1):
        with clock.travel(present - timedelta(days=age)), transaction.atomic():
            publish(age)
    events = queries.read_after(START, 10).events
    assert actions.prune(present - timedelta(days=7)) == 2
    left = queries.read_after(START, 10).events
    assert [event.subject for event in left] == ["case:1"]
    assert is_stale(events[0].cursor)
    assert is_stale(START)
    after_what_went = Cursor(events[1].cursor.epoch, events[1].cursor.xid, LAST_ID)
    assert not is_stale(after_what_went)
    assert not is_stale(events[2].cursor)
    assert not is_stale(queries.position())
    assert actions.prune(present - timedelta(days=7)) == 0


def test_pruning_stops_at_the_first_young_event(committed_db: None) -> None:
    present = clock.now()
    for age in (9, 1, 9):
        with clock.travel(present - timedelta(days=age)), transaction.atomic():
            publish(age)
    assert actions.prune(present - timedelta(days=7)) == 1
    assert len(queries.read_after(START, 10).events) == 2


def test_the_nightly_job_keeps_two_weeks(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = clock.now()
    for age in (40, 30, 20, 13, 1):
        with clock.travel(present - timedelta(days=age)), transaction.atomic():
            publish(age)
    original = actions.prune
    monkeypatch.setattr(actions, "prune", lambda before: original(before, batch=1))
    jobs.prune(timestamp=0)
    left = queries.read_after(START, 10).events
    assert [event.subject for event in left] == ["case:13", "case:1"]


def is_stale(cursor: Cursor) -> bool:
    with connection.cursor() as database:
        database.execute(queries.REACH)
        return queries.is_stale(cursor, database.fetchone())
