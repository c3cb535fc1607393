"""Sealing and verifying: every way of tampering that a superuser has is named."""

import threading
import time
from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction

from paydesk.audit import actions, queries, rules, verify
from paydesk.kit.actors import SYSTEM
from tests.harness import cluster

Sql = Callable[[str], list[tuple[object, ...]]]
pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def superuser(test_cluster: cluster.TestCluster, committed_db: None) -> Iterator[Sql]:
    """Runs one statement with every right there is, on the database under test."""
    name = settings.DATABASES["default"]["NAME"]
    with psycopg.connect(test_cluster.server.superuser.url, dbname=name, autocommit=True) as link:

        def run(statement: str) -> list[tuple[object, ...]]:
            cursor = link.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

        yield run


def do(number: int, brand: str = "topay", personal: str | None = None) -> None:
    with transaction.atomic():
        actions.record(
            brand=brand,
            actor=SYSTEM(brand),
            action="case.note",
            subject=f"case:{number}",
            details={"number": number},
            personal=personal,
        )


def do_some(count: int = 9, brand: str = "topay") -> None:
    for number in range(count):
        do(number, brand, personal=f"text {number}")


def broken() -> str:
    report = verify.verify()
    assert not report.ok
    return str(report)


def test_nothing_recorded_is_in_order() -> None:
    report = verify.verify()
    assert report.ok
    assert "nothing recorded" in str(report)


def test_what_is_sealed_is_in_order_and_what_is_not_is_told() -> None:
    do_some(5)
    assert actions.seal() == 5
    do(5)
    (chain,) = verify.verify().chains
    assert chain.broken is None
    assert (chain.brand, chain.sealed, chain.unsealed) == ("topay", 5, 1)
    assert "1 not yet sealed" in str(chain)
    assert actions.seal() == 1
    assert actions.seal() == 0
    (chain,) = verify.verify().chains
    assert (chain.sealed, chain.unsealed) == (6, 0)


def test_each_brand_has_its_own_chain() -> None:
    do_some(3)
    do_some(4, "gopay")
    actions.seal()
    assert [(c.brand, c.sealed) for c in verify.verify().chains] == [("gopay", 4), ("topay", 3)]


def test_batches_make_one_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "SEAL_BATCH", 2)
    monkeypatch.setattr(verify, "_CHUNK", 3)
    do_some(7)
    assert actions.seal() == 7
    (chain,) = verify.verify().chains
    assert (chain.sealed, chain.broken) == (7, None)


def test_the_chain_is_in_the_order_of_the_deeds(superuser: Sql) -> None:
    do_some(6)
    actions.seal()
    rows = superuser(
        "SELECT entry.subject FROM audit_link AS link "
        "JOIN audit_entry AS entry ON entry.id = link.entry_id ORDER BY link.position"
    )
    assert [row[0] for row in rows] == [f"case:{n}" for n in range(6)]


def test_sql_and_python_make_the_same_link(superuser: Sql) -> None:
    do(1)
    actions.seal()
    ((entry_id, digest, found),) = superuser("SELECT entry_id, digest, hash FROM audit_link")
    assert isinstance(entry_id, UUID)
    assert found == rules.link_hash(rules.GENESIS, "topay", 1, entry_id, str(digest))


ENTRY_5 = "(SELECT entry_id FROM audit_link WHERE brand = 'topay' AND position = 5)"
NEW_ENTRY = (
    "INSERT INTO audit_entry (id, brand, actor, action, subject, at, details, personal_digest,"
    " digest) SELECT '00000000-0000-7000-8000-000000000001', brand, actor, action, subject, at,"
    f" details, personal_digest, digest FROM audit_entry WHERE id = {ENTRY_5}"
)

