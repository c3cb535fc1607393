"""The reference of the ledger benchmark: pgbench's TPC-B on the same server.

32 clients, prepared statements, one durable commit for each balance transfer. Scale 50, so that
its clients rarely meet on a branch.
"""

import os
import re
import subprocess

import psycopg

from bench import place
from paydesk.kit.postgres import binaries
from paydesk.kit.postgres.account import choose_user

DATABASE = "tpcb"
SCALE = 50
CLIENTS, THREADS = 32, 2


def prepare() -> None:
    """Make and fill its database."""
    with psycopg.connect(place.server().superuser.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}".encode())
    _pgbench("-i", "-q", "-s", str(SCALE))


def transactions_per_second(seconds: int) -> float:
    """Run it for a while."""
    said = _pgbench(
        *("-c", str(CLIENTS), "-j", str(THREADS), "-M", "prepared", "-n", "-T", str(seconds))
    )
    found = re.search(r"tps = ([\d.]+)", said)
    if found is None:
        raise RuntimeError(f"pgbench gave no figure:\n{said}")
    return float(found[1])


def _pgbench(*arguments: str) -> str:
    address = place.server().superuser
    programs = binaries.find(choose_user(place.HOME / "postgres"))
    return subprocess.run(
        [programs.program("pgbench"), *arguments, DATABASE],
        env=os.environ
        | {
            "PGHOST": address.host,
            "PGPORT": str(address.port),
            "PGUSER": address.user,
            "PGPASSWORD": address.password,
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout
