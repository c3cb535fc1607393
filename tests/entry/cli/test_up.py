"""`paydesk up` as a person uses it: first start, a crash, a second one beside it, Ctrl-C, again."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from paydesk.kit.postgres import processes
from tests.harness.cluster import ROOT
from tests.harness.live import free_port

pytestmark = [pytest.mark.live, pytest.mark.slow]


class Up:
    """One running `paydesk up`."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.log = home.parent / f"up-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "paydesk", "up", "--no-demo", "--port", str(port)],
                cwd=ROOT,
                env={**_environment(home)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text()

    def wait_until_ready(self) -> float:
        began = time.monotonic()
        _until(lambda: f":{self.port}/" in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()
        return time.monotonic() - began

    def children(self) -> dict[str, int]:
        listed = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        found = re.findall(r"^\s*(\d+).* -m paydesk (web|worker)", listed, re.M)
        return {name: int(pid) for pid, name in found}

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
        return self.process.wait(60)


def _environment(home: Path) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PAYDESK_")}
    return {**kept, "PAYDESK_HOME": str(home), "PYTHONPATH": str(ROOT), "LANG": "en_GB.UTF-8"}


def _until(true: Callable[[], bool], seconds: float = 90) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it took too long"
        time.sleep(0.1)


def _status(port: int) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    base = (tmp_path / "home" / "postgres").resolve()
    processes.stop(base / "data", fast=False)
    shutil.rmtree(base, ignore_errors=True)  # it may lie outside of the home


def test_a_day_of_up(home: Path) -> None:
    home.mkdir()
    port = free_port()
    up = Up(home, port)
    try:
        up.wait_until_ready()
        assert _status(port) is not None
        data = (home / "postgres").resolve() / "data"
        assert processes.server_pid(data)
        assert (home / "secret-key").stat().st_mode & 0o077 == 0

        before = up.children()
        assert set(before) == {"web", "worker"}
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        _until(lambda: set(up.children()) == {"web", "worker"} and _status(port) is not None)
        assert not set(before.values()) & set(up.children().values())

        beside = Up(home, free_port())
        assert beside.process.wait(30) == 1
        assert "already" in beside.said()
        elsewhere = Up(home.parent / "other", port)
        assert elsewhere.process.wait(30) == 1
        assert "Choose another port" in elsewhere.said()
    finally:
        status = up.stop()
    assert status == 130
    assert processes.server_pid(data) is None
    assert _status(port) is None

    again = Up(home, port)
    try:
        assert again.wait_until_ready() < 30
    finally:
        again.stop(signal.SIGTERM)
    assert processes.server_pid(data) is None


def test_children_end_when_up_is_killed(home: Path) -> None:
    home.mkdir()
    up = Up(home, free_port())
    try:
        up.wait_until_ready()
        pids = up.children().values()
    finally:
        up.stop(signal.SIGKILL)
    _until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), 30)
