"""`python -m tools.pictures`: pictures of the pages about money, for docs/PICTURES.md.

Taken from a demo that runs (`make up`), whose month of life fills them; the address is
PAYDESK_PICTURES_OF, else the one that `make up` prints by default. It signs in as the demo's people
and changes nothing but one statement that it asks for. The other pictures are taken by
tests/browser/test_screens.py.
"""

import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from paydesk.entry.web.demo.people import PASSWORD

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
ADDRESS = os.environ.get("PAYDESK_PICTURES_OF", "http://127.0.0.1:8000")
PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=860)
CHEN, SHOP = ("topay", "chen@topay-demo.example"), ("topay", "c001@topay.demo.example")
SUPERVISOR = ("desk", "wang@paydesk.example")
READY = 60_000


def nothing(_page: Page) -> None:
    """For a page that is as it comes."""


def fill_transfer(page: Page) -> None:
    """Up to the page that asks whether this is right."""
    page.fill("[name=recipient]", "zhou@topay-demo.example")
    page.fill("[name=amount]", "36.50")
    page.fill("[name=note]", "Lunch" if page.url.endswith("lang=en") else "午饭")
    page.locator("main form button.btn-main").click()
    page.wait_for_load_state("load")


def first_request(page: Page) -> None:
    """From the list to the latest request's timeline."""
    page.locator("main .list a").first.click()
    page.wait_for_load_state("load")


def a_statement(page: Page) -> None:
    """Ask for a month's statement unless there is one, and wait until it is made."""
    if not page.locator("#exports .item").count():
        page.locator("form[action$='/statement/'] button").last.click()
        page.locator("#exports a[href*='/file/']").first.wait_for(timeout=READY)
        page.reload()  # without the word that it is being made


def first_shop(page: Page) -> None:
    """From the list of one's merchants to the newest."""
    page.locator("main .list a[href*='/merchant/']").first.click()
    page.wait_for_load_state("load")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: whose session, which page, what is done there first."""

    name: str
    who: tuple[str, str]
    path: str
    size: ViewportSize
    first: Callable[[Page], None] = nothing


SHOTS = (
    Shot("money-send-phone", CHEN, "/topay/transfer/", PHONE, fill_transfer),
    Shot("money-history-phone", CHEN, "/topay/activity/", PHONE),
    Shot("money-refund-phone", CHEN, "/topay/refunds/", PHONE, first_request),
    Shot("money-statement-desktop", CHEN, "/topay/records/", DESKTOP, a_statement),
    Shot("money-merchant-desktop", SHOP, "/topay/merchant/", DESKTOP, first_shop),
    Shot("money-reconciliation", SUPERVISOR, "/desk/operations/reconciliation/?days=30", DESKTOP),
    Shot("money-risk", SUPERVISOR, "/desk/operations/risk/", DESKTOP),
)


def sign_in(page: Page, door: str, mail: str) -> None:
    """By the form, as everybody does."""
    page.goto(f"{ADDRESS}/{door}/")
    page.fill("[name=login]", mail)
    page.fill("[name=password]", PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state("load")


def take(browser: Browser, shot: Shot) -> None:
    """The picture in both languages."""
    context = browser.new_context(
        viewport=shot.size, timezone_id="Asia/Shanghai", reduced_motion="reduce"
    )
    page = context.new_page()
    sign_in(page, *shot.who)
    for lang in ("zh-hans", "en"):
        joint = "&" if "?" in shot.path else "?"
        page.goto(f"{ADDRESS}{shot.path}{joint}lang={lang}")
        shot.first(page)
        page.wait_for_timeout(500)  # icons, fonts, the stream's first word
        file = PICTURES / f"{shot.name}-{lang[:2]}-light.png"
        page.screenshot(path=file)
        sys.stdout.write(f"{file.name}: {file.stat().st_size // 1024} KB\n")
    context.close()


def main(pattern: str = "") -> int:
    """Take all pictures, or those whose name the pattern matches."""
    program = os.environ.get("PAYDESK_TEST_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for shot in SHOTS:
            if re.search(pattern, shot.name):
                take(browser, shot)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
