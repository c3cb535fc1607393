"""The tree is the architecture: imports, foreign keys, migrations and privileges say the same."""

import statistics
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model

from tools import ratchet

# From the top down, as in pyproject.toml; the same number: neither may point to the other.
LAYERS = {
    "paydesk.entry": 100,
    "paydesk.insight": 90,
    "paydesk.desk.assistant": 84,
    "paydesk.desk.complaints": 83,
    "paydesk.desk.cases": 82,
    "paydesk.desk.channels": 81,
    "paydesk.desk.diagnosis": 81,
    "paydesk.desk.helpcentre": 81,
    "paydesk.money.reconciliation": 78,
    "paydesk.money.statements": 78,
    "paydesk.money.schedules": 77,
    "paydesk.money.bills": 76,
    "paydesk.money.exchange": 76,
    "paydesk.money.orders": 76,
    "paydesk.money.payouts": 76,
    "paydesk.money.refunds": 76,
    "paydesk.money.methods": 75,
    "paydesk.money.payments": 73,
    "paydesk.money.merchants": 72,
    "paydesk.money.risk": 72,
    "paydesk.money.ledger": 71,
    "paydesk.approvals": 60,
    "paydesk.people": 50,
    "paydesk.notifications": 40,
    "paydesk.status": 30,
    "paydesk.files": 30,
    "paydesk.brands": 20,
    "paydesk.audit": 10,
    "paydesk.kit": 0,
}
ROOT = Path(__file__).resolve().parents[2]
PROTECTED = ("ledger_", "audit_", "events_")


def _home(model: type[Model]) -> str | None:
    """The domain that a model lives in; None for a library's."""
    name = model.__module__
    return next((home for home in LAYERS if name.startswith(f"{home}.")), None)


def test_imports_keep_the_contracts() -> None:
    # In a process of its own: the linter turns off every logger that there is.
    done = subprocess.run(
        [sys.executable, "-m", "tools.contracts"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_foreign_keys_point_down() -> None:
    wrong = []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if not field.concrete or not isinstance(field.related_model, type):
                continue
            above, below = _home(model), _home(field.related_model)
            if above and below and above != below and LAYERS[above] <= LAYERS[below]:
                wrong.append(f"{model.__name__}.{field.name} -> {field.related_model.__name__}")
    assert wrong == []


def test_every_model_of_ours_has_a_layer() -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith("paydesk.")]
    assert ours
    assert [model for model in ours if _home(model) is None] == []


def test_migrations_are_linear() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = [app.label for app in apps.get_app_configs() if app.name.startswith("paydesk.")]
    for label in ours:
        leaves = loader.graph.leaf_nodes(label)
        assert len(leaves) <= 1, f"{label} has several last migrations: {leaves}"
        for key, migration in loader.disk_migrations.items():
            if key[0] == label:
                before = [parent for parent in migration.dependencies if parent[0] == label]
                assert len(before) <= 1, f"{key} merges {before}"


def test_models_and_migrations_agree(db: None) -> None:
    said = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())


@pytest.fixture
def tables(db: None) -> list[str]:
    with connection.cursor() as cursor:
        return [info.name for info in connection.introspection.get_table_list(cursor)]


@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
def test_app_role_rewrites_no_ledger_audit_or_events(tables: list[str], right: str) -> None:
    protected = [name for name in tables if name.startswith(PROTECTED)]
    for start in PROTECTED:
        assert any(name.startswith(start) for name in protected), f"no table {start}*"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name"
            " WHERE has_table_privilege(current_user, quote_ident(name), %s)",
            [protected, right],
        )
        assert cursor.fetchall() == []


def test_app_role_owns_nothing_and_may_make_nothing(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False,)


def test_jobs_are_inserted_without_a_notification(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'procrastinate_jobs'::regclass"
        )
        names = {row[0] for row in cursor.fetchall()}
    assert "procrastinate_trigger_status_events_insert_v1" in names
    assert "procrastinate_jobs_notify_queue_job_inserted_v1" not in names


def test_sizes_only_shrink() -> None:
    assert ratchet.complaints(ratchet.oversize(), ratchet.frozen()) == []


def test_most_modules_are_small() -> None:
    sizes = sorted(source.count("\n") for _, source in ratchet.modules() if source)
    assert statistics.median(sizes) <= 90
    assert sizes[int(len(sizes) * 0.9)] <= 300


def test_ratchet_complains_about_growth() -> None:
    tolerated = {"a.py": 400, "b.py::f": 50}
    assert ratchet.complaints({"a.py": 400, "b.py::f": 50}, tolerated) == []
    assert len(ratchet.complaints({"a.py": 401, "b.py::f": 50}, tolerated)) == 1
    assert len(ratchet.complaints({"a.py": 399, "b.py::f": 50}, tolerated)) == 1
    assert len(ratchet.complaints({**tolerated, "c.py": 301}, tolerated)) == 1
    assert dict(ratchet.functions('def f():\n    """x\n    y"""\n    return 1\n')) == {"f": 2}
