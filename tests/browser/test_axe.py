"""Every page of wallet, chat, accounts, desk and demo, in both languages and both looks: axe.

`test_no_page_is_left_out` holds the list below against the addresses that the program has.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import BrowserContext, Page, expect

from paydesk.entry.web.realm import URLCONFS, Realm
from paydesk.entry.web.support.correspondent import VISITOR_KEY
from tests.browser.world import World, build, enter
from tests.entry.web.doors import delivered, last_link
from tests.factories import PASSWORD, CustomerFactory, StaffFactory, sessions
from tests.harness.live import LiveApp

NewContext = Callable[..., BrowserContext]
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
LOOKS = {
    "zh-hans": "light",
    "en": "dark",
}  # colours do not depend on the language: two runs, not four


@dataclass(frozen=True, slots=True)
class Stop:
    """A page to visit: the name of its address, the path as it stands in this world, as whom."""

    name: str
    path: str
    who: str = ""


def wallet(world: World) -> list[Stop]:
    payment, waiting = world.failed.number, world.waiting.number
    return [
        Stop("wallet_home", "/topay/", "chen"),
        Stop("wallet_home", "/topay/", "new"),
        Stop("wallet_home", "/topay/", "zhou"),
        Stop("wallet_topup", "/topay/topup/?amount=50", "chen"),
        Stop("wallet_transfer", "/topay/transfer/", "chen"),
        Stop("wallet_limits", "/topay/limits/", "chen"),
        Stop("wallet_activity", "/topay/activity/", "chen"),
        Stop("wallet_activity", "/topay/activity/?kind=refund", "chen"),
        Stop("wallet_activity", "/topay/activity/", "new"),
        Stop("wallet_payment", f"/topay/activity/{payment}/", "chen"),
        Stop("wallet_payment", f"/topay/activity/{waiting}/", "chen"),
        Stop("methods_list", "/topay/methods/", "chen"),
        Stop("simulated_order", f"/simulated/orders/{world.waiting.attempts.get().id}"),
        Stop("records_home", "/topay/records/", "chen"),
        Stop("wallet_security", "/topay/security/", "chen"),
        Stop("wallet_security", "/topay/security/", "zhou"),
        Stop("wallet_freeze", "/topay/security/freeze/", "chen"),
        Stop("wallet_help", "/topay/help/", "chen"),
        Stop("exchange_start", "/topay/exchange/", "chen"),
        Stop("exchange_start", "/topay/exchange/?kind=remittance", "chen"),
        Stop("refunds_list", "/topay/refunds/", "new"),
    ]


def banking(_world: World) -> list[Stop]:
    base = "/topay/banking"
    return [
        Stop("banking_withdraw", f"{base}/withdraw/", "new"),
        Stop("banking_accounts", f"{base}/accounts/", "new"),
        Stop("banking_account_add", f"{base}/accounts/new/", "chen"),
        Stop("banking_account_add", f"{base}/accounts/new/?scheme=swift", "chen"),
        Stop("banking_bills", f"{base}/bills/", "chen"),
        Stop("banking_biller", f"{base}/bills/power/", "chen"),
        Stop("banking_biller", f"{base}/bills/mobile/?reference=13800000037", "chen"),
        Stop("banking_schedules", f"{base}/schedules/", "new"),
        Stop("banking_schedule_new", f"{base}/schedules/new/", "chen"),
    ]


def safety(_world: World) -> list[Stop]:
    return [
        Stop("safety_step_up", "/topay/safety/proof/", "chen"),
        Stop("safety_factors", "/topay/safety/factors/", "chen"),
        Stop("safety_devices", "/topay/safety/devices/", "chen"),
        Stop("safety_phone", "/topay/safety/phone/", "new"),
        Stop("safety_identity", "/topay/safety/identity/", "new"),
        Stop("operations_risk", "/desk/operations/risk/", "supervisor"),
        Stop("operations_rule", "/desk/operations/risk/rules/topay/?kind=speed", "supervisor"),
        Stop("operations_reviews", "/desk/operations/reviews/", "supervisor"),
        Stop("operations_identity", "/desk/operations/identity/", "agent"),
    ]


def support(world: World) -> list[Stop]:
    return [
        Stop("support_list", "/topay/support/", "chen"),
        Stop("support_list", "/topay/support/", "new"),
        Stop("support_new", "/topay/support/new/", "chen"),
        Stop("support_case", f"/topay/support/{world.case.number}/", "chen"),
        Stop("support_case", f"/topay/support/{world.visitors.number}/", "visitor"),
        Stop("site", "/topay/site/"),
        Stop("site", "/dingpay/site/"),
        Stop("site", "/gopay/site/"),
        Stop("site", "/tpwallet/site/"),
        Stop("site", "/topay/site/", "chen"),
    ]


def accounts(_world: World) -> list[Stop]:
    door = "/topay/accounts"
    return [
        Stop("account_login", f"{door}/sign-in/"),
        Stop("account_login", "/desk/accounts/sign-in/"),
        Stop("account_signup", f"{door}/register/"),
        Stop("account_logout", f"{door}/sign-out/", "chen"),
        Stop("account_inactive", f"{door}/closed/"),
        Stop("account_change_password", f"{door}/password/", "chen"),
        Stop("account_password_changed", f"{door}/password/changed/", "chen"),
        Stop("account_reset_password", f"{door}/password/forgotten/"),
        Stop("account_reset_password_done", f"{door}/password/forgotten/sent/"),
        Stop("account_reset_password_from_key_done", f"{door}/password/new/done/"),
        Stop("account_email_verification_sent", f"{door}/check-mail/"),
        Stop("account_verified", f"{door}/verified/"),
    ]


def desk(world: World) -> list[Stop]:
    return [
        Stop("desk_inbox", "/desk/", "agent"),
        Stop("desk_case", f"/desk/cases/{world.case.number}/", "agent"),
        Stop("desk_case", f"/desk/cases/{world.visitors.number}/", "agent"),
        Stop("desk_approvals", "/desk/approvals/", "supervisor"),
        Stop("desk_refunds", "/desk/refunds/", "supervisor"),
        Stop("desk_policies", "/desk/refunds/policies/", "supervisor"),
        Stop("desk_treasury", "/desk/refunds/treasury/", "supervisor"),
        Stop("operations_reconciliation", "/desk/operations/reconciliation/", "supervisor"),
        Stop("desk_inbox", "/desk/", "supervisor"),
    ]


def demo(_world: World) -> list[Stop]:
    return [Stop("demo_front", "/"), Stop("demo_mailbox", "/mailbox/")]


AREAS = {
    "wallet": wallet,
    "banking": banking,
    "safety": safety,
    "support": support,
    "accounts": accounts,
    "desk": desk,
    "demo": demo,
}
BY_A_WALK = {  # pages that one only comes to by doing something: see the tests below
    "api_docs",  # these: test_merchants
    "cashier_order",
    "cashier_request",
    "cashier_requests",
    "cashier_result",
    "desk_merchants",
    "merchant_apply",
    "merchant_delivery",
    "merchant_home",
    "merchant_keys",
    "merchant_order",
    "merchant_orders",
    "merchant_overview",
    "merchant_payment",
    "merchant_payments",
    "merchant_settings",
    "merchant_webhooks",
    "account_second_factor",  # these: test_safety
    "operations_ruleset",
    "safety_add_app",
    "safety_add_passkey",
    "safety_unfreeze",
    "banking_withdrawal",  # these three: test_banking
    "banking_bill",
    "banking_schedule",
    "simulated_card",
    "account_confirm_email",
    "account_locked",
    "account_reset_password_from_key",
    "account_unlock",
    "demo_mail",
    "desk_act",
    "desk_dispute",  # these four: test_refunds
    "refunds_ask",
    "refunds_follow",
    "refunds_recall",
    "operations_reconciliation_day",  # test_reconciliation
}
NO_PAGES = re.compile(
    r"cashier_(pay|test|code|answer|request_code)|desk_merchant_move"
    r"|merchant_(key_change|webhook_change|replay)|api-root|api_nothing|openapi-json"
    r"|(create|list|get|capture|void|add|change|remove|rotate|replay)_"
    r"(order|refund|disbursement|balance|payment|endpoint|secret|event)s?"
    r"|methods_(add|added|default|remove|back|pay)|brand_style|brand_mark|manifest|healthz|notified"
    r"|wallet_(retry|asked|message_language)|desk_policy|support_(unread|open_payment|entries|send|read|typing|state|files|file)"
    r"|demo_mailbox_list"
    r"|banking_(cancel|account_remove|bill_forget|schedule_(dates|do))"
    r"|desk_(queue|next|presence|head|facts|entries|post|read|typing|upload|file|take|hand_over"
    r"|solve|reopen|release_hold|waiting|approval_badge|decide)"
    r"|safety_(recovery|remove|change_device)"
    r"|operations_(rule_remove|credit|end|pay_back|dry_run|review|hit|identity_decide|picture)"
    r"|records_(exports|cancel|history|statement|evidence|file|receipt)"
    r"|exchange_preview|refunds_(upload|file|to_wallet|withdraw)"
    r"|desk_(refund_(lists|case|file)|recall_case|dispute_upload)"
    r"|operations_(reconciliation_(upload|file|explain)|payouts|payout_file)"
)


def test_no_page_is_left_out(world_of_names: set[str]) -> None:
    visited = {stop.name for stops in AREAS.values() for stop in stops(_nowhere())} | BY_A_WALK
    pages = {name for name in world_of_names if not NO_PAGES.fullmatch(name)}
    assert pages == visited


@pytest.fixture
def world_of_names() -> set[str]:
    return {name for realm in Realm for name in _names(get_resolver(URLCONFS[realm]))}


def _names(found: URLResolver) -> Iterator[str]:
    for one in found.url_patterns:
        if isinstance(one, URLResolver):
            yield from _names(one)
        elif isinstance(one, URLPattern):
            yield one.name or str(one.pattern)


def _nowhere() -> World:
    """Enough of a world to list the stops' names."""

    class Anything:
        def __getattr__(self, name: str) -> "Anything":
            return self

        def __call__(self) -> "Anything":
            return self

    return Anything()  # type: ignore[return-value]


