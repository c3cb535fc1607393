"""The wallet in a real browser: live balance, filters, double clicks, and life without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from paydesk.kit import ids
from paydesk.money.payments import actions as money
from paydesk.money.payments.models import Payment
from tests.browser.world import World, actor_of, build, enter
from tests.factories import CustomerFactory, StaffFactory
from tests.harness.live import LiveApp

NewContext = Callable[..., BrowserContext]
PHONE = {"width": 390, "height": 844}
SLOW = 15_000


@pytest.fixture
def world(
    live_app: LiveApp, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> World:
    return build(customer_factory, staff_factory)


@pytest.fixture
def phone(live_app: LiveApp, world: World, new_context: NewContext) -> Page:
    context = new_context(viewport=PHONE, locale="zh-CN")
    enter(context, live_app, world.chen.user)
    return context.new_page()


def test_money_that_comes_in_shows_by_itself(phone: Page, live_app: LiveApp, world: World) -> None:
    phone.goto(f"{live_app.url}/topay/")
    expect(phone.locator(".hero .sum")).to_have_text("¥88.00")
    sender = Payment.objects.get(payer=world.chen, state="succeeded").payee
    assert sender
    money.transfer(
        payer=sender,
        recipient=world.chen,
        amount=2_500,
        currency="CNY",
        actor=actor_of(sender),
        key=str(ids.uuid7()),
    )
    expect(phone.locator(".hero .sum")).to_have_text("¥113.00", timeout=SLOW)
    expect(phone.locator(".moves .item").first).to_contain_text("+¥25.00")


def test_the_activity_narrows_while_one_types(phone: Page, live_app: LiveApp, world: World) -> None:
    phone.goto(f"{live_app.url}/topay/activity/")
    before = phone.locator(".moves .item").count()
    phone.locator("[type=search]").press_sequentially("晚饭")
    expect(phone.locator(".moves .item")).to_have_count(1, timeout=SLOW)
    assert before > 1
    expect(phone).to_have_url(re.compile("text="))
    phone.get_by_text("筛选").click()
    phone.get_by_label("状态").select_option("failed")
    expect(phone.get_by_text("没有符合条件的记录")).to_be_visible(timeout=SLOW)


def test_a_double_click_sends_once(phone: Page, live_app: LiveApp, world: World) -> None:
    phone.goto(f"{live_app.url}/topay/transfer/?to=max@mail.example&amount=5")
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_role("button", name=re.compile("确认转出")).dblclick()
    expect(phone.locator(".outcome")).to_contain_text("转账成功")
    assert Payment.objects.filter(payer=world.chen, amount=500).count() == 1


def test_a_chip_fills_in_the_amount(phone: Page, live_app: LiveApp) -> None:
    phone.goto(f"{live_app.url}/topay/topup/")
    phone.get_by_role("button", name="200", exact=True).click()
    expect(phone.locator("[name=amount]")).to_have_value("200")
    expect(phone.get_by_role("button", name="200", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_all_of_it_works_without_scripts(
    live_app: LiveApp, world: World, new_context: NewContext
) -> None:
    context = new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    enter(context, live_app, world.chen.user)
    page = context.new_page()
    page.goto(f"{live_app.url}/topay/transfer/")
    page.locator("[name=recipient]").fill("max@mail.example")
    page.locator("[name=amount]").fill("７")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name=re.compile("确认转出")).click()
    expect(page.locator(".outcome")).to_contain_text("−¥7.00")
    page.goto(f"{live_app.url}/topay/activity/{world.failed.number}/")
    page.get_by_role("button", name="联系客服").click()
    page.get_by_label("消息", exact=True).fill("没有脚本也能写")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator(".msg.me").last).to_contain_text("没有脚本也能写")


def test_losing_the_network_is_told(phone: Page, live_app: LiveApp) -> None:
    phone.goto(f"{live_app.url}/topay/")
    expect(phone.locator("[data-offline]")).to_be_hidden()
    phone.context.set_offline(True)
    expect(phone.locator("[data-offline]")).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.locator("[data-offline]")).to_be_hidden()
