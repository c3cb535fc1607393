"""Who waits for somebody outside holds no database connection meanwhile."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import connection, connections, transaction

from paydesk.money.merchants import caller
from paydesk.money.payments.models import Payment
from paydesk.money.payments.providers import calling

pytestmark = pytest.mark.usefixtures("committed_db")


class Outside(HTTPServer):
    """Notes at each request whether the thread that asks holds a connection."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asking = connections["default"]
        self.held: list[bool] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: Outside

    def do_POST(self) -> None:
        self.server.held.append(self.server.asking.connection is not None)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def outside(settings: Any) -> Iterator[Outside]:
    settings.WEBHOOKS_TO_PRIVATE = True
    with Outside() as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server
        server.shutdown()
        serving.join()


def test_a_provider_is_waited_for_without_a_connection(outside: Outside) -> None:
    assert not Payment.objects.exists()
    assert connection.connection is not None
    assert calling.call("POST", outside.url).status == 204
    assert outside.held == [False]
    assert not Payment.objects.exists()  # and the next query takes one again


def test_so_is_a_merchants_address(outside: Outside) -> None:
    assert not Payment.objects.exists()
    assert caller.call(outside.url, {}, b"{}").status == 204
    assert outside.held == [False]


def test_a_transaction_keeps_its_connection(outside: Outside) -> None:
    with transaction.atomic():
        assert not Payment.objects.exists()
        calling.call("POST", outside.url)
        assert not Payment.objects.exists()
    assert outside.held == [True]
