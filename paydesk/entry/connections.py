"""Bounds what a connection may cost before its request has come in: bytes and seconds.

The server's own protocol takes a request's head at any length and any slowness, and a silent
connection for ever. It decides nothing about requests that have arrived.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 20.0
TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class BoundedProtocol(HttpToolsProtocol):
    """Hangs up on a head that is too long or takes too long, and on who says nothing at all."""

    head_seconds = HEAD_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._awaits_head = True
        self._patience: asyncio.TimerHandle | None = None

    # Narrower than asyncio's own signature, as uvicorn's is: it is always a full transport.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_patience()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_patience()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._awaits_head:
            # Between requests the server's keep-alive time runs until the first byte.
            self._start_patience()
            self._head_bytes += len(data)
        super().data_received(data)
        if self._awaits_head and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(TOO_LONG)
            self.transport.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._awaits_head:  # what trails a body would gather without end, and nobody reads it
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._awaits_head, self._head_bytes = False, 0
        self._stop_patience()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._awaits_head = True
        super().on_message_complete()

    def _start_patience(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(self.head_seconds, self.transport.close)

    def _stop_patience(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
