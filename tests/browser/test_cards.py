"""A card saved on the provider's page, then a top-up by it with 3-D Secure, in a browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from paydesk.money.methods.models import SavedMethod
from paydesk.money.payments.models import Payment
from tests.browser.world import World, build, enter
from tests.factories import CustomerFactory, StaffFactory
from tests.harness.live import LiveApp

PHONE = {"width": 390, "height": 844}
SLOW = 15_000


@pytest.fixture
def world(
    live_app: LiveApp, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> World:
    return build(customer_factory, staff_factory)


@pytest.fixture
def phone(live_app: LiveApp, world: World, new_context: Callable[..., BrowserContext]) -> Page:
    context = new_context(viewport=PHONE, locale="zh-CN")
    enter(context, live_app, world.chen.user)
    return context.new_page()


def test_a_card_is_saved_and_charged_with_3d_secure(
    phone: Page, live_app: LiveApp, world: World
) -> None:
    phone.goto(f"{live_app.url}/topay/methods/")
    expect(phone.get_by_text("还没有银行卡")).to_be_visible()
    phone.get_by_role("button", name="添加银行卡").click()
    expect(phone).to_have_url(re.compile("/simulated/cards/"))
    phone.get_by_label("卡号").fill("4000 0000 0000 3155")
    phone.get_by_label("有效期（月/年）").fill("12/29")
    phone.get_by_label("安全码").fill("123")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text(re.compile("卡号不对"))).to_be_visible()  # its check digit is wrong
    expect(phone.get_by_label("卡号")).to_have_value("")
    phone.get_by_label("卡号").fill("4000 0000 0009 3155")
    phone.get_by_label("有效期（月/年）").fill("12/29")
    phone.get_by_label("安全码").fill("123")
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator(".list .item")).to_contain_text("Visa 尾号 3155")
    method = SavedMethod.objects.get(customer=world.chen)
    phone.goto(f"{live_app.url}/topay/topup/?amount=50")
    phone.locator(f"[value='method:{method.id}']").check()
    phone.get_by_role("button", name="充值").click()
    phone.get_by_role("link", name=re.compile("验证|去完成付款")).first.click()
    expect(phone).to_have_url(re.compile("/simulated/orders/"))
    phone.get_by_role("button", name="同意并完成验证").click()
    expect(phone).to_have_url(re.compile("/topay/activity/"), timeout=SLOW)
    expect(phone.locator(".outcome")).to_contain_text("¥50.00")
    assert Payment.objects.filter(payee=world.chen, amount=5_000, state="succeeded").exists()
