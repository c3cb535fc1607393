"""A real web process: a stream over HTTP, and a stop that open streams don't hold up."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import transaction

from paydesk.kit.actors import SYSTEM
from paydesk.kit.events import actions
from tests.factories import ClientOf, CustomerFactory

pytestmark = pytest.mark.usefixtures("committed_db")

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def server() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address and the process of a web server on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "PAYDESK_DATABASE_URL": settings.DATABASE_URL,
        "PAYDESK_POOL": "4",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port),
               "--loop", "uvloop", "--http", "httptools", "--log-level", "warning"]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address, process
    finally:
        process.kill()
        process.communicate()


def wait_for(address: str, process: subprocess.Popen[str]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise AssertionError(process.communicate()[1])
        try:
            httpx.get(f"{address}/topay/live")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not come up")


def tell(subject: str, audience: str) -> None:
    with transaction.atomic():
        actions.publish(
            brand="topay",
            kind="case.message",
            subject=subject,
            audience=[audience],
            actor=SYSTEM("topay"),
            payload={},
        )


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_streams_live_over_http_and_end_when_the_server_stops(
    server: tuple[str, subprocess.Popen[str]],
    stop: signal.Signals,
    customer_factory: CustomerFactory,
    client_of: ClientOf,
) -> None:
    address, process = server
    customer = customer_factory()
    cookies = {name: morsel.value for name, morsel in client_of(customer.user).cookies.items()}
    with httpx.Client(base_url=address, cookies=cookies, timeout=5) as browser:
        assert browser.get("/gopay/live").status_code == 401
        with browser.stream("GET", "/topay/live") as response:
            assert response.status_code == 200
            assert response.headers["content-type"].startswith("text/event-stream")
            lines = response.iter_lines()
            assert until(lines, "event: ") == "event: open"
            tell("case:1", f"customer:{customer.pk}")
            assert until(lines, "event: ") == "event: case.message"
            assert '"subject":"case:1"' in until(lines, "data: ")
            asked = time.monotonic()
            process.send_signal(stop)
            assert until(lines, "event: ") == "event: end"
            assert until(lines, "data: ") == 'data: {"reason":"stopping"}'
            assert list(lines) == [""], "the response is complete, not torn"
        errors = process.communicate(timeout=5)[1]
        assert time.monotonic() - asked < 3
    assert "Traceback" not in errors
    assert "ERROR" not in errors


def until(lines: Iterator[str], beginning: str) -> str:
    """The next line that begins so."""
    return next(line for line in lines if line.startswith(beginning))
