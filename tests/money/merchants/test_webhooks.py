"""Notifications to merchants: signed, tried again with growing pauses, replayed, switched off at
last, and never sent into our own network."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.merchants import addresses, signing
from paydesk.money.merchants.actions import delivering, endpoints, telling
from paydesk.money.merchants.actions.telling import Word
from paydesk.money.merchants.models import Delivery, DeliveryTry, Endpoint, Merchant
from paydesk.money.merchants.rules import DISABLE_AFTER, PAUSES, EventKind
from paydesk.notifications.models import Message
from tests.factories import CustomerFactory
from tests.money.orders.shops import shop

ACTOR = SYSTEM("topay")


@dataclass
class Receiver:
    """A merchant's web server: keeps what came, answers as told."""

    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(made.status)
            if made.status == 302:
                self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(b"thanks \x00 4111 1111 1111 1111")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_address[1]}/hook?shop=1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with override_settings(WEBHOOKS_TO_PRIVATE=True):
        yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def tea(committed_db: None, customer_factory: CustomerFactory) -> Merchant:
    return shop(customer_factory(name="林茶"))


def tell(merchant: Merchant, subject: str = "order:1") -> list[Delivery]:
    word = Word("topay", merchant.id, True, EventKind.ORDER_PAID, subject, {"number": "42"})
    telling.tell([word])
    return list(Delivery.objects.filter(event__subject=subject))


def add(merchant: Merchant, url: str, **more: Any) -> tuple[Endpoint, str]:
    values: dict[str, Any] = {"live": True, "kinds": []} | more
    return endpoints.add(merchant, url=url, actor=ACTOR, **values)


def test_a_notification_is_signed_and_told_once(tea: Merchant, receiver: Receiver) -> None:
    _, secret = add(tea, receiver.url)
    [delivery] = tell(tea)
    assert tell(tea) == [delivery]
    assert delivering.deliver([delivery.id]) == 1
    assert delivering.deliver([delivery.id]) == 0
    [(headers, body)] = receiver.got
    now = int(clock.now().timestamp())
    assert signing.verify(secret, headers, body, now=now)
    assert not signing.verify(secret, headers, body + b" ", now=now)
    assert not signing.verify(secret, headers, body, now=now + 301)
    assert not signing.verify(signing.make_secret(), headers, body, now=now)
    assert headers["webhook-id"] == str(delivery.event_id)
    said = json.loads(body)
    assert (said["type"], said["data"]) == ("order.paid", {"number": "42"})
    kept = DeliveryTry.objects.get()
    assert kept.status == 200
    assert "4111" not in kept.answer
    assert "whsec" not in json.dumps(kept.headers)


