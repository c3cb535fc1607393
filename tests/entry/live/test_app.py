"""The door of the streams: which requests are for it, and whom it sends away unheard."""

import asyncio
from collections.abc import Collection
from typing import Any

import pytest
from django.conf import settings

from paydesk.entry.live.app import Live, cursor_text, same_origin
from paydesk.entry.live.doors import is_live
from paydesk.entry.live.station import Station
from paydesk.entry.live.viewers import Viewer
from tests.entry.live.tab import Tab


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "http://testserver"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "http://testserver"}, True),
        ({"origin": "https://testserver"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://testserver.evil.example"}, False),
        ({"origin": "http://testserver:8001"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"sec-fetch-site": "same-origin", "origin": "http://evil.example"}, False),
    ],
)
def test_only_pages_of_the_same_origin_may_open_one(headers: dict[str, str], same: bool) -> None:
    sent = {"host": "testserver"} | headers
    assert same_origin({k.encode(): v.encode() for k, v in sent.items()}) is same


@pytest.mark.parametrize(
    ("path", "live"),
    [
        ("/topay/live", True),
        ("/desk/live", True),
        ("/live", False),
        ("/nobrand/live", False),
        ("/topay/support/live", False),
        ("/topay/live/", False),
        ("/topay/alive", False),
    ],
)
def test_streams_are_behind_every_door_and_nowhere_else(path: str, live: bool) -> None:
    assert is_live({"path": path, "headers": [(b"host", b"testserver")]}) is live


def test_a_cursor_comes_by_header_or_for_the_first_time_by_address() -> None:
    scope = {"query_string": b"after=1.2.x"}
    assert cursor_text(scope, {}) == "1.2.x"
    assert cursor_text(scope, {b"last-event-id": b"3.4.y"}) == "3.4.y"
    assert cursor_text({"query_string": b""}, {}) == ""


def answer(**request: Any) -> Tab:
    """What a request gets from an application that knows nobody."""

    async def nobody(scope: Any) -> Viewer | None:
        return None

    async def recheck(viewers: Collection[Viewer]) -> dict[str, Viewer | None]:
        raise AssertionError("nobody to check")

    async def pages(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def main() -> Tab:
        return await Tab(Live(pages, Station("", recheck), nobody), **request).opened()

    return asyncio.run(main())


def test_what_is_no_stream_goes_to_the_pages() -> None:
    assert answer(path="/topay/").status == 299


def test_other_origins_are_refused_before_anything_is_looked_up() -> None:
    assert answer(headers={"origin": "http://evil.example"}).status == 403


def test_strangers_are_refused() -> None:
    assert answer().status == 401


def test_streams_are_only_read() -> None:
    assert answer(method="POST").status == 405


def test_the_lifespan_is_answered() -> None:
    told: list[str] = []
    asked = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> dict[str, Any]:
        return next(asked)

    async def send(message: dict[str, Any]) -> None:
        told.append(message["type"])

    async def recheck(viewers: Collection[Viewer]) -> dict[str, Viewer | None]:
        return {}

    async def unused(*_: Any) -> None:
        raise AssertionError

    station = Station(settings.DIRECT_URL, recheck)
    asyncio.run(Live(unused, station, unused)({"type": "lifespan"}, receive, send))
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert station.stopping
