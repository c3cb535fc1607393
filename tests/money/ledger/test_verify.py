"""`verify` believes no stored balance: each kind of damage is found and its row named."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.ledger import actions, verify
from tests.harness.cluster import TestCluster
from tests.money.ledger.books import EXPIRE, HOLD, POST, house, item, mirror, ok, settle, wallet


@pytest.fixture
def broken(committed_db: None, test_cluster: TestCluster) -> Iterator[psycopg.Connection]:
    """The one who can damage a ledger: a superuser, with triggers and checks off."""
    topay = profiles.get("topay")
    with clock.travel(clock.now() - timedelta(days=2)):
        payer, payee = wallet(), wallet()
        ok(*[item(house(), payer, 10) for _ in range(100)], at=clock.now())
        day = clock.now().astimezone(ZoneInfo(topay.timezone)).date()
    assert actions.take_snapshots(topay, day) == 2
    at = clock.now()
    hold = item(payer, payee, 100, HOLD)
    lapsed = item(payer, payee, 50, HOLD, expires_at=at + timedelta(seconds=1))
    paid = item(payer, payee, 10)
    ok(hold, lapsed, paid, settle(hold, POST, 60), at=at)
    ok(settle(lapsed, EXPIRE), at=at + timedelta(seconds=1))
    ok(
        item(payer, payee, 1, linked=True),
        item(payer, payee, 2),
        mirror(paid),
        at=at + timedelta(seconds=2),
    )
    ok(item(payer, payee, 5, HOLD), at=at + timedelta(seconds=2))
    wallet(7, currency="USD")
    url = test_cluster.server.superuser.to("paydesk").url
    with psycopg.connect(url, autocommit=True) as connection:
        for (table,) in connection.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relname LIKE 'ledger%'"
            " AND relkind IN ('r', 'p')"
        ).fetchall():
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())
        for table, check in connection.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c'"
            " AND conrelid::regclass::text LIKE 'ledger%' AND coninhcount = 0"
        ).fetchall():
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}".encode())
        yield connection


TABLES = [
    "ledger_account", "ledger_transfer", "ledger_settlement", "ledger_open_hold", "ledger_mark",
    "ledger_snapshot",
]  # fmt: skip
WALLET = "(SELECT id FROM ledger_account WHERE code = 100 AND currency = 'CNY' ORDER BY id LIMIT 1)"
DAMAGE = [
    ("accounts", f"UPDATE ledger_account SET posted = posted + 1 WHERE id = {WALLET}"),
    ("accounts", f"UPDATE ledger_account SET held = 0 WHERE id = {WALLET}"),
    ("accounts", f"UPDATE ledger_account SET sequence = 99 WHERE id = {WALLET}"),
    ("accounts", f"UPDATE ledger_account SET last_entry = NULL WHERE id = {WALLET}"),
    ("accounts", f"UPDATE ledger_account SET last_at = now() + '1 h' WHERE id = {WALLET}"),
    ("zero_sum", f"UPDATE ledger_account SET posted = posted + 1 WHERE id = {WALLET}"),
    ("chain", "UPDATE ledger_transfer SET amount = amount + 1 WHERE kind = 1"),
    ("chain", "UPDATE ledger_transfer SET debit_posted = 0 WHERE kind = 3"),
    ("chain", "UPDATE ledger_transfer SET debit_held = 0 WHERE kind = 2"),
    ("chain", "UPDATE ledger_transfer SET credit_sequence = 77 WHERE kind = 3"),
    ("chain", "UPDATE ledger_transfer SET debit_before = id WHERE kind = 3"),
    ("chain", "UPDATE ledger_transfer SET at = at - interval '1 day' WHERE kind = 6"),
    ("chain", "DELETE FROM ledger_transfer WHERE kind = 6"),
    ("parties", f"UPDATE ledger_account SET brand = 'gopay' WHERE id = {WALLET}"),
    ("parties", f"UPDATE ledger_account SET currency = 'USD' WHERE id = {WALLET}"),
    ("parties", "UPDATE ledger_transfer SET brand = 'gopay' WHERE kind = 3"),
    ("parties", f"DELETE FROM ledger_account WHERE id = {WALLET}"),
    ("originals", "UPDATE ledger_transfer SET pending_id = id WHERE kind = 3"),
    ("originals", "UPDATE ledger_transfer SET amount = 101 WHERE kind = 3"),
    ("originals", "UPDATE ledger_transfer SET amount = 9 WHERE kind = 6"),
    ("originals", "UPDATE ledger_transfer SET expires_at = at + '1 h' WHERE kind = 2"),
    ("originals", "UPDATE ledger_transfer SET kind = 4 WHERE kind = 5"),
    ("originals", "UPDATE ledger_transfer SET pending_id = (SELECT pending_id FROM ledger_transfer"
        " WHERE kind = 3) WHERE kind = 5"),
    ("settlements", "UPDATE ledger_settlement SET transfer_id = original_id"),
    ("settlements", "DELETE FROM ledger_settlement"),
    ("settlements", "UPDATE ledger_transfer SET kind = 1, pending_id = NULL WHERE kind = 4"
        " OR kind = 5"),
    ("settlements", "DELETE FROM ledger_open_hold"),
    ("settlements", "INSERT INTO ledger_open_hold SELECT original_id, transfer_id"
        " FROM ledger_settlement"),
    ("settlements", "UPDATE ledger_open_hold SET account_id = transfer_id"),
    ("settlements", "UPDATE ledger_open_hold SET expires_at = now()"),
    ("marks", "DELETE FROM ledger_mark"),
    ("marks", "UPDATE ledger_mark SET at = at + interval '1 s'"),
    ("marks", "UPDATE ledger_mark SET sequence = sequence - 1"),
    ("marks", "UPDATE ledger_mark SET transfer_id = account_id"),
    ("snapshots", "UPDATE ledger_snapshot SET posted = posted + 1"),
    ("snapshots", "UPDATE ledger_snapshot SET held = held + 1"),
    ("snapshots", "UPDATE ledger_snapshot SET until = until - interval '1 s' WHERE account_id ="
        " (SELECT max(account_id::text)::uuid FROM ledger_snapshot)"),
    ("snapshots", "DELETE FROM ledger_snapshot WHERE account_id ="
        " (SELECT max(account_id::text)::uuid FROM ledger_snapshot)"),
    ("snapshots", "INSERT INTO ledger_snapshot SELECT gen_random_uuid(), day, brand, since, until,"
        " sequence, posted, held, transfer_id FROM ledger_snapshot LIMIT 1"),
    ("groups", "UPDATE ledger_transfer SET outcome = 7 WHERE group_id = id"),
]  # fmt: skip


def test_every_kind_of_damage_is_found(broken: psycopg.Connection) -> None:
    report = verify.verify()
    assert report.ok, str(report)
    assert (report.accounts, report.transfers, report.refusals) == (5, 110, 0)
    assert "ledger holds" in str(report)
    for check, damage in DAMAGE:
        _break(broken, damage)
        found = {b.check: b for b in verify.verify().breaks}
        assert check in found, (check, damage, found)
        _mend(broken)
        assert verify.verify().ok


def test_the_first_broken_row_is_named(broken: psycopg.Connection) -> None:
    row = broken.execute(
        f"SELECT id, posted FROM ledger_account WHERE id = {WALLET}".encode()
    ).fetchone()
    assert row is not None
    broken.execute("UPDATE ledger_account SET posted = posted + 5 WHERE id = %s", [row[0]])
    report = verify.verify()
    assert [(b.check, b.row) for b in report.breaks] == [
        ("accounts", f"account {row[0]}"),
        ("zero_sum", "brand topay CNY"),
    ]
    assert report.breaks[0].wrong == f"posted {row[1] + 5} should be {row[1]}"
    assert str(report).startswith("LEDGER BROKEN")


def _break(connection: psycopg.Connection, damage: str) -> None:
    for table in TABLES:
        connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}".encode())
    assert connection.execute(damage.encode()).rowcount > 0, damage


def _mend(connection: psycopg.Connection) -> None:
    connection.execute(f"TRUNCATE {', '.join(TABLES)}".encode())
    for table in TABLES:
        connection.execute(f"INSERT INTO {table} TABLE kept_{table}".encode())
        connection.execute(f"DROP TABLE kept_{table}".encode())
