"""The wallet's transfer when the connection breaks at the worst moment, limits, and the grid."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from paydesk.money.payments.models import Payment
from tests.browser.world import World, build, enter
from tests.factories import CustomerFactory, StaffFactory
from tests.harness.live import LiveApp

NewContext = Callable[..., BrowserContext]
SLOW = 15_000


@pytest.fixture
def world(
    live_app: LiveApp, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> World:
    return build(customer_factory, staff_factory)


@pytest.fixture
def phone(live_app: LiveApp, world: World, new_context: NewContext) -> Page:
    context = new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    enter(context, live_app, world.chen.user)
    return context.new_page()


def confirming(phone: Page, live_app: LiveApp, amount: str) -> None:
    phone.goto(f"{live_app.url}/topay/transfer/?to=max@mail.example&amount={amount}")
    phone.get_by_role("button", name="下一步").click()
    expect(phone.get_by_role("button", name=re.compile("确认转出"))).to_be_visible()


def test_lost_before_it_arrived_nothing_was_booked_and_the_same_may_be_sent(
    phone: Page, live_app: LiveApp, world: World
) -> None:
    confirming(phone, live_app, "6.01")
    key = phone.locator("[name=key]").input_value()
    broken = [True]

    def cut(route: Route) -> None:
        if route.request.method == "POST" and broken:
            broken.clear()
            route.abort("connectionreset")
        else:
            route.continue_()

    phone.route("**/transfer/", cut)
    phone.get_by_role("button", name=re.compile("确认转出")).click()
    expect(phone.locator("[data-nothing]")).to_contain_text("没有扣款", timeout=SLOW)
    assert not Payment.objects.filter(request_key=key).exists()
    phone.get_by_role("button", name=re.compile("确认转出")).click()
    expect(phone.locator(".outcome")).to_contain_text("转账成功", timeout=SLOW)
    assert Payment.objects.get(request_key=key).amount == 601


def test_lost_after_it_arrived_the_payment_is_shown(
    phone: Page, live_app: LiveApp, world: World
) -> None:
    confirming(phone, live_app, "6.02")
    key = phone.locator("[name=key]").input_value()

    def swallow(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)  # it arrives; the answer does not
            route.abort("connectionreset")
        else:
            route.continue_()

    phone.route("**/transfer/", swallow)
    phone.get_by_role("button", name=re.compile("确认转出")).click()
    expect(phone.locator(".outcome")).to_contain_text("转账成功", timeout=SLOW)
    assert Payment.objects.get(request_key=key).amount == 602


def test_offline_it_waits_and_asks_once_it_is_back(phone: Page, live_app: LiveApp) -> None:
    confirming(phone, live_app, "6.03")
    phone.context.set_offline(True)
    phone.get_by_role("button", name=re.compile("确认转出")).click()
    expect(phone.locator("[data-told]")).to_contain_text("网络断了")
    phone.context.set_offline(False)
    expect(phone.locator("[data-nothing]")).to_be_visible(timeout=SLOW)


def test_limits_and_ways_are_found_from_the_home_page(phone: Page, live_app: LiveApp) -> None:
    phone.goto(f"{live_app.url}/topay/")
    expect(phone.locator(".places a")).to_have_count(10)
    phone.locator(".places").get_by_role("link", name="额度与费用").click()
    expect(phone.locator("meter").first).to_be_visible()
    expect(phone.locator("main")).to_contain_text("0.1%")
