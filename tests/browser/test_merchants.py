"""Merchants in a real browser: paid by code, requests between customers, the portal; axe."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from paydesk.entry.web.cashier.qr import svg
from paydesk.money.merchants.models import Merchant
from paydesk.money.orders.models import Order
from paydesk.people.models import Customer, StaffMember
from tests.browser.test_axe import LOOKS, check
from tests.browser.world import enter
from tests.entry.web.test_safety import last_code
from tests.factories import CustomerFactory, StaffFactory
from tests.harness.live import LiveApp
from tests.money.merchants.test_webhooks import Receiver, receiver
from tests.money.orders.shops import fund, key, order, shop

__all__ = ["receiver"]
NewContext = Callable[..., BrowserContext]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 860}
SLOW = 15_000


@dataclass
class Street:
    """A shop with an order, its owner, a payer with money, a supervisor."""

    shop: Merchant
    owner: Customer
    payer: Customer
    boss: StaffMember
    order: Order
    test: Order


@pytest.fixture
def street(
    live_app: LiveApp, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> Street:
    owner = customer_factory(name="林茶", email="lin@mail.example")
    payer = customer_factory(name="陈晓雯", email="chen@mail.example", identity_level=1)
    fund(payer, 50_000)
    made = shop(owner)
    boss = staff_factory(name="王主管", role="supervisor")
    return Street(made, owner, payer, boss, order(made), order(made, live=False))


def browser(
    new_context: NewContext, app: LiveApp, who: Customer | StaffMember | None, size: dict[str, int]
) -> Page:
    context = new_context(viewport=size, locale="zh-CN", reduced_motion="reduce")
    if who:
        enter(context, app, who.user)
    return context.new_page()


def test_an_order_is_paid_by_its_code_on_the_phone(
    live_app: LiveApp, street: Street, new_context: NewContext
) -> None:
    path = f"/topay/pay/{street.order.token}/"
    till = browser(new_context, live_app, None, DESKTOP)
    till.goto(live_app.url + path)
    expect(till.get_by_text("已审核的商户")).to_be_visible()
    code = till.locator(".cashier-code img")
    expect(code).to_be_visible()
    served = till.request.get(live_app.url + str(code.get_attribute("src")))
    assert served.body() == svg(live_app.url + path)  # what a phone reads from it

    back_office = browser(new_context, live_app, street.owner, DESKTOP)
    back_office.goto(f"{live_app.url}/topay/merchant/{street.shop.number}/")
    expect(back_office.get_by_text("还没有收支")).to_be_visible()

    phone = browser(new_context, live_app, street.payer, PHONE)
    phone.goto(live_app.url + path)
    expect(phone.get_by_text("半亩茶社").first).to_be_visible()
    phone.get_by_role("button", name=re.compile("支付 ¥88.00")).dblclick()
    expect(phone).to_have_url(re.compile(r"/done/\d+/"), timeout=SLOW)
    back = phone.get_by_role("link", name="返回商户")
    expect(back).to_be_visible()
    assert f"order={street.order.id}" in str(back.get_attribute("href"))
    assert "state=paid" in str(back.get_attribute("href"))
    expect(back_office.get_by_text("+¥88.00").first).to_be_visible(timeout=SLOW)
    phone.goto(live_app.url + path)
    expect(phone.get_by_role("button", name=re.compile("支付"))).to_have_count(0)


def test_a_request_is_asked_for_and_paid(
    live_app: LiveApp, street: Street, new_context: NewContext
) -> None:
    asks = browser(new_context, live_app, street.owner, PHONE)
    asks.goto(f"{live_app.url}/topay/pay/requests/")
    asks.get_by_label("金额").fill("25.50")
    asks.get_by_label(re.compile("留言")).fill("拼车")
    asks.get_by_role("button", name="发起收款").click()
    expect(asks.locator(".cashier-code img")).to_be_visible(timeout=SLOW)
    link = str(asks.locator(".cashier-code a").get_attribute("href"))

    pays = browser(new_context, live_app, street.payer, PHONE)
    pays.goto(link)
    pays.get_by_role("button", name="支付 ¥25.50").click()
    expect(pays).to_have_url(re.compile("/activity/"), timeout=SLOW)
    expect(asks.get_by_text("已付款").first).to_be_visible(timeout=SLOW)


def test_the_portal_shows_a_key_once_and_replays_a_notification(
    live_app: LiveApp, street: Street, new_context: NewContext, receiver: Receiver
) -> None:
    live_app.start_worker()
    page = browser(new_context, live_app, street.owner, DESKTOP)
    base = f"{live_app.url}/topay/merchant/{street.shop.number}"
    page.goto(f"{base}/keys/")
    page.get_by_label("用途").fill("网店服务器")
    page.get_by_label("查看订单").check()
    page.get_by_role("button", name="创建密钥").click()
    shown = page.locator("[data-fresh-secret]").inner_text()
    assert shown.startswith("pd_test_")
    page.goto(f"{base}/keys/")
    expect(page.locator("[data-fresh-secret]")).to_have_count(0)
    assert shown not in page.content()

    page.goto(f"{base}/webhooks/")
    page.get_by_label("通知地址").fill(receiver.url)
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.locator("[data-fresh-secret]")).to_contain_text("whsec_")
    page.get_by_role("button", name="测试", exact=True).click()
    page.wait_for_load_state()
    for _ in range(60):
        if receiver.got:
            break
        page.wait_for_timeout(250)
    page.goto(f"{base}/webhooks/")
    page.get_by_role("link", name="测试通知").first.click()
    expect(page.locator("details b").first).to_have_text("200")
    page.get_by_role("button", name="重新发送").click()
    for _ in range(60):
        if len(receiver.got) > 1:
            break
        page.wait_for_timeout(250)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len(receiver.got) == 2


def test_a_live_key_is_made_after_a_proof_without_typing_again(
    live_app: LiveApp, street: Street, new_context: NewContext
) -> None:
    page = browser(new_context, live_app, street.owner, PHONE)
    page.goto(f"{live_app.url}/topay/merchant/{street.shop.number}/keys/")
    page.get_by_label("用途").fill("网店服务器")
    page.get_by_label("正式").check()
    page.get_by_label("查看订单").check()
    page.get_by_role("button", name="创建密钥").click()
    page.get_by_role("button", name="发送验证码").click()
    page.locator("[name=code]").wait_for()
    page.locator("[name=code]").fill(last_code())
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_text("已确认是您本人")).to_be_visible(timeout=SLOW)
    expect(page.get_by_label("用途")).to_have_value("网店服务器")
    expect(page.get_by_label("正式")).to_be_checked()
    page.get_by_role("button", name="创建密钥").click()
    expect(page.locator("[data-fresh-secret]")).to_contain_text("pd_live_")


@pytest.mark.parametrize("lang", LOOKS)
def test_pages_of_merchants_are_accessible(
    lang: str, live_app: LiveApp, street: Street, new_context: NewContext
) -> None:
    key(street.shop)
    base = f"/topay/merchant/{street.shop.number}"
    stops: list[tuple[Customer | StaffMember | None, str]] = [
        (None, f"/topay/pay/{street.order.token}/"),
        (None, f"/topay/pay/{street.test.token}/"),
        (None, "/topay/api/v1/docs/"),
        (street.payer, f"/topay/pay/{street.order.token}/"),
        (street.payer, "/topay/pay/requests/"),
        (street.payer, "/topay/merchant/"),
        (street.payer, "/topay/merchant/apply/"),
        *((street.owner, f"{base}/{place}") for place in (
            "", "payments/", "orders/", f"orders/{street.order.id}/", "keys/", "webhooks/",
            "settings/",
        )),
        (street.boss, "/desk/merchants/"),
    ]  # fmt: skip
    problems: list[str] = []
    for size in (PHONE, DESKTOP):
        pages: dict[str, Page] = {}
        for who, path in stops:
            name = who.name if who else ""
            page = pages.get(name) or browser(new_context, live_app, who, size)
            pages[name] = page
            page.emulate_media(color_scheme=LOOKS[lang])  # type: ignore[arg-type]
            page.goto(f"{live_app.url}{path}?lang={lang}")
            problems += check(page, f"{lang} {size['width']} {path}")
        # The words of a line have room beside its figures and buttons, on a phone as well.
        narrow = pages[street.boss.name].locator(".item > div:not(.end)").first.bounding_box()
        assert narrow
        assert narrow["width"] >= 200
        for page in pages.values():
            page.context.close()
    assert not problems, "\n".join(problems)