TAMPERINGS = {
    "change who": (
        f"UPDATE audit_entry SET actor = 'staff:x' WHERE id = {ENTRY_5}",
        "link 5, entry .*: entry changed",
    ),
    "change what": (
        f"UPDATE audit_entry SET action = 'case.other' WHERE id = {ENTRY_5}",
        "link 5, entry .*: entry changed",
    ),
    "change to what": (
        f"UPDATE audit_entry SET subject = 'case:99' WHERE id = {ENTRY_5}",
        "link 5, entry .*: entry changed",
    ),
    "change when": (
        f"UPDATE audit_entry SET at = at - interval '1 microsecond' WHERE id = {ENTRY_5}",
        "link 5, entry .*: entry changed",
    ),
    "change details": (
        f"UPDATE audit_entry SET details = '{{\"number\": 6}}' WHERE id = {ENTRY_5}",
        "link 5, entry .*: entry changed",
    ),
    "change an entry and its digest": (
        f"UPDATE audit_entry SET actor = 'staff:x', digest = repeat('a', 64) WHERE id = {ENTRY_5}",
        "link 5, entry .*: entry changed",
    ),
    "change a link's digest": (
        "UPDATE audit_link SET digest = repeat('a', 64) WHERE position = 5",
        "link 5, entry .*: entry changed",
    ),
    "change a link's hash": (
        "UPDATE audit_link SET hash = repeat('a', 64) WHERE position = 5",
        "link 5, entry .*: link does not follow",
    ),
    "change personal text": (
        f"UPDATE audit_personal SET text = 'other' WHERE entry_id = {ENTRY_5}",
        "link 5, entry .*: personal text changed",
    ),
    "delete an entry": (
        f"DELETE FROM audit_entry WHERE id = {ENTRY_5}",
        "link 5, entry .*: entry deleted",
    ),
    "delete an entry and its link": (
        f"DELETE FROM audit_entry WHERE id = {ENTRY_5};DELETE FROM audit_link WHERE position = 5",
        "link 5: link missing, the next one is 6",
    ),
    "delete and close the gap": (
        "DELETE FROM audit_link WHERE position = 5;"
        "UPDATE audit_link SET position = position - 1 WHERE position > 5",
        "link 5, entry .*: link does not follow",
    ),
    "insert between": (
        f"{NEW_ENTRY};"
        "UPDATE audit_link SET position = -position WHERE position > 5;"
        "UPDATE audit_link SET position = 1 - position WHERE position < 0;"
        "INSERT INTO audit_link SELECT brand, 6, '00000000-0000-7000-8000-000000000001', digest,"
        " hash, sealed_at FROM audit_link WHERE position = 5;"
        "UPDATE audit_head SET position = 10",
        "link 6, entry 00000000-0000-7000-8000-000000000001: entry changed",
    ),
    "insert an entry alone": (
        NEW_ENTRY,
        "outside the chain, entry 00000000-0000-7000-8000-000000000001: .*slipped in",
    ),
    "swap two entries": (
        "UPDATE audit_link SET entry_id = gen_random_uuid() WHERE position = 4;"
        "UPDATE audit_link SET position = 0 WHERE position = 5;"
        "UPDATE audit_link SET position = 5 WHERE position = 6;"
        "UPDATE audit_link SET position = 6 WHERE position = 0",
        "link 4, entry .*: entry deleted",
    ),
    "reorder two links": (
        "UPDATE audit_link SET position = 0 WHERE position = 5;"
        "UPDATE audit_link SET position = 5 WHERE position = 6;"
        "UPDATE audit_link SET position = 6 WHERE position = 0",
        "link 5, entry .*: link does not follow",
    ),
    "move an entry to another brand": (
        f"UPDATE audit_entry SET brand = 'gopay' WHERE id = {ENTRY_5}",
        "topay: link 5, entry .*: entry belongs to brand 'gopay'",
    ),
    "move the chain to another brand": (
        "UPDATE audit_link SET brand = 'gopay';UPDATE audit_entry SET brand = 'gopay';"
        "UPDATE audit_head SET brand = 'gopay'",
        "gopay: link 1, entry .*: entry changed",
    ),
    "cut the tail off": (
        "DELETE FROM audit_entry WHERE id IN "
        "(SELECT entry_id FROM audit_link WHERE position > 6);"
        "DELETE FROM audit_link WHERE position > 6",
        "link 6: chain ends here but should end at link 9",
    ),
    "cut the whole chain off": (
        "TRUNCATE audit_link, audit_entry, audit_personal",
        "outside the chain: chain ends here but should end at link 9",
    ),
    "lose the head": (
        "DELETE FROM audit_head",
        "link 9: chain ends here but has lost its recorded end",
    ),
    "unseal an entry": (
        "DELETE FROM audit_link WHERE position = 9",
        "link 8: chain ends here but should end at link 9",
    ),
}


@pytest.mark.parametrize("way", TAMPERINGS)
def test_tampering_is_named(way: str, superuser: Sql) -> None:
    do_some(9)
    actions.seal()
    assert verify.verify().ok
    statements, said = TAMPERINGS[way]
    for statement in statements.split(";"):
        superuser(statement)
    with pytest.raises(AssertionError, match=said):
        raise AssertionError(broken())


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_entry SET actor = 'staff:x'", "outside the chain, .*: entry changed"),
        ("UPDATE audit_personal SET text = 'x'", "outside the chain, .*: personal text changed"),
        ("DELETE FROM audit_entry", "outside the chain, .*: entry deleted before it was sealed"),
        ("DELETE FROM audit_unsealed", "outside the chain, .*: .*slipped in"),
    ],
)
def test_tampering_before_sealing_is_named(statement: str, said: str, superuser: Sql) -> None:
    do(1, personal="text")
    superuser(statement)
    with pytest.raises(AssertionError, match=said):
        raise AssertionError(broken())


