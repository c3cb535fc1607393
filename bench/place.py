"""Where benchmarks run: a PostgreSQL of their own, durable, with a freshly migrated database.

Both sides of a comparison use this one server, so its settings favour neither. Its data folder
is made anew and thrown away; it never touches the installation's own.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg

from paydesk.kit.postgres.server import Server

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".paydesk" / "bench"
SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "512MB",
    # No checkpoint in the middle of one side's turn.
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
}
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")

_running: list[Server] = []


def server() -> Server:
    """The benchmarks' server, while `fresh` lasts."""
    return _running[0]


@contextmanager
def fresh() -> Iterator[Server]:
    """A new server with a migrated database, and Django set up on it as the app role.

    Once in a process: Django can't be set up twice.
    """
    _throw_away()
    (HOME / "static").mkdir(parents=True)  # no page is asked for here, but Django looks for it
    one = Server(HOME, settings=SETTINGS)
    one.start()
    _running.append(one)
    try:
        _check_durable(one)
        os.environ.update(_environment(one))
        _migrate(one)
        django.setup()
        yield one
    finally:
        _running.remove(one)
        one.stop()
        _throw_away()


def _throw_away() -> None:
    if HOME.exists():
        Server(HOME, settings=SETTINGS).stop()
        shutil.rmtree(HOME)


def _check_durable(one: Server) -> None:
    with psycopg.connect(one.superuser.url) as connection:
        for name in DURABLE:
            row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            if row != ("on",):
                raise RuntimeError(f"{name} is {row}: figures would not be of durable writes")


def _environment(one: Server) -> dict[str, str]:
    return {
        "PAYDESK_HOME": str(HOME),
        "PAYDESK_DATABASE_URL": one.app.url,
        "PAYDESK_DIRECT_URL": one.app.url,
        "PAYDESK_ADMIN_URL": one.owner.url,
        "PAYDESK_SECRET_KEY": "only for benchmarks",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def _migrate(one: Server) -> None:
    subprocess.run(
        [sys.executable, "-m", "paydesk", "migrate"],
        cwd=ROOT,
        env=os.environ | {"PAYDESK_DATABASE_URL": one.owner.url},
        check=True,
        stdout=subprocess.DEVNULL,
    )
