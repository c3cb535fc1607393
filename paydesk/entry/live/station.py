"""All that serves the streams of one process: hub, tailer, guard, heartbeats, replay pool.

Started by the first stream, on the loop that serves it; stopped with the server.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from contextlib import suppress
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from paydesk.entry.live import guard, replay, stopping
from paydesk.entry.live.hub import Hub
from paydesk.entry.live.stream import Send, Stream
from paydesk.entry.live.tailer import LINE, Tailer
from paydesk.entry.live.viewers import Viewer
from paydesk.kit.events.rules import START, Cursor

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

REPLAY_CONNECTIONS = 4

STREAMS_MOST = 10_000
STREAMS_PER_SESSION = 12
READY_WITHIN = 5.0
AFTER_A_FAULT = 1.0

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]

log = logging.getLogger(__name__)


class NotNowError(Exception):
    """No stream can be opened at present; the browser comes back later."""


class Station:
    """The streams of one process. Belongs to one event loop once started."""

    def __init__(self, address: str, recheck: guard.Recheck) -> None:
        self.hub = Hub()
        self.stopping = False
        self._address = address
        self._recheck = recheck
        self._pool: AsyncConnectionPool | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._take_back: Callable[[], None] = lambda: None

    async def serve(
        self, viewer: Viewer, after: Cursor | None, asked: bool, receive: Receive, send: Send
    ) -> None:
        """Serve one stream until either side ends it. Raises NotNowError while nothing is sent."""
        pool = await self._started()
        if len(self.hub) >= STREAMS_MOST or self.hub.count(viewer.key) >= STREAMS_PER_SESSION:
            raise NotNowError
        stream = Stream(viewer, send, START, asyncio.get_running_loop().time())
        answered = False
        try:
            first = await replay.join(pool, self.hub, stream, after, asked)
            answered = True
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await stream.go_live(first)
            while (await receive())["type"] != "http.disconnect":
                pass
        except psycopg.Error as error:
            log.warning("a stream could not be opened: %s", error)
            raise NotNowError from error
        except asyncio.CancelledError:
            if not stream.over:  # cancelled by the server, not by ourselves
                raise
            if not answered:
                raise NotNowError from None
        finally:
            stream.close()
            self.hub.leave(stream)

    def end_all(self) -> None:
        """End every stream and open no more: the server is about to stop."""
        self.stopping = True
        for stream in self.hub:
            stream.end("stopping")

    async def stop(self) -> None:
        """End every stream and let go of the database."""
        self.end_all()
        self._take_back()
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def _started(self) -> AsyncConnectionPool:
        if self.stopping:
            raise NotNowError
        if self._pool is None:
            self._pool = AsyncConnectionPool(
                self._address,
                min_size=0,
                max_size=REPLAY_CONNECTIONS,
                kwargs=LINE | {"autocommit": True, "application_name": "paydesk live replay"},
                open=False,
            )
            self._take_back = stopping.when_asked_to_stop(self.end_all)
            self._run(Tailer(self._address, self.hub).run)
            self._run(lambda: guard.keep_checking(self.hub, self._recheck))
            self._run(lambda: guard.keep_beating(self.hub))
            await self._pool.open()
        try:
            await asyncio.wait_for(self.hub.ready.wait(), READY_WITHIN)
        except TimeoutError as error:
            raise NotNowError from error
        return self._pool

    def _run(self, part: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._tasks.append(asyncio.create_task(_for_ever(part)))


async def _for_ever(part: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a part that never ends; one that fails is reported and begins again."""
    while True:
        try:
            await part()
        except Exception:  # without it streams would stay open and silent, or unchecked
            log.exception("a part of the event streams failed")
        await asyncio.sleep(AFTER_A_FAULT)
