"""The live fixture really serves, from this test's own database, and comes back after a crash."""

import httpx
from playwright.sync_api import Page

from tests.harness.live import LiveApp


async def test_serves_and_survives_a_crash(live_app: LiveApp) -> None:
    async with httpx.AsyncClient(base_url=live_app.url) as client:
        assert (await client.get("/")).headers["content-security-policy"]
    live_app.restart(crash=True)
    async with httpx.AsyncClient(base_url=live_app.url) as client:
        assert (await client.get("/")).headers["content-security-policy"]


def test_browser_opens_it(live_app: LiveApp, page: Page) -> None:
    answer = page.goto(live_app.url + "/")
    assert answer is not None
    assert "script-src 'self'" in answer.headers["content-security-policy"]