def test_the_first_break_is_the_one_named(superuser: Sql) -> None:
    do_some(9)
    actions.seal()
    superuser("UPDATE audit_entry SET actor = 'x' WHERE subject IN ('case:3', 'case:7')")
    (chain,) = verify.verify().chains
    assert chain.broken is not None
    assert chain.broken.position == 4


def test_a_chain_rewritten_as_a_whole_shows_against_what_was_noted(superuser: Sql) -> None:
    do_some(5)
    actions.seal()
    (chain,) = verify.verify().chains
    noted = {"topay": (chain.sealed, chain.head)}
    do(5)
    actions.seal()
    assert verify.verify(noted).ok
    rewrite(superuser)
    assert verify.verify().ok  # nothing inside the database can tell
    assert "not what was noted" in str(verify.verify(noted))
    assert "chain ends before the noted link" in str(verify.verify({"topay": (99, "x")}))


def rewrite(superuser: Sql) -> None:
    """Leave one entry out and chain the rest anew, as somebody with all rights could."""
    superuser("DELETE FROM audit_entry WHERE subject = 'case:2'")
    superuser("DELETE FROM audit_link")
    superuser("DELETE FROM audit_head")
    superuser("DELETE FROM audit_personal")
    superuser(
        "INSERT INTO audit_unsealed SELECT id, brand, '3' FROM audit_entry ON CONFLICT DO NOTHING"
    )
    actions.seal()


def test_erased_personal_text_leaves_the_chain_whole() -> None:
    do_some(4)
    actions.seal()
    assert actions.erase_personal(brand="topay", subject="case:2", actor=SYSTEM("topay")) == 1
    actions.seal()
    assert verify.verify().ok
    note, erasure = queries.entries_of("topay", "case:2")
    assert note.personal is None
    assert (erasure.action, erasure.details) == ("audit.erase_personal", {"texts": 1})
    assert queries.entries_of("topay", "case:1")[0].personal == "text 1"


def test_erasing_stays_in_the_brand() -> None:
    do(1, personal="text")
    assert actions.erase_personal(brand="gopay", subject="case:1", actor=SYSTEM("gopay")) == 0
    assert queries.entries_of("topay", "case:1")[0].personal == "text"


def test_who_is_still_open_is_waited_for() -> None:
    """An older transaction that commits late still gets its place before the younger ones."""
    holding, release = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with transaction.atomic():
                actions.record(
                    brand="topay", actor=SYSTEM("topay"), action="case.note", subject="case:0"
                )
                holding.set()
                release.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    holding.wait(10)
    do_some(3)
    assert actions.seal() == 0
    (chain,) = verify.verify().chains
    assert (chain.sealed, chain.unsealed, chain.broken) == (0, 3, None)
    release.set()
    thread.join()
    assert actions.seal() == 4
    assert verify.verify().ok


def test_writers_sealers_and_verifiers_at_once() -> None:
    """Many write and roll back while two seal and one verifies: nothing lost, nothing doubled."""
    writers, per_writer = 5, 30
    done = threading.Event()
    trouble: list[BaseException] = []
    written: list[int] = []

    def guarded(work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:
                trouble.append(error)
            finally:
                connection.close()

        return threading.Thread(target=run)

    def write() -> None:
        for number in range(per_writer):
            try:
                with transaction.atomic():
                    actions.record(
                        brand="topay" if number % 3 else "gopay",
                        actor=SYSTEM("topay"),
                        action="case.note",
                        subject=f"case:{number}",
                    )
                    time.sleep(0.002 * (number % 4))
                    if number % 5 == 0:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                continue
            written.append(number)

    def keep_sealing() -> None:
        while not done.is_set():
            actions.seal()

    def keep_verifying() -> None:
        while not done.is_set():
            report = verify.verify()
            assert report.ok, str(report)

    busy = [guarded(write) for _ in range(writers)]
    others = [guarded(keep_sealing), guarded(keep_sealing), guarded(keep_verifying)]
    for thread in (*busy, *others):
        thread.start()
    for thread in busy:
        thread.join()
    done.set()
    for thread in others:
        thread.join()
    assert not trouble
    actions.seal()
    report = verify.verify()
    assert report.ok, str(report)
    assert sum(chain.sealed for chain in report.chains) == len(written)
    assert not any(chain.unsealed for chain in report.chains)


def test_sealing_refuses_to_run_inside_a_transaction() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="batch by batch"):
        actions.seal()
