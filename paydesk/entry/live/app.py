"""The thin ASGI application of `<prefix>/live`, beside Django's handler.

Same origin only; who looks is found out as Django would. It renders nothing and changes nothing.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from paydesk.entry.live import doors
from paydesk.entry.live.station import NotNowError, Receive, Station
from paydesk.entry.live.stream import Send
from paydesk.kit.events.rules import Cursor, CursorError, parse_cursor

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

RETRY_AFTER = b"2"


class Live:
    """Streams at `<prefix>/live`; everything else goes to `inner`. Runs the lifespan protocol."""

    def __init__(self, inner: App, station: Station, find: doors.Find) -> None:
        self._inner = inner
        self._find = find
        self.station = station

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live_and_die(receive, send)
        elif scope["type"] == "http" and doors.is_live(scope):
            await self._answer(scope, receive, send)
        else:
            await self._inner(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if scope["method"] != "GET":
            return await _refuse(send, 405)
        if not same_origin(headers):
            return await _refuse(send, 403)
        if self.station.stopping:
            return await _refuse(send, 503)
        try:
            viewer = await self._find(scope)
            if viewer is None:
                return await _refuse(send, 401)
            given = cursor_text(scope, headers)
            await self.station.serve(viewer, _cursor(given), bool(given), receive, send)
        except (NotNowError, doors.BusyError):
            await _refuse(send, 503)
        return None

    async def _live_and_die(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.station.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def beside(pages: App) -> Live:
    """The application of a web process: `pages`, and beside them the streams."""
    keeper = doors.Doorkeeper()
    station = Station(settings.DIRECT_URL, keeper.recheck)
    return Live(pages, station, keeper.authenticate)


def same_origin(headers: dict[bytes, bytes]) -> bool:
    """Whether the request comes from a page of the same origin (or from no browser at all).

    Browsers of today say so themselves; older ones send Origin with what crosses origins. Only
    the host is compared: a proxy may have taken the encryption off.
    """
    site = headers.get(b"sec-fetch-site")
    if site is not None and site != b"same-origin":
        return False
    origin = headers.get(b"origin")
    if origin is None:
        return True
    host = headers.get(b"host", b"").decode("latin-1").lower()
    return urlsplit(origin.decode("latin-1")).netloc.lower() == host != ""


def cursor_text(scope: Scope, headers: dict[bytes, bytes]) -> str:
    """The cursor that the browser goes on from, "" for none: a header, or `after` at first."""
    header = headers.get(b"last-event-id", b"").decode("latin-1")
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    return header or query.get("after", [""])[0]


def _cursor(text: str) -> Cursor | None:
    try:
        return parse_cursor(text)
    except CursorError:
        return None


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
    if status == 503:
        headers.append((b"retry-after", RETRY_AFTER))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
