"""A real web process (and worker) of ours against this test process's own database."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.harness import plugin
from tests.harness.cluster import ROOT, TestCluster

PATIENCE = 40.0


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveApp:
    """`url` is where it serves. Nothing is started before `start`."""

    def __init__(self, cluster: TestCluster, extra: dict[str, str] | None = None) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = Path(plugin.HOME) / f"live-{self.port}.log"
        address = cluster.server.app.url
        self._environment = {
            **os.environ,
            "PAYDESK_DATABASE_URL": address,
            "PAYDESK_DIRECT_URL": address,
            "PYTHONPATH": str(ROOT),
            **(extra or {}),
        }
        self._web: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the web process and wait for its first answer."""
        self._web = self._run("web", "--port", str(self.port))
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if self._web.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the web process did not come up:\n{self.said()}")
            time.sleep(0.05)

    def start_worker(self) -> None:
        """Start a worker too; it takes jobs as soon as it is up."""
        self._worker = self._run("worker")

    def restart_worker(self, *, crash: bool = False) -> None:
        """Stop the worker in order, or kill it, and start another."""
        self._end(self._worker, signal.SIGKILL if crash else signal.SIGTERM)
        self.start_worker()

    def watch_worker(self) -> None:
        """Start the worker again if it ended by itself, as `paydesk up` does."""
        if self._worker is not None and self._worker.poll() is not None:
            self.start_worker()

    @property
    def web_lives(self) -> bool:
        """Whether the web process runs."""
        return self._web is not None and self._web.poll() is None

    def restart(self, *, crash: bool = False) -> None:
        """Stop the web process in order, or kill it, and start it on the same port."""
        self._end(self._web, signal.SIGKILL if crash else signal.SIGTERM)
        self.start()

    def stop_web(self, *, crash: bool = False) -> None:
        """Stop the web process in order, or kill it."""
        self._end(self._web, signal.SIGKILL if crash else signal.SIGTERM)
        self._web = None

    def stop(self) -> None:
        """Stop everything."""
        for process in (self._web, self._worker):
            self._end(process, signal.SIGTERM)
        self._web = self._worker = None

    def said(self) -> str:
        """What the processes wrote."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _run(self, *words: str) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "paydesk", *words],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True

    def _end(self, process: "subprocess.Popen[bytes] | None", how: signal.Signals) -> None:
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def prepare() -> None:
    """Gather the static files once for this process's home."""
    done = subprocess.run(
        [sys.executable, "-m", "paydesk", "prepare"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"preparing static files failed:\n{done.stdout}{done.stderr}")
