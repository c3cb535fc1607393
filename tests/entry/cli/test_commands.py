"""The short commands, each in a process of its own against this test process's database."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from paydesk.entry.cli import up
from paydesk.kit.postgres.server import Server
from tests.harness.cluster import ROOT, TestCluster

pytestmark = pytest.mark.slow


def _paydesk(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "paydesk", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def url(committed_db: None, test_cluster: TestCluster) -> str:
    return test_cluster.server.app.url


def test_check_passes_on_a_good_database(url: str) -> None:
    done = _paydesk("check", PAYDESK_DATABASE_URL=url)
    assert (done.returncode, done.stdout) == (0, "ok\n"), done.stderr


def test_check_names_a_superuser(url: str, test_cluster: TestCluster) -> None:
    over = test_cluster.server.superuser.to("paydesk").url
    done = _paydesk("check", PAYDESK_DATABASE_URL=over)
    assert done.returncode == 1
    assert "superuser" in done.stderr


def test_check_names_a_role_whose_forgotten_transactions_stay_open(
    url: str, test_cluster: TestCluster
) -> None:
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW idle_in_transaction_session_timeout").fetchone()
        assert row == ("30s",)
    # What is said when connecting wins over what the role brings along.
    off = f"{url}?options=-c%20idle_in_transaction_session_timeout%3D0"
    done = _paydesk("check", PAYDESK_DATABASE_URL=off)
    assert done.returncode == 1
    assert "idle_in_transaction_session_timeout" in done.stderr


@pytest.mark.parametrize("command", [["check"], ["web", "--port", "1"], ["worker"]])
def test_nothing_serves_with_pools_that_cannot_fit(url: str, command: list[str]) -> None:
    done = _paydesk(*command, PAYDESK_DATABASE_URL=url, PAYDESK_POOL="500")
    assert done.returncode == 1
    assert "max_connections" in done.stderr
    assert "Traceback" not in done.stderr


def test_problems_are_said_in_chinese_too(url: str) -> None:
    done = _paydesk("check", PAYDESK_DATABASE_URL=url, PAYDESK_POOL="500", LC_ALL="zh_CN.UTF-8")
    assert "连接池" in done.stderr


def test_migrating_again_changes_nothing_and_keeps_refusals(
    url: str, test_cluster: TestCluster
) -> None:
    owner = test_cluster.server.owner.url
    done = _paydesk("migrate", PAYDESK_DATABASE_URL=url, PAYDESK_ADMIN_URL=owner)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(url) as connection:
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            row = connection.execute(
                "SELECT has_table_privilege('ledger_transfer', %s)", [right]
            ).fetchone()
            assert row == (False,)


@pytest.mark.parametrize("what", ["ledger", "audit"])
def test_verify_passes_on_an_empty_installation(url: str, what: str) -> None:
    done = _paydesk(what, "verify", PAYDESK_DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_unknown_command_is_refused() -> None:
    assert _paydesk("dance").returncode == 2


def test_the_demo_is_looked_for_again_wherever_it_may_lack(tmp_path: Path) -> None:
    server = Server(tmp_path)
    assert not up.is_seeded(server, tmp_path)
    (tmp_path / up.SIGN_INS).touch()
    assert up.is_seeded(server, tmp_path)
    assert not up.is_seeded(None, tmp_path)
