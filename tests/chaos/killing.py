"""Two web processes, a worker and PostgreSQL, each killed with SIGKILL and started again."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.db import DatabaseError, connection

from paydesk.kit.postgres import processes
from tests.harness import databases
from tests.harness.cluster import TestCluster
from tests.harness.live import LiveApp

PATIENCE = 120.0
# As in production; the tests' server runs without.
DURABLE = {"PGOPTIONS": "-c synchronous_commit=on"}


def eventually(holds: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait until something holds; a database that is away for a moment is no answer."""
    until = time.monotonic() + patience
    while True:
        try:
            if holds():
                return
        except (DatabaseError, psycopg.Error):
            databases.let_go()
        assert time.monotonic() < until, f"in vain waited for: {what}"
        time.sleep(0.05)


class Installation:
    """What serves, and how each part is killed: always while a payment is being written."""

    def __init__(self, cluster: TestCluster) -> None:
        self._cluster = cluster
        self._data = cluster.server.places.data
        self.webs = [LiveApp(cluster, DURABLE) for _ in range(2)]
        self.killed: Counter[str] = Counter()
        self._last_worker = 0
        self._ways: dict[str, Callable[[], None]] = {
            "web": lambda: self.webs[0].restart(crash=True),
            "PostgreSQL": self._kill_server,
            "worker": self._kill_worker,
            "backend": self._kill_backend,
            "other web": lambda: self.webs[1].restart(crash=True),
        }

    @property
    def ports(self) -> list[int]:
        return [web.port for web in self.webs]

    def start(self) -> None:
        """Both web processes at the same time, and the worker."""
        self.webs[0].start_worker()
        with ThreadPoolExecutor(len(self.webs)) as pool:
            list(pool.map(LiveApp.start, self.webs))

    def stop(self) -> None:
        """Stop all but PostgreSQL, which runs afterwards."""
        for web in self.webs:
            web.stop()
        self._cluster.server.start()

    def kill_next(self) -> str:
        """Kill the one whose turn it is and start it again; which one it was."""
        name = list(self._ways)[self.killed.total() % len(self._ways)]
        self._writer()
        self._ways[name]()
        self.killed[name] += 1
        databases.let_go()
        self.webs[0].watch_worker()
        assert all(web.web_lives for web in self.webs), f"a web process ended after {name}"
        return name

    def see_worker(self) -> None:
        """Wait until a worker that wasn't killed is in the middle of a job."""
        eventually(self._works, "a worker in the middle of a job")

    def _kill_worker(self) -> None:
        self.see_worker()
        self.webs[0].restart_worker(crash=True)

    def _works(self) -> bool:
        """Whether a worker that wasn't killed yet is at a job.

        It may have ended by itself, moments after PostgreSQL was killed.
        """
        self.webs[0].watch_worker()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT worker_id FROM procrastinate_jobs"
                " WHERE status = 'doing' AND worker_id > %s LIMIT 1",
                [self._last_worker],
            )
            row = cursor.fetchone()
        self._last_worker = row[0] if row else self._last_worker
        return bool(row)

    def _kill_server(self) -> None:
        pid = processes.server_pid(self._data)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        if process := self._cluster.server._process:
            process.wait(PATIENCE)
        self._cluster.server.start()

    def _kill_backend(self) -> None:
        """One of PostgreSQL's processes: the server ends all others and recovers by itself."""
        with psycopg.connect(self._cluster.server.superuser.url, autocommit=True) as witness:
            os.kill(self._writer(), signal.SIGKILL)
            eventually(lambda: _cut_off(witness), "PostgreSQL to notice")
        eventually(self._answers, "PostgreSQL to recover")

    def _writer(self) -> int:
        """The server's process that writes at this moment; waits for one."""
        found: list[int] = []
        with psycopg.connect(self._cluster.server.superuser.url, autocommit=True) as line:

            def look() -> bool:
                row = line.execute(
                    "SELECT pid FROM pg_stat_activity WHERE usename = 'paydesk_app'"
                    " AND backend_xid IS NOT NULL LIMIT 1"
                ).fetchone()
                found.extend(row or ())
                return bool(row)

            eventually(look, "a payment that is being written")
        return found[0]

    def _answers(self) -> bool:
        psycopg.connect(self._cluster.server.app.url, connect_timeout=5).close()
        return True


def _cut_off(witness: "psycopg.Connection[tuple[object, ...]]") -> bool:
    try:
        witness.execute("SELECT 1")
    except psycopg.OperationalError:
        return True
    return False
