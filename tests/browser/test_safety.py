"""A payment stopped by a rule: proved and sent again, or let through by a supervisor; passkeys."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from paydesk.kit import clock
from paydesk.money.payments.models import Payment
from paydesk.people import totp
from paydesk.people.models import Factor, StaffMember
from tests.browser.test_axe import check
from tests.browser.world import enter
from tests.entry.web.doors import delivered
from tests.entry.web.test_safety import last_code
from tests.factories import CustomerFactory, StaffFactory, session_of
from tests.harness.live import LiveApp
from tests.money.payments.helpers import available, fund
from tests.money.risk.helpers import in_force, rule

NewContext = Callable[..., BrowserContext]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
SLOW = 15_000
FROM_TEN = {"amount": {"at_least": {"CNY": 1_000}}}


def look(page: Page, name: str) -> list[str]:
    """What axe finds on the page as it stands."""
    expect(page.get_by_text("我们这边出错了")).to_have_count(0)
    return check(page, name)


def stopped(page: Page, app: LiveApp, to: str) -> None:
    page.goto(f"{app.url}/topay/transfer/?to={to}&amount=50")
    page.get_by_role("button", name="下一步").click()
    page.locator("main form button.btn-main").click()


def test_a_second_factor_lets_a_stopped_transfer_go_on(
    live_app: LiveApp,
    customer_factory: CustomerFactory,
    staff_factory: StaffFactory,
    new_context: NewContext,
) -> None:
    in_force(staff_factory, rule("proof", "second_factor", FROM_TEN))
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)
    context = new_context(viewport=PHONE, locale="zh-CN")
    enter(context, live_app, payer.user)
    page, problems = context.new_page(), []
    stopped(page, live_app, payee.number)
    expect(page.locator(".outcome")).to_contain_text("没有成功")
    page.get_by_role("link", name="验证身份后继续").click()
    problems += look(page, "proof")
    page.get_by_role("button", name="发送验证码").click()
    page.locator("[name=code]").wait_for()
    delivered()
    page.locator("[name=code]").fill(last_code())
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", name="已确认是您本人")).to_be_visible()
    problems += look(page, "go on")
    page.get_by_role("button", name="继续付款").click()
    expect(page.locator(".outcome")).to_contain_text("转账成功")
    assert available(payee) == 5_000
    last = Payment.objects.filter(payer=payer).latest("created_at")
    assert last.retry_of_id is not None
    for path in ("factors/", "devices/", "identity/", "phone/", "factors/app/", "factors/passkey/"):
        page.goto(f"{live_app.url}/topay/safety/{path}")
        problems += look(page, path)
    page.goto(f"{live_app.url}/topay/safety/factors/app/")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.locator("[name=code]").fill(totp.code_at(secret, totp.step_of(clock.now())))
    page.get_by_role("button", name="启用").click()
    expect(page.locator(".codes li")).to_have_count(10)
    problems += look(page, "recovery codes")
    assert not problems, "\n".join(problems)


def test_a_supervisor_lets_a_held_transfer_through(
    live_app: LiveApp,
    customer_factory: CustomerFactory,
    staff_factory: StaffFactory,
    new_context: NewContext,
) -> None:
    made = in_force(staff_factory, rule("look", "review", FROM_TEN))
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)
    context = new_context(viewport=PHONE, locale="zh-CN")
    enter(context, live_app, payer.user)
    page = context.new_page()
    stopped(page, live_app, payee.number)
    expect(page.locator(".outcome")).to_be_visible()
    assert available(payee) == 0
    boss: StaffMember = staff_factory(role="supervisor")
    wide = new_context(viewport=DESK, locale="zh-CN")
    enter(wide, live_app, boss.user)
    desk, problems = wide.new_page(), []
    for path in ("risk/", f"risk/sets/{made.id}/", "identity/", "reviews/"):
        desk.goto(f"{live_app.url}/desk/operations/{path}")
        problems += look(desk, path)
    desk.get_by_role("button", name="放行").click()
    expect(desk.get_by_text("已放行。")).to_be_visible()
    assert available(payee) == 5_000
    page.reload()
    expect(page.locator(".outcome")).to_contain_text("转账成功", timeout=SLOW)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("lang", ["zh-hans"])
def test_a_passkey_is_made_and_asked_for_at_sign_in(
    live_app: LiveApp, customer_factory: CustomerFactory, new_context: NewContext, lang: str
) -> None:
    customer = customer_factory()
    url = live_app.url.replace("127.0.0.1", "localhost")
    context = new_context(viewport=PHONE, locale="zh-CN")
    name, key = session_of(customer.user)
    context.add_cookies([{"name": name, "value": key, "domain": "localhost", "path": "/topay/"}])
    page = context.new_page()
    client = context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    client.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{url}/topay/safety/factors/passkey/")
    page.get_by_role("button", name="发送验证码").click()
    page.locator("[name=code]").wait_for()
    page.locator("[name=code]").fill(last_code())
    page.get_by_role("button", name="确认").click()
    expect(page.locator("h2")).to_contain_text("建立通行密钥")
    page.get_by_role("button", name="添加通行密钥").click()
    expect(page.locator(".codes li")).to_have_count(10, timeout=SLOW)
    assert Factor.objects.filter(kind="passkey").count() == 1
    context.clear_cookies()
    page.goto(f"{url}/topay/accounts/sign-in/")
    page.locator("[name=login]").fill(customer.user.email)
    page.locator("[name=password]").fill("correct horse 8 battery")
    page.locator("main form button.btn-main").click()
    page.get_by_role("button", name="使用通行密钥").click()
    expect(page.locator(".hero")).to_be_visible(timeout=SLOW)
