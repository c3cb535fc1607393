"""Runs localstripe, another project's double of Stripe, and catches what it tells by webhook.

It knows no return addresses, no checkout pages and no idempotency keys; what it does know, it
knows independently of us.
"""

import json
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

from tests.harness.live import free_port

KEY, SECRET = "sk_test_local", "whsec_local"
PATIENCE = 30.0

Delivery = tuple[bytes, dict[str, str]]


class LocalStripe:
    """A running server at `url`; `told` holds the webhooks as they came, raw and with headers."""

    def __init__(self) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self.told: Queue[Delivery] = Queue()

    def settings(self) -> dict[str, str]:
        """A brand's account there."""
        return {"secret_key": KEY, "webhook_secret": SECRET, "api": self.url}

    def post(self, path: str, fields: dict[str, str]) -> dict[str, Any]:
        """Ask as an operator or a card form would."""
        request = urllib.request.Request(
            self.url + path,
            data=urllib.parse.urlencode(fields).encode(),
            headers={"Authorization": f"Bearer {KEY}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.loads(answer.read() or b"{}"))

    def token(self, number: str) -> str:
        """A customer with this card, as the adapter's token."""
        card = {"number": number, "exp_month": "12", "exp_year": "2035", "cvc": "123"}
        fields = {f"card[{name}]": value for name, value in card.items()}
        customer = self.post("/v1/customers", {"metadata[customer]": "test"})["id"]
        method = self.post("/v1/payment_methods", {"type": "card", **fields})["id"]
        self.post(f"/v1/payment_methods/{method}/attach", {"customer": customer})
        return f"{customer}:{method}"


@contextmanager
def running() -> Iterator[LocalStripe]:
    """Start it with nothing in it, and stop it."""
    local = LocalStripe()
    command = [Path(sys.executable).parent / "localstripe", "--from-scratch", "--port"]
    process = subprocess.Popen(
        [*command, str(urllib.parse.urlsplit(local.url).port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    listener = _listener(local.told)
    try:
        _until_up(local)
        where = f"http://127.0.0.1:{listener.server_port}/"
        local.post("/_config/webhooks/ours", {"url": where, "secret": SECRET})
        yield local
    finally:
        process.terminate()
        process.wait(10)
        listener.shutdown()
        listener.server_close()


def _until_up(local: LocalStripe) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            local.post("/v1/customers", {})
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def _listener(told: Queue[Delivery]) -> HTTPServer:
    class Catch(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            told.put((raw, dict(self.headers)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Catch)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
