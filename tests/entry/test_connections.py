"""A connection that sends no request, an endless one or a slow one is hung up on."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from paydesk.entry import connections
from paydesk.entry.connections import BoundedProtocol
from tests.harness.live import free_port


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers how many headers it saw, once the body has come."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"%02d" % len(scope["headers"])})


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(BoundedProtocol, "head_seconds", 0.4)
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


async def said_until_closed(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(5):
        return await reader.read()


async def answered(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """An answer's head and its body of two bytes."""
    return await reader.readuntil(b"\r\n\r\n"), await reader.readexactly(2)


@pytest.mark.parametrize("sent", [b"", b"\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n"])
async def test_who_sends_no_whole_request_is_hung_up_on(port: int, sent: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    assert await said_until_closed(reader) == b""
    writer.close()


async def test_after_an_answer_half_a_request_is_no_reason_to_wait(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    head, body = await answered(reader)
    assert b"200" in head
    assert body == b"01"
    writer.write(b"\r\n")
    assert await said_until_closed(reader) == b""
    writer.close()


async def test_an_endless_head_is_refused_early(port: int) -> None:
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\n")
    taken = 0
    try:
        async with asyncio.timeout(5):
            while True:
                writer.write(b"x-%d: " % taken + b"y" * 4000 + b"\r\n")
                await writer.drain()
                taken += 4000
    except (ConnectionError, OSError):
        pass
    assert taken < 200 * connections.HEAD_BYTES
    writer.close()


async def test_a_long_but_honest_head_and_a_slow_body_are_served(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST / HTTP/1.1\r\nHost: x\r\ncontent-length: 4\r\nc: " + b"y" * 30_000 + b"\r\n\r\n"
    )
    for byte in b"abcd":
        await asyncio.sleep(0.2)
        writer.write(bytes([byte]))
    head, body = await answered(reader)
    assert b"200" in head
    assert body == b"03"
    writer.close()


async def test_what_trails_a_body_is_not_kept(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    for n in range(50):
        writer.write(b"x-%d: y\r\n" % n)
    writer.write(b"\r\n")
    head, body = await answered(reader)
    assert b"200" in head
    assert body == b"02"
    writer.close()
