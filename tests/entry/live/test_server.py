"""A real web process: a stream over HTTP, and a stop that open streams don't hold up."""

import time
from collections.abc import Iterator

import httpx
from django.db import transaction

from paydesk.kit.actors import SYSTEM
from paydesk.kit.events import actions
from tests.factories import ClientOf, CustomerFactory
from tests.harness.live import LiveApp


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


def test_streams_live_over_http_and_end_when_the_server_stops(
    live_app: LiveApp, customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    cookies = {name: morsel.value for name, morsel in client_of(customer.user).cookies.items()}
    with httpx.Client(base_url=live_app.url, cookies=cookies, timeout=5) as browser:
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
            live_app.stop_web()
            assert time.monotonic() - asked < 3, "the open stream did not hold it up"
            assert until(lines, "event: ") == "event: end"
            assert until(lines, "data: ") == 'data: {"reason":"stopping"}'
            assert list(lines) == [""], "the response is complete, not torn"
    assert "Traceback" not in live_app.said()
    assert "ERROR" not in live_app.said()


def until(lines: Iterator[str], beginning: str) -> str:
    """The next line that begins so."""
    return next(line for line in lines if line.startswith(beginning))
