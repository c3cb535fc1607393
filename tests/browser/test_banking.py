"""Withdrawing, paying a bill and a repeated transfer in a real browser, phone first."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from paydesk.kit import clock
from paydesk.money.bills import directory
from paydesk.money.payments.models import Payment
from paydesk.money.payouts.models import Withdrawal
from paydesk.money.schedules import actions as schedules
from paydesk.money.schedules.models import Schedule
from paydesk.people.models import Customer
from tests.browser.test_axe import check
from tests.browser.world import enter
from tests.factories import CustomerFactory
from tests.harness.live import LiveApp
from tests.money.payments.helpers import available, fund
from tests.money.payouts.helpers import bank_account, card_ending

NewContext = Callable[..., BrowserContext]
PHONE = {"width": 390, "height": 844}
SLOW = 15_000


@pytest.fixture
def chen(customer_factory: CustomerFactory) -> Customer:
    with clock.travel(clock.now() - timedelta(days=1)):
        customer = customer_factory(name="陈晓雯", email="chen@mail.example", identity_level=2)
        fund(customer, 100_000)
    return customer


@pytest.fixture
def zhou(customer_factory: CustomerFactory) -> Customer:
    return customer_factory(name="周明", email="zhou@mail.example", identity_level=2)


@pytest.fixture
def phone(live_app: LiveApp, chen: Customer, new_context: NewContext) -> Page:
    context = new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")
    enter(context, live_app, chen.user)
    return context.new_page()


def sound(page: Page, where: str) -> None:
    """No violation, and nothing wider than the phone."""
    assert check(page, where) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where


def test_withdraw_and_take_it_back(live_app: LiveApp, phone: Page, chen: Customer) -> None:
    bank_account(chen)
    phone.goto(f"{live_app.url}/topay/banking/withdraw/")
    sound(phone, "withdraw")
    phone.get_by_label("金额").fill("１２０．５")
    phone.get_by_role("button", name="下一步").click()
    expect(phone.get_by_role("button", name="确认提现 ¥120.50")).to_be_visible(timeout=SLOW)
    sound(phone, "withdraw, confirm")
    phone.get_by_role("button", name="确认提现 ¥120.50").click()
    expect(phone.get_by_text("等待汇出")).to_be_visible(timeout=SLOW)
    sound(phone, "withdrawal")
    row = Withdrawal.objects.get()
    assert available(chen) == 100_000 - 12_050 - row.payment.fee
    phone.get_by_role("button", name="撤销这笔提现").click()
    expect(phone.get_by_text("已撤销，款项和手续费都回到了余额。")).to_be_visible(timeout=SLOW)
    assert available(chen) == 100_000


def test_a_withdrawal_is_sent_by_the_worker(live_app: LiveApp, phone: Page, chen: Customer) -> None:
    bank_account(chen)
    phone.goto(f"{live_app.url}/topay/banking/withdraw/")
    phone.get_by_label("金额").fill("50")
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_role("button", name="确认提现 ¥50.00").click()
    expect(phone.get_by_text("等待汇出")).to_be_visible(timeout=SLOW)
    Withdrawal.objects.update(goes_out_at=clock.now())  # whatever the hour of this run
    live_app.start_worker()
    # The page follows by itself: with the bank, then paid.
    expect(phone.locator(".outcome .disc.ok")).to_be_visible(timeout=60_000)
    assert Payment.objects.get(kind="withdrawal").state == "succeeded"


def test_an_account_is_added_with_its_flaws_told(live_app: LiveApp, phone: Page) -> None:
    phone.goto(f"{live_app.url}/topay/banking/accounts/new/")
    phone.get_by_label("借记卡卡号").fill(card_ending("0128")[:-1] + "9")
    phone.get_by_role("button", name="添加", exact=True).click()
    expect(phone.get_by_text("卡号有一位输错了（校验不通过），请逐位核对。")).to_be_visible(
        timeout=SLOW
    )
    sound(phone, "account, wrong")
    phone.get_by_label("借记卡卡号").fill(card_ending("0128"))
    phone.get_by_role("button", name="添加", exact=True).click()
    expect(phone.get_by_text("中国工商银行 尾号 0128").first).to_be_visible(timeout=SLOW)
    sound(phone, "accounts")


def test_a_bill_is_paid(live_app: LiveApp, phone: Page, chen: Customer) -> None:
    sample = directory.of_brand("topay")["power"].samples["due"]
    phone.goto(f"{live_app.url}/topay/banking/bills/")
    phone.get_by_role("link", name="江城电力").click()
    phone.get_by_label("户号").fill(sample)
    phone.get_by_role("button", name="查询").click()
    expect(phone.get_by_text("应缴")).to_be_visible(timeout=SLOW)
    sound(phone, "bill, amount")
    phone.get_by_label("保存这个号码，下次直接缴费").check()
    phone.get_by_role("button", name="下一步").click()
    expect(phone.get_by_role("button", name=re.compile("确认缴费"))).to_be_visible(timeout=SLOW)
    sound(phone, "bill, confirm")
    phone.get_by_role("button", name=re.compile("确认缴费")).click()
    expect(phone.get_by_text("确认号")).to_be_visible(timeout=SLOW)
    sound(phone, "bill, paid")
    phone.goto(f"{live_app.url}/topay/banking/bills/")
    expect(phone.get_by_text("保存的号码")).to_be_visible()
    sound(phone, "bills")


def test_a_repeated_transfer(
    live_app: LiveApp, phone: Page, chen: Customer, zhou: Customer
) -> None:
    phone.goto(f"{live_app.url}/topay/banking/schedules/new/")
    phone.get_by_label("收款人").fill("zhou@mail.example")
    phone.get_by_label("金额").fill("50")
    phone.get_by_label("多久一次").select_option(label="每周")
    expect(phone.locator("#dates li")).to_have_count(4, timeout=SLOW)  # shown while it is filled in
    phone.get_by_label("到什么时候").select_option(label="付若干次")
    phone.get_by_label("次数").fill("2")
    phone.get_by_label("次数").blur()
    expect(phone.locator("#dates li")).to_have_count(2, timeout=SLOW)
    sound(phone, "schedule, new")
    phone.get_by_role("button", name="设好").click()
    expect(phone.get_by_text("接下来的付款")).to_be_visible(timeout=SLOW)
    sound(phone, "schedule")
    row = Schedule.objects.get()
    assert (row.rhythm, row.times) == ("weekly", 2)
    assert row.next_at
    phone.get_by_role("button", name="跳过这次").click()
    expect(phone.get_by_text("已跳过")).to_be_visible(timeout=SLOW)
    expect(phone.locator(".dates li")).to_have_count(1)
    # Its time comes: the page shows the payment, for there is money.
    Schedule.objects.update(next_at=clock.now())
    assert schedules.run_due() == 1
    expect(phone.get_by_text("已付")).to_be_visible(timeout=SLOW)
    assert available(zhou) == 5_000
    sound(phone, "schedule, paid")
    phone.goto(f"{live_app.url}/topay/banking/schedules/")
    sound(phone, "schedules")
