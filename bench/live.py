"""Delivery of events to many open streams, over a bare Starlette stream server in the same run.

Ours is the real web process: sessions checked, events committed to PostgreSQL and read back by the
tailer. The reference puts bytes from memory into queues. Each event goes to every stream, the
hardest case; a delay runs from before the commit (the post) until a browser has the bytes.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction

from bench.report import Row, row
from paydesk.entry.web.sessions import DOOR_KEY
from paydesk.entry.web.support.correspondent import VISITOR_KEY
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.kit.events import actions

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1000, 5000)
ROUNDS = 3
EVENTS = 15
PAUSE = 0.35
"""Seconds between events: they must not queue up behind each other."""

AIM = 1.5
COOKIE = "paydesk_customer_topay"


@dataclass(frozen=True, slots=True)
class Round:
    """One server with its streams open: delays in ms, memory a stream in KiB."""

    p50: float
    p99: float
    memory: float


def run() -> list[Row]:
    """Rows `live.*` for bench/results.json. Needs Django on a migrated database."""
    visitor = str(ids.uuid7())
    cookies = _sessions(visitor, max(SIZES))
    servers: dict[str, tuple[str, Callable[[int], Callable[[], None]]]] = {
        "reference": ("bench.live_reference:application", _post),
        "paydesk": ("config.asgi:application", lambda port: lambda: _commit(visitor)),
    }
    rows: list[Row] = []
    for size in SIZES:
        rounds: dict[str, list[Round]] = {name: [] for name in servers}
        for turn in range(ROUNDS):
            for name in sorted(servers, reverse=turn % 2 == 0):  # each side goes first in turn
                rounds[name].append(_round(*servers[name], cookies[:size]))
        rows += _rows(size, rounds["paydesk"], rounds["reference"])
    return rows


def _rows(size: int, ours: list[Round], theirs: list[Round]) -> list[Row]:
    def median(rounds: list[Round], field: str) -> float:
        return statistics.median(float(getattr(one, field)) for one in rounds)

    return [
        row(
            f"live.{name}.streams_{size}",
            unit,
            median(ours, field),
            median(theirs, field),
            aim=AIM if field == "p99" else None,
            runs=len(ours),
        )
        for name, field, unit in (
            ("delivery_p50", "p50", "ms"),
            ("delivery_p99", "p99", "ms"),
            ("memory_a_stream", "memory", "KiB"),
        )
    ]


def _sessions(visitor: str, count: int) -> list[str]:
    """That many browsers of one visitor, so that one event concerns them all."""
    data = SessionStore().encode({VISITOR_KEY: visitor, DOOR_KEY: COOKIE})
    rows = [
        Session(
            session_key=f"bench{number:027d}",
            session_data=data,
            expire_date=clock.now() + timedelta(hours=1),
        )
        for number in range(count)
    ]
    Session.objects.bulk_create(rows, ignore_conflicts=True)
    Session.objects.bulk_update(rows, ["session_data", "expire_date"], batch_size=1000)
    return [f"{COOKIE}={row.session_key}" for row in rows]


def _commit(visitor: str) -> None:
    sent = time.monotonic_ns()
    with transaction.atomic():
        actions.publish(
            brand="topay",
            kind="case.message",
            subject="case:01a2070f-aa86-7266-889d-0ae20002026f",
            audience=[f"visitor:{visitor}"],
            actor=SYSTEM("topay"),
            payload={"t": sent},
        )


def _post(port: int) -> Callable[[], None]:
    line = http.client.HTTPConnection("127.0.0.1", port)

    def post() -> None:
        data = {
            "kind": "case.message",
            "subject": "case:01a2070f-aa86-7266-889d-0ae20002026f",
            "at": clock.now().isoformat(),
            "payload": {"t": time.monotonic_ns()},
        }
        text = json.dumps(data, separators=(",", ":"))
        cursor = "1795414797.123456.01a2070f-aa86-7266-889d-0ae20002026f"
        line.request("POST", "/publish", f"id: {cursor}\nevent: case.message\ndata: {text}\n\n")
        line.getresponse().read()

    return post


def _round(
    application: str, teller: Callable[[int], Callable[[], None]], cookies: list[str]
) -> Round:
    with _server(application) as (server, port):
        tell = teller(port)
        before = _resident(server.pid)
        with _browsers(port, cookies) as browsers:
            memory = (_resident(server.pid) - before) / len(cookies)
            for _ in range(3):  # warm
                tell()
                time.sleep(PAUSE)
            _delays(browsers)
            for _ in range(EVENTS):
                tell()
                time.sleep(PAUSE)
            time.sleep(PAUSE)
            delays = sorted(_delays(browsers))
    expected = EVENTS * len(cookies)
    if len(delays) != expected:
        raise RuntimeError(f"{application} delivered {len(delays)} of {expected}")
    return Round(delays[expected // 2], delays[expected * 99 // 100], memory)


def _delays(browsers: subprocess.Popen[str]) -> list[float]:
    assert browsers.stdin
    assert browsers.stdout
    browsers.stdin.write("\n")
    browsers.stdin.flush()
    found: list[float] = json.loads(browsers.stdout.readline())
    return found


@contextmanager
def _server(application: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"PAYDESK_DATABASE_URL": settings.DATABASE_URL, "PAYDESK_POOL": "4"}
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port),
               "--loop", "uvloop", "--http", "httptools", "--log-level", "warning",
               "--no-access-log", "--backlog", "4096",
               "--timeout-graceful-shutdown", "2"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True)
    try:
        _wait_for(port, process)
        yield process, port
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("a server of the benchmark did not start")
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("a server of the benchmark did not start in time")


@contextmanager
def _browsers(port: int, cookies: list[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.live_client", str(port)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write("\n".join(cookies) + "\n\n")
        process.stdin.flush()
        if json.loads(process.stdout.readline() or "{}") != {"open": len(cookies)}:
            raise RuntimeError("not every stream could be opened")
        yield process
    finally:
        process.kill()
        process.communicate()


def _resident(pid: int) -> float:
    """Resident memory in KiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024
