"""Raw SQL against the ledger: as the app role, and as the owner of the tables."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from paydesk.kit import ids
from paydesk.money.ledger import verify
from paydesk.money.ledger.models import Account, Transfer
from tests.harness.cluster import TestCluster
from tests.money.ledger.books import HOLD, POST, house, item, ok, settle, wallet

COLUMNS = ", ".join(field.column for field in Transfer._meta.concrete_fields)


@pytest.fixture
def app(committed_db: None, test_cluster: TestCluster) -> Iterator[psycopg.Connection]:
    """A connection of the app role, to a ledger with some transfers in it."""
    payer, payee = wallet(1000), wallet()
    ok(*[item(payer, payee, 10) for _ in range(5)])
    with psycopg.connect(test_cluster.server.app.url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner(app: psycopg.Connection, test_cluster: TestCluster) -> Iterator[psycopg.Connection]:
    """A connection of the role that owns the tables."""
    with psycopg.connect(test_cluster.server.owner.url, autocommit=True) as connection:
        yield connection


FORBIDDEN_TO_THE_APP = [
    "UPDATE ledger_transfer SET amount = amount + 1",
    "DELETE FROM ledger_transfer",
    "TRUNCATE ledger_transfer",
    "INSERT INTO ledger_transfer SELECT * FROM ledger_transfer LIMIT 1",
    # Partitions have no back door.
    "INSERT INTO {partition} SELECT * FROM ledger_transfer LIMIT 1",
    "UPDATE {partition} SET amount = amount + 1",
    "DELETE FROM {partition}",
    "TRUNCATE {partition}",
    "ALTER TABLE ledger_transfer DETACH PARTITION {partition}",
    "DELETE FROM ledger_settlement",
    "INSERT INTO ledger_settlement VALUES (gen_random_uuid(), gen_random_uuid())",
    "DELETE FROM ledger_open_hold",
    "UPDATE ledger_open_hold SET expires_at = NULL",
    "DELETE FROM ledger_mark",
    "INSERT INTO ledger_mark VALUES (gen_random_uuid(), now(), 64, gen_random_uuid())",
    "UPDATE ledger_snapshot SET posted = 0",
    "INSERT INTO ledger_snapshot (account_id, day, brand, since, until, sequence, posted, held,"
    " transfer_id) VALUES (gen_random_uuid(), now(), 'topay', now(), now(), 1, 1, 1,"
    " gen_random_uuid())",
    "SELECT ledger_add_month('2020-01-01')",
    "SELECT ledger_guard('ledger_account')",
    "SELECT ledger_partition_by_month('ledger_account')",
    "UPDATE ledger_account SET posted = posted + 1",
    "UPDATE ledger_account SET flags = 8",
    "UPDATE ledger_account SET held = 0",
    "DELETE FROM ledger_account",
    "TRUNCATE ledger_account CASCADE",
    "INSERT INTO ledger_account (id, flags, code, sequence, posted, held, last_at, opened_at,"
    " brand, currency) VALUES (gen_random_uuid(), 8, 300, 0, 5, 0, now(), now(), 'topay', 'CNY')",
    "SELECT * FROM ledger_account FOR NO KEY UPDATE",
    "DO $$ BEGIN LOCK TABLE ledger_account IN EXCLUSIVE MODE; END $$",
    "ALTER TABLE ledger_transfer DISABLE TRIGGER ALL",
    "DROP TRIGGER ledger_transfer_immutable ON ledger_transfer",
    "DROP TRIGGER {partition}_immutable ON {partition}",
    "ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_not_overdrawn",
    "DROP TABLE ledger_transfer",
    "CREATE TRIGGER mine BEFORE INSERT ON ledger_transfer FOR EACH ROW"
    " EXECUTE FUNCTION ledger_refuse_change()",
    "CREATE RULE mine AS ON INSERT TO ledger_transfer DO INSTEAD NOTHING",
    "CREATE INDEX mine ON ledger_transfer (amount)",
    "DROP FUNCTION ledger_lock_accounts(uuid[])",
    "CREATE OR REPLACE FUNCTION ledger_set_flags(uuid, integer, integer) RETURNS integer"
    " LANGUAGE sql AS 'SELECT 1'",
    "ALTER FUNCTION ledger_lock_accounts(uuid[]) SECURITY INVOKER",
    "SET ROLE paydesk_owner",
    "SET session_replication_role = replica",
    # The inner functions are not an entry.
    "SELECT * FROM ledger_originals(ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()])",
    "SELECT * FROM ledger_known(ARRAY[gen_random_uuid()], NULL, NULL, NULL, NULL, NULL, NULL,"
    " NULL, NULL, NULL)",
    # No schema of its own to hide look-alikes in.
    "CREATE SCHEMA mine",
    "CREATE TABLE public.mine (id uuid)",
    "CREATE TEMPORARY TABLE ledger_account (id uuid)",
    "CREATE FUNCTION public.array_agg(uuid[]) RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
]


def test_the_app_role_can_only_post(app: psycopg.Connection) -> None:
    before = _picture(app)
    # Not an error in PostgreSQL, but it gives nothing: the INSERT below is still refused.
    app.execute("GRANT INSERT ON ledger_transfer TO paydesk_app")
    assert _let_through(app, FORBIDDEN_TO_THE_APP, errors.InsufficientPrivilege) == []
    assert _picture(app) == before
    assert verify.verify().ok


FORBIDDEN_TO_THE_OWNER = [
    "UPDATE ledger_transfer SET amount = amount + 1",
    "UPDATE ledger_transfer SET outcome = 7 WHERE false",
    "DELETE FROM ledger_transfer",
    "TRUNCATE ledger_transfer",
    "UPDATE {partition} SET amount = amount + 1",
    "DELETE FROM {partition}",
    "TRUNCATE {partition}",
    "UPDATE ledger_settlement SET transfer_id = original_id",
    "DELETE FROM ledger_settlement",
    "DELETE FROM ledger_mark",
    "UPDATE ledger_snapshot SET posted = 0",
    "DELETE FROM ledger_account",
    "TRUNCATE ledger_account, ledger_transfer",
]


def test_not_even_the_owner_changes_what_happened(owner: psycopg.Connection) -> None:
    before = _picture(owner)
    assert _let_through(owner, FORBIDDEN_TO_THE_OWNER, errors.InsufficientPrivilege) == []
    assert _picture(owner) == before


IMPOSSIBLE_ROWS = [
    ("UPDATE ledger_account SET posted = -1 WHERE code = 100", "ledger_account_not_overdrawn"),
    ("UPDATE ledger_account SET held = posted + 1 WHERE code = 100", "not_overdrawn"),
    ("UPDATE ledger_account SET held = -1", "ledger_account_sane"),
    ("UPDATE ledger_account SET flags = 8 WHERE code = 100", "ledger_account_never_negative"),
    ("UPDATE ledger_account SET flags = 16", "ledger_account_sane"),
    ("INSERT INTO ledger_transfer {copy} 'amount', -10 {paste}", "ledger_transfer_sane"),
    ("INSERT INTO ledger_transfer {copy} 'credit_id', debit_id {paste}", "transfer_sane"),
    ("INSERT INTO ledger_transfer {copy} 'debit_sequence', NULL {paste}", "transfer_counted"),
    ("INSERT INTO ledger_transfer {copy} 'outcome', 7 {paste}", "ledger_transfer_counted"),
    ("INSERT INTO ledger_transfer {copy} 'kind', 3 {paste}", "ledger_transfer_refers"),
    ("INSERT INTO ledger_transfer {copy} 'kind', 9 {paste}", "ledger_transfer"),
]


def test_rows_that_make_no_sense_do_not_fit_the_tables(owner: psycopg.Connection) -> None:
    copy = (
        "SELECT r.* FROM ledger_transfer t, jsonb_populate_record(t,"
        " jsonb_build_object('id', gen_random_uuid(), "
    )
    paste = ")) r WHERE t.kind = 1 LIMIT 1"
    for attack, constraint in IMPOSSIBLE_ROWS:
        with pytest.raises(errors.CheckViolation, match=constraint):
            owner.execute(attack.format(copy=copy, paste=paste).encode())


def test_a_transfer_is_settled_once_whoever_writes(owner: psycopg.Connection) -> None:
    hold = item(wallet(10), wallet(), 5, HOLD)
    taken = settle(hold, POST)
    ok(hold, taken)
    with pytest.raises(errors.UniqueViolation, match="ledger_settlement"):
        owner.execute("INSERT INTO ledger_settlement VALUES (%s, %s)", [hold.id, ids.uuid7()])
    with pytest.raises(errors.UniqueViolation, match="ledger_transfer"):
        owner.execute(
            "INSERT INTO ledger_transfer SELECT * FROM ledger_transfer WHERE id = %s", [taken.id]
        )
    assert verify.verify().ok


def test_a_search_path_full_of_look_alikes_changes_nothing(
    app: psycopg.Connection, owner: psycopg.Connection
) -> None:
    owner.execute("CREATE SCHEMA evil")
    owner.execute("CREATE TABLE evil.ledger_account (LIKE public.ledger_account)")
    owner.execute("CREATE TABLE evil.ledger_transfer (LIKE public.ledger_transfer)")
    owner.execute(
        "CREATE FUNCTION evil.never(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT false'"
    )
    owner.execute("CREATE OPERATOR evil.< (LEFTARG=bigint, RIGHTARG=bigint, FUNCTION=evil.never)")
    owner.execute("GRANT ALL ON SCHEMA evil TO paydesk_app")
    owner.execute("GRANT ALL ON ALL TABLES IN SCHEMA evil TO paydesk_app")
    poor, rich = wallet(5), wallet()
    app.execute("SET search_path = evil, pg_temp, pg_catalog, public")
    assert app.execute("SELECT 1::bigint < 2::bigint").fetchone() == (False,)
    answer = app.execute(
        "SELECT outcomes FROM public.ledger_post_batch(NULL, %s::uuid[], %s::uuid[], ARRAY[1],"
        " ARRAY[1], ARRAY[2], ARRAY[50::bigint], ARRAY[1], NULL, NULL, NULL)",
        [[poor, rich], [ids.uuid7()]],
    ).fetchone()
    assert answer == ([7],)
    assert app.execute("SELECT count(*) FROM evil.ledger_transfer").fetchone() == (0,)
    assert Account.objects.get(id=poor).posted == 5


def test_what_the_app_may_call_it_cannot_misuse(app: psycopg.Connection) -> None:
    account = wallet()
    for attack in (
        "SELECT ledger_set_flags(%(id)s, 8, 0)",
        "SELECT ledger_set_flags(%(id)s, 0, 8)",
        "SELECT ledger_open_account(gen_random_uuid(), 'topay', 'CNY', 100, gen_random_uuid(), 4,"
        " now())",
        "SELECT ledger_open_account(gen_random_uuid(), '', 'CNY', 100, NULL, 0, now())",
        "SELECT ledger_open_account(gen_random_uuid(), 'topay', 'cny', 100, NULL, 0, now())",
        "SELECT ledger_open_account(gen_random_uuid(), 'topay', 'CNY', 100, NULL, 0,"
        " now() + interval '1 hour')",
        "SELECT ledger_prepare_months(25)",
        "SELECT ledger_prepare_months(-1)",
        "SELECT ledger_take_snapshots('topay', now()::date, now() - interval '1 day',"
        " now() + interval '1 hour', NULL, 1000)",
        "SELECT ledger_take_snapshots('topay', now()::date, now(), now() - interval '1 day', NULL,"
        " 1000)",
    ):
        with pytest.raises(errors.InvalidParameterValue):
            app.execute(attack.encode(), {"id": account})
    with pytest.raises(errors.CheckViolation, match="never_negative"):
        app.execute(
            "SELECT ledger_open_account(gen_random_uuid(), 'topay', 'CNY', 100,"
            " gen_random_uuid(), 8, now())"
        )
    assert house() != account


def _picture(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "SELECT md5(string_agg(t::text, ',' ORDER BY id)), (SELECT md5(string_agg(a::text, ','"
        " ORDER BY id)) FROM ledger_account a) FROM ledger_transfer t"
    ).fetchall()


def _let_through(
    connection: psycopg.Connection, attacks: list[str], expected: type[psycopg.Error]
) -> list[str]:
    """Those attacks that did not end in `expected`."""
    through = []
    row = connection.execute("SELECT tableoid::regclass::text FROM ledger_transfer").fetchone()
    assert row is not None
    for attack in attacks:
        try:
            connection.execute(attack.replace("{partition}", row[0]).encode())
        except expected:
            continue
        except psycopg.Error as error:
            through.append(f"{attack}: {error}")
        else:
            through.append(attack)
    return through
