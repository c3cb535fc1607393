"""The whole web process under more requests than it can take: 503 for some, a hang for none."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from tests.harness.cluster import TestCluster
from tests.harness.live import LiveApp

POOL = 3
AT_ONCE = 150


@pytest.fixture
def small_app(
    committed_db: None, test_cluster: TestCluster, prepared_home: None
) -> Iterator[LiveApp]:
    app = LiveApp(test_cluster, {"PAYDESK_POOL": str(POOL)})
    app.start()
    try:
        yield app
    finally:
        app.stop()


async def _ask(
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> tuple[int, dict[str, str]]:
    """Send one request over an open connection; answers its status and headers."""
    reader, writer = line
    writer.write(b"GET /topay/accounts/sign-in/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    writer.close()
    headers = dict(one.lower().split(": ", 1) for one in lines)
    return int(first.split()[1]), headers


@pytest.mark.live
async def test_overload_answers_everyone(small_app: LiveApp) -> None:
    # All connections are open before the first request, so that they do come at once.
    async with httpx.AsyncClient(base_url=small_app.url, timeout=20) as client:
        assert (await client.get("/topay/accounts/sign-in/")).status_code == 200
        lines = [await asyncio.open_connection("127.0.0.1", small_app.port) for _ in range(AT_ONCE)]
        async with asyncio.timeout(30):
            answers = await asyncio.gather(*map(_ask, lines))
        count = Counter(status for status, _ in answers)
        assert set(count) == {200, 503}, small_app.said()
        assert all("retry-after" in headers for status, headers in answers if status == 503)
        assert (await client.get("/topay/accounts/sign-in/")).status_code == 200
    assert "PoolTimeout" not in small_app.said()
