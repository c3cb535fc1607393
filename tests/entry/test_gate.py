"""The overload gate: really overloaded, it refuses in time, and never loses or hangs a request."""

import asyncio
import time
from collections import Counter
from typing import Any

import httpx
import pytest

from paydesk.entry import pools as pool_sizes
from paydesk.entry.gate import Gate
from paydesk.entry.live import station
from paydesk.entry.pools import Pools


class Slow:
    """An application that works for a while and notes how many were inside at once."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.inside = self.most = self.done = 0
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            body = b""
            while True:
                message = await receive()
                body += message["body"]
                if not message["more_body"]:
                    break
            self.bodies.append(body)
            await asyncio.sleep(self.seconds)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"done"})
            self.done += 1
        finally:
            self.inside -= 1


def _client(gate: Gate) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=gate)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_overload_is_answered_in_time_and_the_rest_is_served() -> None:
    app = Slow(0.2)
    async with _client(Gate(app, places=4, queue=8, patience=0.5)) as client:
        began = time.monotonic()
        answers = await asyncio.gather(*(client.get("/") for _ in range(200)))
        took = time.monotonic() - began
    count = Counter(answer.status_code for answer in answers)
    assert app.most == 4
    assert set(count) == {200, 503}
    assert count[200] == app.done >= 4
    assert count[503] >= 150
    assert all(int(a.headers["retry-after"]) >= 1 for a in answers if a.status_code == 503)
    assert took < 20  # a hang would last for as long as the machine does


async def test_places_come_free_again_after_errors_and_hang_ups() -> None:
    class Broken(Slow):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            raise RuntimeError("inside")

    gate = Gate(Broken(0), places=1, patience=0.05)
    async with _client(gate) as client:
        for _ in range(3):
            with pytest.raises(RuntimeError, match="inside"):
                await client.get("/")
    slow = Slow(30)
    gate = Gate(slow, places=1, patience=0.05)
    async with _client(gate) as client:
        task = asyncio.create_task(client.get("/"))
        await asyncio.sleep(0.05)
        assert slow.inside == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        slow.seconds = 0
        assert (await client.get("/")).status_code == 200


async def test_slow_senders_hold_no_place() -> None:
    app = Slow(0)
    gate = Gate(app, places=1, patience=0.05, body_patience=0.3)

    async def trickle() -> Any:
        yield b"a"
        await asyncio.sleep(30)
        yield b"b"

    async with _client(gate) as client:
        slow = [asyncio.create_task(client.post("/", content=trickle())) for _ in range(20)]
        await asyncio.sleep(0.05)
        assert (await client.post("/", content=b"quick")).status_code == 200
        assert {answer.status_code for answer in await asyncio.gather(*slow)} == {408}
    assert app.bodies == [b"quick"]


@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 64 * 1024 + 1, 700_000])
async def test_body_arrives_whole(size: int) -> None:
    app = Slow(0)
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    async with _client(Gate(app, places=1)) as client:
        assert (await client.post("/", content=content)).status_code == 200
    assert app.bodies == [content]


async def test_big_body_is_refused() -> None:
    app = Slow(0)
    async with _client(Gate(app, places=1, body_limit=1000)) as client:
        assert (await client.post("/", content=b"x" * 1001)).status_code == 413
        assert (await client.post("/", content=b"x" * 1000)).status_code == 200


def test_pools_count_what_streams_take() -> None:
    assert station.REPLAY_CONNECTIONS <= pool_sizes.STREAMS


def test_pools_are_summed() -> None:
    pools = Pools(requests=16, web_processes=2, worker_processes=3)
    assert pools.total == 2 * (16 + Pools(0, 1, 0).total) + 3 * Pools(0, 0, 1).total
    assert pools.fit(pools.total + 4, 3)
    assert not pools.fit(pools.total + 3, 3)


async def test_all_bodies_together_have_a_limit() -> None:
    app = Slow(0.3)
    gate = Gate(app, places=4, body_limit=100, bodies_limit=250)
    async with _client(gate) as client:
        many = await asyncio.gather(*(client.post("/", content=b"x" * 100) for _ in range(4)))
        assert Counter(answer.status_code for answer in many) == {200: 2, 503: 2}
        assert (await client.post("/", content=b"x" * 100)).status_code == 200
        assert (await client.post("/", content=b"x" * 101)).status_code == 413
        assert (await client.post("/", content=b"x" * 100)).status_code == 200
