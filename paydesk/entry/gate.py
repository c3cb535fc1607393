"""Bounds how many requests a process works on at once: more is answered 503, never a hang.

A request that passes has a database connection to itself. Its body is read before it takes
its place, so slow senders hold no place. Streams don't pass through here.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from paydesk.entry.bodies import Bodies, ClientGoneError, NoRoomError, Receive, TooBigError

Scope = MutableMapping[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[..., Awaitable[None]]

SAID_WHEN_FULL = "现在人很多，请几秒后再试。\nVery busy: please try again in a few seconds.\n"
SAID_WHEN_SLOW = "请求没有在规定时间内传完。\nThe request took too long to arrive.\n"
SAID_WHEN_BIG = "请求太大。\nThe request is too large.\n"


class Gate:
    """ASGI application around another: at most `places` requests inside at once.

    `patience`: seconds that a request may wait for a place; `queue`: how many may wait.
    `body_limit`: bytes of one body; `bodies_limit`: of all that are kept at a time.
    """

    def __init__(
        self,
        app: App,
        *,
        places: int,
        queue: int | None = None,
        patience: float = 2.0,
        body_patience: float = 60.0,
        body_limit: int = 30_000_000,
        bodies_limit: int = 600_000_000,
    ) -> None:
        self._app = app
        self._places = asyncio.Semaphore(places)
        self._room = places * 4 if queue is None else queue
        self._waiting = 0
        self._patience = patience
        self._body_patience = body_patience
        self._bodies = Bodies(body_limit, bodies_limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it in time."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._bodies.keep() as body:
            try:
                async with asyncio.timeout(self._body_patience):
                    await body.read(receive)
            except TimeoutError:
                await _refuse(send, 408, SAID_WHEN_SLOW)
                return
            except ClientGoneError:
                return
            except TooBigError:
                await _refuse(send, 413, SAID_WHEN_BIG)
                return
            except NoRoomError:
                await _refuse(send, 503, SAID_WHEN_FULL)
                return
            if not await self._enter():
                await _refuse(send, 503, SAID_WHEN_FULL)
                return
            try:
                await self._app(scope, body.replay(receive), send)
            finally:
                self._places.release()

    async def _enter(self) -> bool:
        """Take a place; False when none came free in time or too many wait already."""
        if self._places.locked() and self._waiting >= self._room:
            return False
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._places.acquire()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True


async def _refuse(send: Send, status: int, text: str) -> None:
    content = text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if status == 503:
        headers.append((b"retry-after", b"3"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
