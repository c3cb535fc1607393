"""One partition a month: where rows go, who may touch them, and that an id stays unique."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from paydesk.kit import clock
from paydesk.money.ledger import actions, queries, verify
from paydesk.money.ledger.models import Settlement, Transfer
from paydesk.money.ledger.rules import Outcome
from tests.harness.cluster import TestCluster
from tests.money.ledger.books import HOLD, POST, house, item, ok, outcomes, post, settle, wallet

LONG_AGO = datetime(2019, 5, 31, 23, 59, 59, tzinfo=UTC)


def _place(table: str, column: str, key: UUID) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tableoid::regclass FROM {table} WHERE {column} = %s", [key])
        return str(cursor.fetchone()[0])


def _partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent::regclass::text IN ('ledger_transfer', 'ledger_settlement')"
        )
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db
def test_a_transfer_lies_in_its_id_s_month() -> None:
    payer, payee = wallet(100), wallet()
    hold = item(payer, payee, 5, HOLD)
    ok(hold, settle(hold, POST))
    month = f"{clock.now():%Y_%m}"
    assert _place("ledger_transfer", "id", hold.id) == f"ledger_transfer_{month}"
    assert _place("ledger_settlement", "original_id", hold.id) == f"ledger_settlement_{month}"


@pytest.mark.django_db
def test_what_settles_lies_in_its_own_month_and_the_settlement_in_the_original_s() -> None:
    with clock.travel(LONG_AGO):
        payer, payee = wallet(brand="gopay"), wallet(brand="gopay")
        hold = item(payer, payee, 5, HOLD)
        ok(item(house("gopay"), payer, 5), hold, at=clock.now())
    void = settle(hold, POST, 3)
    ok(void)
    assert _place("ledger_transfer", "id", hold.id) == "ledger_transfer_other"
    assert _place("ledger_transfer", "id", void.id) == f"ledger_transfer_{clock.now():%Y_%m}"
    assert _place("ledger_settlement", "original_id", hold.id) == "ledger_settlement_other"
    assert outcomes(post(settle(hold, POST, 2))) == [Outcome.ALREADY_SETTLED]


@pytest.mark.django_db
def test_a_month_that_nobody_prepared_is_served_and_ids_stay_unique() -> None:
    with clock.travel(LONG_AGO):
        payer, payee, source = wallet(brand="gopay"), wallet(brand="gopay"), house("gopay")
        fund, paid = item(source, payer, 50), item(payer, payee, 20)
    last_moment, next_month = LONG_AGO, LONG_AGO + timedelta(seconds=2)
    first = ok(fund, paid, at=last_moment)
    with clock.travel(next_month):
        later = item(payer, payee, 5)
    ok(later, at=next_month)
    again = post(fund, paid, later, at=next_month)
    assert again[:2] == [result._replace(replayed=True) for result in first]
    assert [result.replayed for result in again] == [True] * 3
    assert outcomes(post(paid._replace(amount=21))) == [Outcome.CONFLICT]
    assert queries.balance(payer).posted == 25


@pytest.mark.django_db
def test_months_are_prepared_once_with_guards_and_rights() -> None:
    before = _partitions()
    assert actions.prepare_months() == 0  # the migration made them
    assert actions.prepare_months(5) == 2
    made = _partitions() - before
    assert len(made) == 4
    with connection.cursor() as cursor:
        for name in made:
            for attack in ("DELETE FROM {}", "INSERT INTO {} SELECT * FROM {}", "TRUNCATE {}"):
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    cursor.execute(attack.format(name, name))
            cursor.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass"
                " AND tgname = %s AND tgenabled = 'O'",
                [name, f"{name}_immutable"],
            )
            assert cursor.fetchone() == (1,)
    assert actions.prepare_months(5) == 0


@pytest.mark.usefixtures("committed_db")
def test_a_month_whose_rows_lie_elsewhere_already_stays_there(test_cluster: TestCluster) -> None:
    with clock.travel(LONG_AGO):
        payer, source = wallet(brand="gopay"), house("gopay")
        ok(item(source, payer, 50), at=clock.now())
    with psycopg.connect(test_cluster.server.owner.url, autocommit=True) as owner:
        made = owner.execute("SELECT ledger_add_month(%s), ledger_add_month(%s)", [
            LONG_AGO, LONG_AGO - timedelta(days=40)]).fetchone()  # fmt: skip
    assert made == (True, True)  # the settlements' partition at least
    assert {n for n in _partitions() if "2019" in n} == {
        "ledger_settlement_2019_05",
        "ledger_transfer_2019_04",
        "ledger_settlement_2019_04",
    }
    with clock.travel(LONG_AGO):
        ok(item(payer, source, 20), at=clock.now())
    assert verify.verify().ok


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Transfer, Settlement])
def test_the_partitioned_tables_are_what_the_models_say(
    model: type[Transfer] | type[Settlement],
) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        columns = {c.name for c in connection.introspection.get_table_description(cursor, table)}
        constraints = connection.introspection.get_constraints(cursor, table)
    assert columns == {field.column for field in model._meta.concrete_fields}
    assert {name for name, one in constraints.items() if one["check"] and "null" not in name} == {
        constraint.name for constraint in model._meta.constraints
    }
    assert [one["columns"] for one in constraints.values() if one["primary_key"]] == [
        [model._meta.pk.column]
    ]
