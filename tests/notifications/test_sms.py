"""The SMS gateway's wire format, against a server on the loopback that refuses on command."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from django.test import override_settings

from paydesk.kit import ids
from paydesk.notifications.delivery import DeliveryProblem, Outgoing
from paydesk.notifications.sms import HttpSmsTransport
from paydesk.notifications.transports import transport_for


class Gateway(BaseHTTPRequestHandler):
    """Answers what the test says and keeps what came."""

    answer: tuple[int, bytes] = (201, b'{"sid": "SM1"}')
    came: list[tuple[str, dict[str, list[str]]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.came.append((self.headers["Authorization"], parse_qs(body)))
        self.send_response(self.answer[0])
        self.end_headers()
        self.wfile.write(self.answer[1])

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def gateway() -> Iterator[type[Gateway]]:
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Gateway.came.clear()
    Gateway.answer = (201, b'{"sid": "SM1"}')
    address = f"http://127.0.0.1:{server.server_port}/Accounts/AC1/Messages.json"
    with override_settings(
        DEMO=False, SMS_URL=address, SMS_USER="AC1", SMS_PASSWORD="token", SMS_FROM="+15550100"
    ):
        yield Gateway
    server.shutdown()
    server.server_close()


MESSAGE = Outgoing(ids.uuid7(), "topay", "en", "sms", "+8613800138000", "", "Code: 123456", "")


def test_a_message_goes_out_in_the_gateways_format(gateway: type[Gateway]) -> None:
    transport = transport_for("sms")
    assert isinstance(transport, HttpSmsTransport)
    transport.send(MESSAGE)
    [(authorization, fields)] = gateway.came
    assert authorization == "Basic " + base64.b64encode(b"AC1:token").decode()
    assert fields == {"To": ["+8613800138000"], "From": ["+15550100"], "Body": ["Code: 123456"]}


@pytest.mark.parametrize(
    ("answer", "code", "permanent"),
    [
        ((400, json.dumps({"code": 21211}).encode()), "sms_21211", True),
        ((429, json.dumps({"code": 20429}).encode()), "sms_20429", False),
        ((503, b"<html>"), "sms_503", False),
        ((401, json.dumps({"code": 20003}).encode()), "sms_20003", True),
    ],
)
def test_a_refusal_says_whether_to_try_again(
    gateway: type[Gateway], answer: tuple[int, bytes], code: str, permanent: bool
) -> None:
    gateway.answer = answer
    with pytest.raises(DeliveryProblem) as caught:
        HttpSmsTransport().send(MESSAGE)
    assert (caught.value.code, caught.value.permanent) == (code, permanent)


def test_a_silent_gateway_is_tried_again() -> None:
    with (
        override_settings(SMS_URL="http://127.0.0.1:9/", SMS_USER="a", SMS_PASSWORD="b"),
        pytest.raises(DeliveryProblem) as caught,
    ):
        HttpSmsTransport().send(MESSAGE)
    assert (caught.value.code, caught.value.permanent) == ("unreachable", False)
