"""`verify` believes no stored balance: each kind of damage is found and its row named."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from paydesk.kit import clock
from paydesk.money.ledger import verify
from tests.harness.cluster import TestCluster
from tests.money.ledger.books import EXPIRE, HOLD, POST, item, mirror, ok, settle, wallet


@pytest.fixture
def broken(committed_db: None, test_cluster: TestCluster) -> Iterator[psycopg.Connection]:
    """The one who can damage a ledger: a superuser, with triggers and checks off."""
    payer, payee = wallet(1000), wallet()
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
        connection.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER ALL")
        connection.execute("ALTER TABLE ledger_account DISABLE TRIGGER ALL")
        for table, check in connection.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c'"
            " AND conrelid::regclass::text LIKE 'ledger%'"
        ).fetchall():
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}".encode())
        connection.execute("DROP INDEX ledger_transfer_settled_once")
        yield connection


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
    ("groups", "UPDATE ledger_transfer SET outcome = 7 WHERE group_id = id"),
]  # fmt: skip


def test_every_kind_of_damage_is_found(broken: psycopg.Connection) -> None:
    report = verify.verify()
    assert report.ok, str(report)
    assert (report.accounts, report.transfers, report.refusals) == (5, 11, 0)
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
    connection.execute("CREATE TABLE kept_a AS TABLE ledger_account")
    connection.execute("CREATE TABLE kept_t AS TABLE ledger_transfer")
    assert connection.execute(damage.encode()).rowcount > 0, damage


def _mend(connection: psycopg.Connection) -> None:
    connection.execute("TRUNCATE ledger_account, ledger_transfer")
    connection.execute("INSERT INTO ledger_account TABLE kept_a")
    connection.execute("INSERT INTO ledger_transfer TABLE kept_t")
    connection.execute("DROP TABLE kept_a, kept_t")
