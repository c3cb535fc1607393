"""One open stream: writes frames straight through the server's `send`, in order, without a task.

A stream that takes frames more slowly than they come gets a task and a bounded backlog, and is
cut off when that is full: the browser connects again and catches up from its cursor.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, cast

from paydesk.entry.live import frames
from paydesk.entry.live.viewers import Viewer
from paydesk.kit.events.rules import Cursor

Send = Callable[[dict[str, Any]], Awaitable[None]]

BACKLOG_FRAMES = 200
BACKLOG_BYTES = 256 * 1024


class Stream:
    """The writing half of one connection, made in the task that serves it.

    Until `go_live` frames only gather, so that what was missed can be sent before them.
    `after`: events up to this cursor are not for it, it has them.
    """

    __slots__ = ("_backlog", "_bytes", "_live", "_send", "_server", "_writer", "after", "checked",
                 "over", "viewer")  # fmt: skip

    def __init__(self, viewer: Viewer, send: Send, after: Cursor, checked: float) -> None:
        self.viewer = viewer
        self.after = after
        self.checked = checked
        self.over = False
        self._send = send
        self._server = asyncio.current_task()
        self._writer: asyncio.Task[None] | None = None
        self._backlog: deque[bytes] | None = None
        self._bytes = 0
        self._live = False

    @property
    def idle(self) -> bool:
        """Whether it takes frames as they come: caught up, and nothing waits."""
        return self._live and self._writer is None and not self.over

    def offer(self, frame: bytes) -> None:
        """Write `frame` now if the connection takes it, else keep it in order for later."""
        if self.idle:
            self._write(frame)
        elif not self.over:
            self._keep(frame)

    async def go_live(self, first: bytes) -> None:
        """Send `first`, then what has gathered meanwhile; from then on `offer` writes at once."""
        await self._send(_body(first))
        while self._backlog and not self.over:
            await self._send(_body(self._take()))
        self._live = True

    def end(self, reason: str) -> None:
        """Say why, finish the response and let its task go."""
        if self.idle:
            self._write(frames.end(reason))
        if self.idle:
            self._write(b"", more=False)
        self.cut()

    def cut(self) -> None:
        """Stop without a word, since the connection is gone or stuck, and let its task go."""
        if not self.over:
            self.close()
            if self._server is not None:
                self._server.cancel()

    def close(self) -> None:
        """Write nothing more: what the task that serves it does in the end."""
        self.over = True
        self._backlog = None
        if self._writer is not None:
            self._writer.cancel()

    def _keep(self, frame: bytes) -> None:
        if self._backlog is None:
            self._backlog = deque()
        self._backlog.append(frame)
        self._bytes += len(frame)
        if len(self._backlog) > BACKLOG_FRAMES or self._bytes > BACKLOG_BYTES:
            self.cut()

    def _take(self) -> bytes:
        gathered = b"".join(self._backlog or ())
        self._backlog, self._bytes = None, 0
        return gathered

    def _write(self, frame: bytes, more: bool = True) -> None:
        # Thousands of streams get one event: waking a task for each would cost more than the
        # write. `send` only waits when the connection's buffer is full, so it is stepped by hand
        # and handed to a task in that case alone.
        step = cast(Coroutine[Any, Any, None], self._send(_body(frame, more)))
        try:
            waits_for = step.send(None)
        except StopIteration:
            return
        except Exception:  # whatever a server raises here, this connection is gone
            self.cut()
            return
        self._writer = asyncio.create_task(self._drain(_Begun(step, waits_for)))

    async def _drain(self, begun: Awaitable[None]) -> None:
        try:
            await begun
            while self._backlog and not self.over:
                await self._send(_body(self._take()))
        except Exception:  # as in _write
            self._writer = None
            self.cut()
        finally:
            self._writer = None


class _Begun:
    """A coroutine that has taken its first step, as something that a task can await."""

    __slots__ = ("_step", "_waits_for")

    def __init__(self, step: Coroutine[Any, Any, None], waits_for: object) -> None:
        self._step, self._waits_for = step, waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        resume: Callable[[Any], Any]
        while True:
            given: Any
            try:
                given, resume = (yield waits_for), self._step.send
            except BaseException as error:  # a cancellation goes to where the coroutine waits
                given, resume = error, self._step.throw
            try:
                waits_for = resume(given)
            except StopIteration:
                return


def _body(frame: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.response.body", "body": frame, "more_body": more}
