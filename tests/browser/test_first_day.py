"""The first day, end to end: a failed transfer, explained and put right, over a restart.

Three browsers: the customer's, the agent's and the supervisor's. Real server, worker, database.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from paydesk.audit import actions as audit
from paydesk.audit.verify import verify as verify_audit
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.verify import verify as verify_ledger
from paydesk.people.actions import place_freeze
from paydesk.people.models import Customer
from tests.factories import PASSWORD, CustomerFactory, StaffFactory
from tests.harness.live import LiveApp

NewContext = Callable[..., BrowserContext]
expect.set_options(timeout=15_000)
EMAIL = "xiaowen@example.com"
WORDS = ["钱扣了吗？", "没有扣，我来核实", "好的，我等着", "现在可以了，请再试一次"]


@pytest.fixture
def recipients(live_app: LiveApp, customer_factory: CustomerFactory) -> tuple[Customer, Customer]:
    """B, who can receive, and C, who is frozen."""
    friend = customer_factory(name="李强")
    frozen = customer_factory(name="周明")
    place_freeze(frozen, scope="all", reason="risk_signal", actor=SYSTEM("topay"))
    return friend, frozen


def _phone(new_context: NewContext) -> BrowserContext:
    return new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )


def _staff(new_context: NewContext, app: LiveApp, email: str) -> Page:
    context = new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    page.goto(f"{app.url}/desk/accounts/sign-in/")
    page.get_by_label("邮箱").fill(email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile(r"/desk/$"))
    return page


def _register(page: Page, app: LiveApp) -> None:
    page.goto(f"{app.url}/topay/accounts/register/")
    page.get_by_label("姓名").fill("陈晓雯")
    page.get_by_label("邮箱").fill(EMAIL)
    page.get_by_label("手机").fill("13800138000")
    page.locator("input[type=password]").first.fill(PASSWORD)
    page.get_by_role("button", name="注册").click()
    expect(page.get_by_role("heading", name="请查收邮件")).to_be_visible()
    mail = page.context.new_page()
    mail.goto(f"{app.url}/mailbox/?q={EMAIL}")
    mail.locator("#mails a.item").first.click(timeout=20_000)
    mail.locator("a[href*='/accounts/verify/']").first.click()
    mail.get_by_role("button", name="确认").click()
    expect(mail).to_have_url(re.compile(r"/topay/$"))  # the same browser: signed in at once
    mail.close()


def _top_up(page: Page, app: LiveApp, amount: str) -> None:
    page.goto(f"{app.url}/topay/topup/")
    page.locator("input[name=amount]").fill(amount)
    page.locator("input[name=instrument]").first.check()
    page.get_by_role("button", name="充值", exact=True).click()
    expect(page.locator(".outcome")).to_contain_text("成功")


def _send(page: Page, app: LiveApp, to: Customer, amount: str) -> None:
    page.goto(f"{app.url}/topay/transfer/")
    page.locator("input[name=recipient]").fill(to.number)
    page.locator("input[name=amount]").fill(amount)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name=re.compile("^确认转出")).click()
    expect(page.locator(".outcome")).to_be_visible()


def _write(page: Page, text: str) -> None:
    """Write and send by the keyboard; what was sent leaves the box, even without a server."""
    box = page.locator("textarea[name=body]")
    box.fill(text)
    if "/desk/" in page.url:
        page.keyboard.press("ControlOrMeta+Enter")
    else:
        # Shown by the script that also listens to the keys: before that, Enter is a new line.
        expect(page.locator("[data-attach]")).to_be_visible()
        page.keyboard.press("Enter")
    expect(box).to_have_value("")


def _messages(page: Page, selector: str) -> list[str]:
    return [re.sub(r"\s+", " ", text) for text in page.locator(selector).all_inner_texts()]


def _each_once_in_order(page: Page, selector: str, texts: list[str]) -> None:
    for text in texts:  # the page may still be on its way; one message more than once never passes
        expect(page.locator(selector, has_text=text)).to_have_count(1)
    shown = _messages(page, selector)
    places = [[n for n, line in enumerate(shown) if text in line] for text in texts]
    assert [len(place) for place in places] == [1] * len(texts), shown
    assert places == sorted(places), shown


def test_a_failed_transfer_is_explained_and_put_right(
    live_app: LiveApp,
    new_context: NewContext,
    staff_factory: StaffFactory,
    recipients: tuple[Customer, Customer],
) -> None:
    friend, frozen = recipients
    staff_factory(role="agent", email="lin@paydesk.example", name="小林")
    staff_factory(role="supervisor", email="wang@paydesk.example", name="王主管")
    live_app.start_worker()
    customer = _phone(new_context).new_page()
    _register(customer, live_app)
    _top_up(customer, live_app, "100")

    _send(customer, live_app, friend, "150")
    expect(customer.locator(".why")).to_contain_text("50.00")
    expect(customer.locator(".why")).to_contain_text("充值")

    _send(customer, live_app, frozen, "80")
    expect(customer.locator(".why")).to_contain_text("无法收款")
    failed = customer.url

    customer.locator(".why").get_by_text("联系客服").click()
    expect(customer.locator("[data-talk]")).to_be_visible()
    expect(customer.locator("[data-talk]")).to_contain_text("80.00")
    _write(customer, WORDS[0])

    agent = _staff(new_context, live_app, "lin@paydesk.example")
    agent.goto(f"{live_app.url}/desk/?tab=waiting")
    agent.locator("a[href*='/desk/cases/']").first.click()
    expect(agent.locator("article.fact")).to_contain_text("AC06")
    agent.get_by_role("button", name=re.compile("接手")).click()
    expect(agent.locator("#case-head")).to_contain_text("由您负责")
    _write(agent, WORDS[1])
    expect(customer.locator("[data-talk]")).to_contain_text(WORDS[1], timeout=15_000)

    live_app.stop_web(crash=True)
    _write(customer, WORDS[2])
    customer.wait_for_timeout(1_500)
    live_app.start()
    expect(agent.locator("li.msg", has_text=WORDS[2])).to_have_count(1, timeout=30_000)

    agent.locator("#case-head").click()
    agent.keyboard.press("u")
    dialog = agent.locator("#desk-dialog-body")
    reason = dialog.locator("textarea, input[type=text], input:not([type])").first
    reason.fill("已核实身份，异地登录是本人")
    dialog.locator("[type=submit]").click()
    expect(agent.locator("body")).to_contain_text("等待审批", timeout=15_000)

    supervisor = _staff(new_context, live_app, "wang@paydesk.example")
    supervisor.goto(f"{live_app.url}/desk/approvals/")
    supervisor.get_by_role("button", name="批准").click()
    expect(supervisor.locator("body")).to_contain_text("没有待审批的申请")

    _write(agent, WORDS[3])
    expect(customer.locator("[data-talk]")).to_contain_text(WORDS[3], timeout=15_000)
    customer.goto(failed)
    customer.locator(".why").get_by_role("button", name="重试").click()
    customer.wait_for_url(lambda url: url != failed)
    expect(customer.locator(".outcome")).to_have_text(re.compile(r"^\s*成功|转账成功"))

    customer.goto(f"{live_app.url}/topay/")
    expect(customer.locator("body")).to_contain_text("¥20.00")
    mail = customer.context.new_page()
    mail.goto(f"{live_app.url}/mailbox/?q={EMAIL}")
    expect(mail.locator("#mails")).to_contain_text("您已转出 ¥80.00", timeout=20_000)

    customer.goto(f"{live_app.url}/topay/support/")
    customer.locator("main a[href*='/support/']").first.click()
    _each_once_in_order(customer, "[data-talk] > li", WORDS)
    agent.reload()
    _each_once_in_order(agent, "li.msg", WORDS)

    audit.seal()
    assert verify_ledger().ok
    assert verify_audit().ok
