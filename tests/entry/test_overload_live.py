"""The whole web process under more requests than it can take: 503 for some, a hang for none."""

import asyncio
import time
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


@pytest.mark.live
async def test_overload_answers_everyone(small_app: LiveApp) -> None:
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=small_app.url, limits=limits, timeout=20) as client:
        assert (await client.get("/topay/", follow_redirects=True)).status_code == 200
        began = time.monotonic()
        answers = await asyncio.gather(
            *(client.get("/topay/", follow_redirects=True) for _ in range(AT_ONCE))
        )
        took = time.monotonic() - began
        count = Counter(answer.status_code for answer in answers)
        assert set(count) == {200, 503}, small_app.said()
        assert all("retry-after" in a.headers for a in answers if a.status_code == 503)
        assert took < 15
        assert (await client.get("/topay/", follow_redirects=True)).status_code == 200
    assert "PoolTimeout" not in small_app.said()
