"""Receivers that are slow, and merchants who ask for too much: others' jobs run on meanwhile."""

import asyncio
import socket
import threading
import time
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app as jobs
from procrastinate.contrib.django.models import ProcrastinateJob

from paydesk.entry.cli.worker import work
from paydesk.kit import clock
from paydesk.money.merchants.actions import delivering, endpoints, telling
from paydesk.money.merchants.caller import call
from paydesk.money.merchants.models import Delivery, DeliveryTry, Endpoint, Merchant
from paydesk.money.merchants.rules import REPLAYS_A_MINUTE
from tests.money.merchants.test_webhooks import ACTOR, Receiver, add, receiver, tea, tell

__all__ = ["receiver", "tea"]


def test_a_receiver_that_drips_is_given_up_in_time(settings: Any) -> None:
    """Each byte keeps a socket's own time-out from passing; the whole call has an end anyway."""
    settings.WEBHOOKS_TO_PRIVATE, settings.WEBHOOK_PATIENCE = True, 0.5
    dripped = 0

    class Drips(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            nonlocal dripped
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while dripped < 100:
                    dripped += 1
                    self.wfile.write(b".")
                    time.sleep(0.1)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Drips)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        answer = call(f"http://127.0.0.1:{server.server_port}/", {}, b"{}")
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
    assert (answer.status, answer.problem) == (None, "timed_out")
    assert dripped < 50


def silent() -> socket.socket:
    """A receiver that takes connections and never says a word."""
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    made.listen(50)
    return made


def test_headers_that_drip_are_given_up_in_time(settings: Any) -> None:
    settings.WEBHOOKS_TO_PRIVATE, settings.WEBHOOK_PATIENCE = True, 0.5

    def drip() -> None:
        line, _ = door.accept()
        with suppress(OSError), line:
            for _n in range(100):
                line.sendall(b"H")
                time.sleep(0.1)

    with silent() as door:
        dripping = threading.Thread(target=drip)
        dripping.start()
        began = time.monotonic()
        answer = call(f"http://127.0.0.1:{door.getsockname()[1]}/", {}, b"{}")
        assert time.monotonic() - began < 5
        dripping.join()
    assert (answer.status, answer.problem) == (None, "timed_out")


def test_what_is_due_at_a_slow_endpoint_waits_for_others(
    tea: Merchant, receiver: Receiver, settings: Any
) -> None:
    settings.WEBHOOK_PATIENCE = 0.3
    with silent() as door:
        add(tea, f"http://127.0.0.1:{door.getsockname()[1]}/", kinds=["order.paid"])
        add(tea, receiver.url, kinds=["order.paid"])
        for n in range(4):
            tell(tea, f"order:{n}")
        assert delivering.deliver_due() == 4
    assert DeliveryTry.objects.filter(problem="timed_out").count() == 1
    assert not Delivery.objects.filter(next_at__lte=clock.now()).exists()


@pytest.mark.parametrize("standing", ["applied", "closed"])
def test_nobody_is_called_for_a_merchant_not_let_in(
    tea: Merchant, receiver: Receiver, standing: str
) -> None:
    endpoint, _ = add(tea, receiver.url)
    [delivery] = tell(tea)
    Merchant.objects.filter(id=tea.id).update(standing=standing)
    endpoint.refresh_from_db()
    with pytest.raises(endpoints.NotYet):
        add(tea, receiver.url)
    with pytest.raises(endpoints.NotYet):
        telling.ping(endpoint, actor=ACTOR)
    with pytest.raises(endpoints.NotYet):
        telling.replay(delivery.event, endpoint, actor=ACTOR)
    assert Endpoint.objects.count() == Delivery.objects.count() == 1
    assert delivering.deliver([delivery.id]) == 0
    assert receiver.got == []
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == ("given_up", 0)


def test_replays_and_pings_have_a_rate(tea: Merchant, receiver: Receiver) -> None:
    endpoint, _ = add(tea, receiver.url)
    [delivery] = tell(tea)
    for _n in range(REPLAYS_A_MINUTE - 1):
        telling.ping(endpoint, actor=ACTOR)
    telling.replay(delivery.event, endpoint, actor=ACTOR)
    with pytest.raises(telling.TooOften):
        telling.ping(endpoint, actor=ACTOR)
    with clock.travel(clock.now() + timedelta(seconds=61)):
        telling.ping(endpoint, actor=ACTOR)


def test_other_jobs_run_beside_slow_deliveries(tea: Merchant, settings: Any) -> None:
    """Four jobs of deliveries that hang, in a worker of four places; a sweep comes after them."""
    settings.WEBHOOKS_TO_PRIVATE, settings.WEBHOOK_PATIENCE = True, 10.0
    with silent() as door:
        for n in range(4):
            add(tea, f"http://127.0.0.1:{door.getsockname()[1]}/{n}")
        for n in range(4):
            tell(tea, f"order:{n}")
        sweep = jobs.configure_task("payments.sweep").defer(timestamp=0)
        connection.close()

        async def until_swept() -> None:
            working = asyncio.create_task(work())
            async with asyncio.timeout(20):
                while await ProcrastinateJob.objects.filter(id=sweep).aexists():
                    await asyncio.sleep(0.05)
            tried = await DeliveryTry.objects.acount()
            door.close()  # the calls end
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            assert tried == 0

        asyncio.run(until_swept())