@pytest.fixture
def world(
    live_app: LiveApp, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> World:
    return build(customer_factory, staff_factory)


@pytest.mark.parametrize("area", AREAS)
def test_pages_are_accessible(
    area: str, live_app: LiveApp, world: World, new_context: NewContext
) -> None:
    delivered()
    problems: list[str] = []
    for who, stops in _by_person(AREAS[area](world)).items():
        for lang in LOOKS:
            page = _browser(new_context, live_app, world, who, lang)
            for stop in stops:
                joint = "&" if "?" in stop.path else "?"
                page.goto(f"{live_app.url}{stop.path}{joint}lang={lang}")
                problems += check(page, f"{who or 'nobody'} {lang} {stop.path}")
            page.context.close()
    assert not problems, "\n".join(problems)


def _by_person(stops: list[Stop]) -> dict[str, list[Stop]]:
    people: dict[str, list[Stop]] = {}
    for stop in stops:
        people.setdefault(stop.who, []).append(stop)
    return people


def _browser(new_context: NewContext, app: LiveApp, world: World, who: str, lang: str) -> Page:
    wide = who in {"agent", "supervisor"}
    size = {"width": 1440, "height": 900} if wide else {"width": 390, "height": 844}
    context = new_context(
        viewport=size,
        reduced_motion="reduce",
        timezone_id="Asia/Shanghai",
        color_scheme=LOOKS[lang],
    )
    if who == "visitor":
        identity = world.visitors.identity
        assert identity
        name, key = sessions("topay", {VISITOR_KEY: str(identity.pk)})
        cookie = {"name": name, "value": key, "domain": "127.0.0.1", "path": "/topay/"}
        context.add_cookies([cookie])  # type: ignore[list-item]
    elif who:
        enter(context, app, getattr(world, who).user)
    return context.new_page()


def check(page: Page, where: str) -> list[str]:
    """What axe finds on the page, in words; also a missing title, and what overflows."""
    problems = [] if page.title().strip(" ·") else [f"{where}: no title"]
    for one in Axe().run(page, options=RULES).response["violations"]:
        for node in one["nodes"]:
            problems.append(f"{where}: {one['id']}: {node['target']} {node['failureSummary']}")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return problems if wide <= 0 else [*problems, f"{where}: {wide} px wider than the screen"]


@pytest.mark.parametrize("lang", LOOKS)
def test_pages_with_errors_are_accessible(
    lang: str, live_app: LiveApp, world: World, new_context: NewContext
) -> None:
    problems: list[str] = []
    page = _browser(new_context, live_app, world, "chen", lang)
    page.goto(f"{live_app.url}/topay/nothing/?lang={lang}")
    problems += check(page, f"{lang} an unknown address")
    for path in ("topup/", "transfer/", "support/new/", "security/freeze/", "site/"):
        page.goto(f"{live_app.url}/topay/{path}?lang={lang}")
        form = page.locator("main form[method=post]").last
        if form.count() == 0:
            continue
        for box in form.locator("textarea, input[type=text]").all():
            box.fill("")
        form.evaluate("form => form.submit()")
        page.wait_for_load_state()
        if path != "site/":
            expect(page.locator(".error").first).to_be_visible()
        problems += check(page, f"{lang} errors at {path}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("lang", LOOKS)
def test_what_one_comes_to_by_doing_is_accessible(
    lang: str, live_app: LiveApp, world: World, new_context: NewContext
) -> None:
    """The confirmation of a transfer; pages behind mailed links; the locked account."""
    problems: list[str] = []
    page = _browser(new_context, live_app, world, "chen", lang)
    page.goto(f"{live_app.url}/topay/transfer/?lang={lang}&to=max@mail.example&amount=999999")
    page.locator("main form[method=post] button[type=submit], main form button").last.click()
    expect(page.locator(".ask")).to_be_visible()
    problems += check(page, f"{lang} confirm a transfer")

    page = _browser(new_context, live_app, world, "", lang)
    page.goto(f"{live_app.url}/topay/accounts/password/forgotten/?lang={lang}")
    page.locator("main form input:not([type=hidden])").first.fill("new@mail.example")
    page.locator("main form button").last.click()
    page.wait_for_url(re.compile("sent"))
    page.goto(live_app.url + last_link("/password/new/"))
    problems += check(page, f"{lang} a new password")

    page.goto(f"{live_app.url}/topay/accounts/register/")
    page.locator("[name=name]").fill("王小明")
    page.locator("[name=email]").fill("ming@mail.example")
    page.locator("[name=phone]").fill("13900139000")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url(re.compile("check-mail"))
    page.goto(live_app.url + last_link("/verify/"))
    problems += check(page, f"{lang} verify an address")

    for guess in [*["wrong password 1"] * 5, PASSWORD]:
        page.goto(f"{live_app.url}/topay/accounts/sign-in/")
        page.locator("[name=login]").fill("max@mail.example")
        page.locator("[name=password]").fill(guess)
        page.locator("main form button").last.click()
        page.wait_for_load_state()
    expect(page).to_have_url(re.compile("locked"))
    problems += check(page, f"{lang} locked")
    page.goto(live_app.url + last_link("/unlock/"))
    problems += check(page, f"{lang} unlock")

    page.goto(f"{live_app.url}/mailbox/")
    page.locator("#mails a.item").first.click()
    problems += check(page, f"{lang} a mail")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("lang", LOOKS)
def test_the_desks_dialogs_are_accessible(
    lang: str, live_app: LiveApp, world: World, new_context: NewContext
) -> None:
    problems: list[str] = []
    page = _browser(new_context, live_app, world, "agent", lang)
    page.goto(f"{live_app.url}/desk/cases/{world.case.number}/?lang={lang}")
    opens = page.locator("[hx-get*='/do/']")
    expect(opens.first).to_be_visible()
    addresses = {one.get_attribute("hx-get") for one in opens.all()}
    for address in sorted(filter(None, addresses)):
        page.locator(f"[hx-get='{address}']").first.click()
        expect(page.locator("dialog[open]")).to_be_visible()
        problems += check(page, f"{lang} {address}")
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    assert not problems, "\n".join(problems)
