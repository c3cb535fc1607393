"""Requests of the swift path at a real server: who may send a body, how large, how slowly."""

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from paydesk.entry.api import doorman, receiving, swift
from paydesk.entry.connections import BoundedProtocol
from paydesk.kit import ids
from paydesk.money.merchants.models import ApiKey, Merchant
from paydesk.money.payments.models import Payment
from tests.factories import CustomerFactory
from tests.harness.live import free_port
from tests.money.orders.shops import fund, key, shop

pytestmark = pytest.mark.usefixtures("committed_db")
ONE, MANY = f"/topay{swift.ONE}", f"/topay{swift.MANY}"
TOGETHER = 2_100_000
STRANGER = "pd_live_" + "x" * 43


@pytest.fixture
def tea(customer_factory: CustomerFactory) -> Merchant:
    customer_factory(name="周工", email="zhou@mail.example")
    made = shop(customer_factory(name="林茶"))
    fund(made, 100_000)
    return made


@pytest.fixture
def text(tea: Merchant) -> str:
    return key(tea)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async def inner(*_: Any) -> None:
        raise AssertionError("not for the swift application")

    app = swift.Swift(inner, patience=0.6, together=TOGETHER)
    number = free_port()
    config = uvicorn.Config(
        app, port=number, http=BoundedProtocol, ws="none", lifespan="off", log_level="error"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield number
    server.should_exit = True
    await task


def head(path: str, text: str, length: int, host: str = "localhost") -> bytes:
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: {host}",
        f"Authorization: Bearer {text}",
        f"Idempotency-Key: {ids.uuid7()}",
        f"Content-Length: {length}",
    )
    return "\r\n".join([*lines, "", ""]).encode()


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], dict[str, Any]]:
    async with asyncio.timeout(8):
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
    return int(first.split()[1]), headers, body


async def begun(port: int, sent: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    return reader, writer


WISH = json.dumps(
    {"recipient": "zhou@mail.example", "amount": 1200, "currency": "CNY", "reference": "A-1"}
).encode()


@pytest.mark.parametrize("path", [ONE, MANY])
@pytest.mark.parametrize("text", ["", "pd_live_short", STRANGER])
async def test_a_stranger_is_refused_before_his_body_comes(port: int, path: str, text: str) -> None:
    reader, writer = await begun(port, head(path, text, 10_000))
    status, headers, body = await answer(reader)
    assert (status, body["code"]) == (401, "unauthenticated")
    assert headers["connection"] == "close"
    writer.close()


@pytest.mark.parametrize("path", [ONE, MANY])
async def test_a_body_that_does_not_come_is_given_up(port: int, text: str, path: str) -> None:
    reader, writer = await begun(port, head(path, text, 10_000) + b"{")
    status, _, body = await answer(reader)
    assert (status, body["code"]) == (408, "too_slow")
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


@pytest.mark.parametrize("path", [ONE, MANY])
async def test_a_body_too_large_is_answered_and_not_cut_off(
    port: int, text: str, path: str
) -> None:
    def send() -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": str(ids.uuid7())}
        line.request("POST", path, b" " * 30_000_000, headers | {"Host": "localhost"})
        said = line.getresponse()
        return said.status, json.loads(said.read())["code"]

    assert await asyncio.to_thread(send) == (413, "too_large")


async def test_all_bodies_together_have_a_bound(port: int, text: str) -> None:
    half = b" " * (TOGETHER // 2 - 10)
    lines = [await begun(port, head(MANY, text, TOGETHER // 2) + half) for _ in range(2)]
    await asyncio.sleep(0.2)
    reader, writer = await begun(port, head(ONE, text, len(WISH)) + WISH)
    status, headers, body = await answer(reader)
    assert (status, body["code"]) == (503, "busy")
    assert int(headers["retry-after"]) >= 1
    writer.close()
    for reader, writer in lines:
        assert (await answer(reader))[0] == 408
        writer.close()
    reader, writer = await begun(port, head(ONE, text, len(WISH)) + WISH)
    assert (await answer(reader))[0] == 201  # the room was given back
    writer.close()


async def test_a_host_that_is_not_ours_is_refused(port: int, text: str) -> None:
    reader, writer = await begun(port, head(ONE, text, len(WISH), "evil.example") + WISH)
    status, _, body = await answer(reader)
    assert (status, body["code"]) == (400, "malformed")
    writer.close()


async def test_a_key_revoked_since_it_was_looked_at_pays_nobody(port: int, text: str) -> None:
    reader, writer = await begun(port, head(ONE, text, len(WISH)) + WISH)
    assert (await answer(reader))[0] == 201
    await ApiKey.objects.aupdate(revoked_at="2026-01-01T00:00:00Z")
    writer.write(head(ONE, text, len(WISH)) + WISH)
    status, _, body = await answer(reader)
    assert (status, body["code"]) == (401, "unauthenticated")
    assert await Payment.objects.acount() == 1
    writer.close()


async def test_a_lot_of_keys_is_not_remembered_for_ever(
    tea: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MOST_REMEMBERED", 1)
    monkeypatch.setattr(doorman, "known", lambda _brand, texts: set(texts))
    intake = receiving.Intake(each=1, together=1, patience=1)
    for n in range(3):
        await intake.require_key("topay", f"{STRANGER}{n}")
    assert len(intake._remembered) == 1
