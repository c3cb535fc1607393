"""The browsers of the live benchmark: many open streams in one process, timing what they get.

Run as `python -m bench.live_client PORT`; reads cookies from standard input, one a line, and opens
a stream with each. Speaks lines of JSON: {"open": n} when all are open, then, for each line it
reads, the delays in milliseconds since it last told. Knows neither server.
"""

import asyncio
import json
import re
import sys
import time
from typing import cast

import uvloop

SENT = re.compile(rb'"t":(\d+)')
AT_ONCE = 100
OPEN_WITHIN = 60


class Stream(asyncio.Protocol):
    """One connection. Notes when each event arrived after it was sent."""

    delays: list[float] = []
    opened = 0

    def __init__(self, request: bytes, ready: asyncio.Future[None]) -> None:
        self._request = request
        self._ready = ready

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        if not self._ready.done():
            if b"event: open" in data:
                self._ready.set_result(None)
            elif not data.startswith(b"HTTP/1.1 200"):
                self._ready.set_exception(RuntimeError(data[:200].decode()))
        for sent in SENT.findall(data):
            self.delays.append((now - int(sent)) / 1e6)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._ready.done():
            self._ready.set_exception(ConnectionError("hung up"))


async def open_all(port: int, cookies: list[str]) -> None:
    """Open a stream for each cookie, so many at a time."""
    loop = asyncio.get_running_loop()
    places = asyncio.Semaphore(AT_ONCE)

    async def one(cookie: str) -> None:
        lines = f"GET /topay/live HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncookie: {cookie}\r\n\r\n"
        ready = loop.create_future()
        async with places:
            await loop.create_connection(lambda: Stream(lines.encode(), ready), "127.0.0.1", port)
            await ready

    async with asyncio.timeout(OPEN_WITHIN):
        await asyncio.gather(*(one(cookie) for cookie in cookies))


async def main(port: int, cookies: list[str]) -> None:
    """Open, then answer each line with the delays so far."""
    await open_all(port, cookies)
    say({"open": len(cookies)})
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        say(Stream.delays)
        Stream.delays.clear()


def say(what: object) -> None:
    """One line to whoever started us."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given = []
    while line := sys.stdin.readline().strip():
        given.append(line)
    uvloop.run(main(int(sys.argv[1]), given))
