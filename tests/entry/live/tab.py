"""A browser's end of a stream, in this process: opens the application and reads its frames."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

HOST = b"testserver"


@dataclass(frozen=True, slots=True)
class Frame:
    """One event as a browser's parser gives it."""

    event: str
    data: Any
    id: str | None


class Tab:
    """One connection. `await opened()`, then `until(...)`; `close()` hangs up."""

    def __init__(
        self,
        app: Any,
        *,
        path: str = "/topay/live",
        after: str = "",
        headers: dict[str, str] | None = None,
        method: str = "GET",
    ) -> None:
        given = (
            {"host": "testserver"} | (headers or {}) | ({"last-event-id": after} if after else {})
        )
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(k.encode(), v.encode()) for k, v in given.items()],
        }
        self.status = 0
        self.headers: dict[str, str] = {}
        self.complete = False
        self.last_id = after
        self.frames: list[Frame] = []
        self.blocked: asyncio.Event | None = None
        self._text = ""
        self._gone = asyncio.Event()
        self._first = True
        self._news = asyncio.Condition()
        self.task = asyncio.create_task(app(self.scope, self._receive, self._send))

    async def opened(self) -> "Tab":
        """Wait until the response has begun (and the stream has caught up, if it is one)."""
        await self.until(lambda: self.status != 0)
        if self.status == 200:
            await self.until(lambda: any(frame.event == "open" for frame in self.frames))
        return self

    async def until(self, holds: Callable[[], bool], seconds: float = 5.0) -> None:
        """Wait until `holds`. Raises AssertionError with what came instead."""
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(holds)
        except TimeoutError:
            raise AssertionError(f"waited in vain; {self.status} {self.frames[-5:]}") from None

    def told(self, kind: str = "case.message") -> list[str]:
        """The subjects of the events of one kind, as they came."""
        return [frame.data["subject"] for frame in self.frames if frame.event == kind]

    async def close(self) -> None:
        """Hang up."""
        self._gone.set()
        await asyncio.wait_for(self.task, 5)

    async def _receive(self) -> dict[str, Any]:
        if self._first:
            self._first = False
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if self.blocked is not None:  # a browser that does not read
            await self.blocked.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            self._text += message["body"].decode()
            self._parse()
            if not message.get("more_body", False):
                self.complete = True
                self._gone.set()
        asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(self._tell()))

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    def _parse(self) -> None:
        *whole, self._text = self._text.split("\n\n")
        for block in whole:
            fields = dict(
                line.split(": ", 1) for line in block.split("\n") if line and line[0] != ":"
            )
            self.last_id = fields.get("id", self.last_id)
            if "data" in fields:
                data = json.loads(fields["data"])
                self.frames.append(Frame(fields.get("event", "message"), data, fields.get("id")))
