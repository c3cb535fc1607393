"""Pictures of wallet, chat and desk for the documentation, taken from the running program.

With PAYDESK_TEST_PICTURES=1 those that the documentation shows go to docs/pictures/, and all of
them to the folder that PAYDESK_TEST_PICTURES_TO names. Otherwise they are only taken, which shows
that every page comes up in both languages and both looks without a script error.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.world import World, build, enter
from tests.factories import CustomerFactory, StaffFactory
from tests.harness.live import LiveApp

NewContext = Callable[..., BrowserContext]
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
SHOWN = re.compile(
    r"(wallet-(home|payment|topup)-phone|wallet-home-desktop|chat-phone|site-desktop)-(zh|en)-light"
    r"|desk-(case|case-phone|inbox-phone)-(zh|en)-light"
    r"|(wallet-home-desktop|chat-phone|desk-case|desk-inbox)-zh-dark|desk-approvals-zh-light"
)
LOOKS = [("zh-hans", "light"), ("zh-hans", "dark"), ("en", "light"), ("en", "dark")]


@pytest.fixture
def world(
    live_app: LiveApp, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> World:
    return build(customer_factory, staff_factory)


def shots(world: World) -> list[tuple[str, str, str, dict[str, int]]]:
    """Name, as whom, path, size."""
    case, payment = world.case.number, world.failed.number
    return [
        ("wallet-home-phone", "chen", "/topay/", PHONE),
        ("wallet-home-desktop", "chen", "/topay/", DESK),
        ("wallet-empty-phone", "new", "/topay/", PHONE),
        ("wallet-topup-phone", "chen", "/topay/topup/?amount=50", PHONE),
        ("wallet-transfer-phone", "chen", "/topay/transfer/", PHONE),
        ("wallet-payment-phone", "chen", f"/topay/activity/{payment}/", PHONE),
        ("wallet-activity-phone", "chen", "/topay/activity/", PHONE),
        ("wallet-activity-desktop", "chen", "/topay/activity/", DESK),
        ("wallet-security-phone", "chen", "/topay/security/", PHONE),
        ("wallet-help-desktop", "chen", "/topay/help/", DESK),
        ("chat-phone", "chen", f"/topay/support/{case}/", PHONE),
        ("chat-desktop", "chen", f"/topay/support/{case}/", DESK),
        ("site-phone", "", "/gopay/site/", PHONE),
        ("site-desktop", "", "/topay/site/", DESK),
        ("desk-inbox", "agent", "/desk/", DESK),
        ("desk-inbox-phone", "agent", "/desk/?tab=all", PHONE),
        ("desk-case", "agent", f"/desk/cases/{case}/", DESK),
        ("desk-case-phone", "agent", f"/desk/cases/{case}/", PHONE),
        ("desk-approvals", "supervisor", "/desk/approvals/", DESK),
    ]


@pytest.mark.parametrize(("lang", "scheme"), LOOKS)
def test_every_page_comes_up(
    lang: str, scheme: str, live_app: LiveApp, world: World, new_context: NewContext, tmp_path: Path
) -> None:
    wanted = os.environ.get("PAYDESK_TEST_PICTURES") == "1"
    folder = Path(os.environ.get("PAYDESK_TEST_PICTURES_TO") or tmp_path)
    faults: list[str] = []
    for name, who, path, size in shots(world):
        page = _page(new_context, live_app, world, who, size, scheme)
        page.on("pageerror", lambda error, name=name: faults.append(f"{name}: {error}"))
        page.on("console", lambda said, name=name: _note(faults, name, said.type, said.text))
        joint = "&" if "?" in path else "?"
        answer = page.goto(f"{live_app.url}{path}{joint}lang={lang}")
        assert answer
        assert answer.status == 200
        expect(page.locator("main")).to_be_visible()
        page.wait_for_timeout(300)  # icons, fonts, the stream's first word
        picture = f"{name}-{lang[:2]}-{scheme}"
        page.screenshot(path=folder / f"{picture}.png")
        if wanted and SHOWN.fullmatch(picture):
            page.screenshot(path=PICTURES / f"{picture}.png")
        page.context.close()
    assert not faults


def _page(
    new_context: NewContext,
    app: LiveApp,
    world: World,
    who: str,
    size: dict[str, int],
    scheme: str,
) -> Page:
    context = new_context(
        viewport=size, color_scheme=scheme, timezone_id="Asia/Shanghai", reduced_motion="reduce"
    )
    if who:
        enter(context, app, getattr(world, who).user)
    return context.new_page()


def _note(faults: list[str], name: str, kind: str, text: str) -> None:
    if kind == "error":
        faults.append(f"{name}: {text}")