def test_the_known_answer_of_the_standard() -> None:
    """The example of the Standard Webhooks specification."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    signature = signing.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_a_secret_rotates_both_sign(tea: Merchant, receiver: Receiver) -> None:
    endpoint, old = add(tea, receiver.url)
    new = endpoints.rotate_secret(endpoint, actor=ACTOR)
    [delivery] = tell(tea)
    delivering.deliver([delivery.id])
    [(headers, body)] = receiver.got
    now = int(clock.now().timestamp())
    assert signing.verify(old, headers, body, now=now)
    assert signing.verify(new, headers, body, now=now)
    with clock.travel(clock.now() + timedelta(hours=25)):
        endpoint.refresh_from_db()
        assert endpoints.secrets_of(endpoint) == [new]


def test_what_fails_is_tried_again_later_and_later(tea: Merchant, receiver: Receiver) -> None:
    add(tea, receiver.url)
    [delivery] = tell(tea)
    receiver.status = 500
    at = clock.now() + timedelta(seconds=1)
    for pause in PAUSES[:4]:
        with clock.travel(at):
            assert delivering.deliver_due() == 0
            delivery.refresh_from_db()
            assert delivery.next_at == at + pause
        with clock.travel(at + pause / 2):
            delivering.deliver_due()
        at += pause
    receiver.status = 204
    with clock.travel(at):
        assert delivering.deliver_due() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, len(receiver.got)) == ("delivered", 5, 5)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


def test_a_redirect_is_not_followed(tea: Merchant, receiver: Receiver) -> None:
    add(tea, receiver.url)
    [delivery] = tell(tea)
    receiver.status = 302
    assert delivering.deliver([delivery.id]) == 0
    assert DeliveryTry.objects.get().status == 302


def test_after_three_days_of_failures_it_is_switched_off_and_told(
    tea: Merchant, receiver: Receiver
) -> None:
    endpoint, _ = add(tea, receiver.url)
    receiver.status = 503
    [first] = tell(tea)
    delivering.deliver([first.id])
    later = clock.now() + DISABLE_AFTER + timedelta(minutes=1)
    with clock.travel(later):
        [second] = tell(tea, "order:2")
        delivering.deliver([second.id])
        endpoint.refresh_from_db()
        assert endpoint.disabled_at == later
        assert Message.objects.filter(template="merchants/endpoint_disabled").count() == 1
        assert tell(tea, "order:3") == []
        endpoints.change(endpoint, actor=ACTOR, enabled=True)
        receiver.status = 200
        again = telling.replay(first.event, endpoint, actor=ACTOR)
        assert delivering.deliver([again.id]) == 1
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_only_what_was_chosen_is_told(tea: Merchant, receiver: Receiver) -> None:
    add(tea, receiver.url, kinds=["refund.succeeded"])
    add(tea, receiver.url, live=False)
    assert tell(tea) == []


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://shop.example/", "not_https"),
        ("ftp://shop.example/", "malformed"),
        ("https://user:secret@shop.example/", "malformed"),
        ("https:///nothing", "malformed"),
        ("https://shop.example/\r\nX: y", "malformed"),
        ("https://[::1", "malformed"),
        ("javascript:alert(1)", "malformed"),
    ],
)
def test_only_proper_addresses_are_taken(url: str, problem: str) -> None:
    with override_settings(WEBHOOKS_TO_PRIVATE=False), pytest.raises(addresses.Refused) as refused:
        addresses.check(url)
    assert refused.value.problem == problem


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "[::1]", "[fd00::1]", "0.0.0.0",
     "[::ffff:127.0.0.1]", "100.64.0.1", "localhost", "2130706433", "224.0.0.1"],
)  # fmt: skip
def test_our_own_network_is_never_called(host: str) -> None:
    with override_settings(WEBHOOKS_TO_PRIVATE=False), pytest.raises(addresses.Refused):
        addresses.resolve(f"https://{host}/hook")


@pytest.mark.parametrize(
    "ip",
    ["fec0::1", "fe80::1%eth0", "192.0.0.8", "192.0.0.170", "192.88.99.1", "198.18.0.1",
     "240.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "2001::1", "2001:db8::1", "2002:a00:1::",
     "2002:c000:8::", "::ffff:192.0.0.8", "3fff::1", "5f00::1", "::7f00:1", "ff02::1", "100::1"],
)  # fmt: skip
def test_what_is_not_the_open_internet_is_not_public(ip: str) -> None:
    assert not addresses.is_public(ip)


@pytest.mark.parametrize(
    "ip", ["1.1.1.1", "192.31.196.1", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::"]
)
def test_the_open_internet_is_public(ip: str) -> None:
    assert addresses.is_public(ip)


def test_a_delivery_to_a_private_address_is_a_recorded_failure(
    tea: Merchant, receiver: Receiver
) -> None:
    endpoint, _ = add(tea, receiver.url)
    with transaction.atomic():
        Endpoint.objects.filter(id=endpoint.id).update(url="https://127.0.0.1/hook")
    [delivery] = tell(tea)
    with override_settings(WEBHOOKS_TO_PRIVATE=False):
        assert delivering.deliver([delivery.id]) == 0
    assert DeliveryTry.objects.get().problem == "private_address"
    assert receiver.got == []
