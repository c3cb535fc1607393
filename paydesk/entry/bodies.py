"""Gathers request bodies before they are worked on, each and all together within a limit.

Small ones stay in memory, larger ones lie in a file that has no name. Knows nothing of HTTP
beyond the messages of ASGI.
"""

import tempfile
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import IO, Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

IN_MEMORY = 256 * 1024
CHUNK = 64 * 1024


class ClientGoneError(Exception):
    """The sender hung up before the request was complete."""


class TooBigError(Exception):
    """One body is larger than any may be; the rest of it was not read."""


class NoRoomError(Exception):
    """All bodies together take more than there is room for at present."""


class Bodies:
    """The bodies that are kept at a time. `each` and `together`: most bytes of one, and of all."""

    def __init__(self, each: int, together: int) -> None:
        self.each = each
        self.together = together
        self.kept = 0

    @contextmanager
    def keep(self, each: int | None = None) -> Iterator["Body"]:
        """An empty body, to be read into; its room is given back at the end of the block.

        `each`: most bytes of this one, where that is less than of any.
        """
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            body = Body(self, file, self.each if each is None else each)
            try:
                yield body
            finally:
                self.kept -= body.size


class Body:
    """One request's body. `size` in bytes, as far as it was read; `over` once all of it was."""

    def __init__(self, among: Bodies, file: IO[bytes], most: int) -> None:
        self.size = 0
        self.over = False
        self._among = among
        self._file = file
        self._most = most

    async def read(self, receive: Receive) -> None:
        """Gather all of it. Raises ClientGoneError, TooBigError, NoRoomError."""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            part = message.get("body", b"")
            if self.size + len(part) > self._most:
                raise TooBigError
            if self._among.kept + len(part) > self._among.together:
                raise NoRoomError
            self.size += len(part)
            self._among.kept += len(part)
            self._file.write(part)
            if not message.get("more_body", False):
                self._file.seek(0)
                self.over = True
                return

    def content(self) -> bytes:
        """All that was gathered, at once."""
        self._file.seek(0)
        return self._file.read()

    def replay(self, receive: Receive) -> Receive:
        """Give the gathered body out again; after it, what the server really has to say."""
        over = False

        async def again() -> Message:
            nonlocal over
            if over:
                return await receive()
            part = self._file.read(CHUNK)
            over = len(part) < CHUNK
            return {"type": "http.request", "body": part, "more_body": not over}

        return again
