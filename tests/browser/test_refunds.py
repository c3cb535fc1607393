"""A refund with evidence, followed to its end by three people in three browsers."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from paydesk.kit import clock
from paydesk.money.payments.models import Payment
from paydesk.money.refunds import actions
from paydesk.money.refunds.models import RefundRequest
from paydesk.people.models import Customer
from tests.browser.test_axe import check
from tests.browser.world import enter
from tests.factories import CustomerFactory, StaffFactory
from tests.harness.live import LiveApp
from tests.money.orders.shops import shop
from tests.money.payments.helpers import available, fund, send
from tests.money.refunds.helpers import bought, by_card, mails, steps

NewContext = Callable[..., BrowserContext]
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}
SLOW = 20_000
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0f01f0005000201a5f645"
    "400000000049454e44ae426082"
)


@pytest.fixture
def buyer(live_app: LiveApp, customer_factory: CustomerFactory) -> Customer:
    customer = customer_factory(name="陈晓雯", email="chen@mail.example", identity_level=1)
    fund(customer, 100_000)
    return customer


@pytest.fixture
def paid(buyer: Customer, customer_factory: CustomerFactory) -> Payment:
    return bought(buyer, shop(customer_factory(name="店主")), 30_000)


def test_asked_decided_by_two_and_arrived(
    live_app: LiveApp,
    buyer: Customer,
    paid: Payment,
    staff_factory: StaffFactory,
    new_context: NewContext,
) -> None:
    live_app.start_worker()
    agent, boss = staff_factory(name="林小北"), staff_factory(name="王主管", role="supervisor")

    def browser(user: object, size: dict[str, int]) -> Page:
        context = new_context(viewport=size, locale="zh-CN", reduced_motion="reduce")
        enter(context, live_app, user.user)  # type: ignore[attr-defined]
        return context.new_page()

    phone, desk, office = browser(buyer, PHONE), browser(agent, WIDE), browser(boss, WIDE)

    # The customer asks, and shows a picture and a text.
    phone.goto(f"{live_app.url}/topay/activity/{paid.number}/")
    phone.get_by_role("link", name="申请退款").click()
    expect(phone.locator("[name=amount]")).to_have_value("300.00")
    phone.locator("[name=why]").select_option("not_received")
    phone.locator("[name=text]").fill("等了三周，一直没有收到茶叶。")
    assert not check(phone, "ask")
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.locator("[data-state]")).to_have_attribute("data-state", "asked", timeout=SLOW)
    phone.wait_for_load_state("load")  # the script that uploads has run
    phone.locator("#files").set_input_files(
        [
            FilePayload(name="空包裹.png", mimeType="image/png", buffer=PIXEL),
            FilePayload(name="聊天.txt", mimeType="text/plain", buffer="卖家：已发货".encode()),
            FilePayload(name="坏的.html", mimeType="text/html", buffer=b"<script>1</script>"),
        ]
    )
    expect(phone.locator(".evidence li")).to_have_count(2, timeout=SLOW)
    expect(phone.locator("[data-uploads] .error")).to_have_count(1)
    assert not check(phone, "follow")
    request = RefundRequest.objects.get()

    # The agent finds it, opens its case, looks at the evidence and grants it.
    desk.goto(f"{live_app.url}/desk/refunds/")
    assert not check(desk, "the desk's list")
    row = desk.locator("li.item", has_text=request.number)
    row.get_by_role("button", name=re.compile("打开案件")).click()
    expect(desk).to_have_url(re.compile("/desk/cases/"), timeout=SLOW)
    decide = desk.get_by_role("button", name=re.compile("处理退款申请"))
    expect(decide).to_be_visible(timeout=SLOW)
    desk.keyboard.press("d")
    dialog = desk.locator("dialog[open]")
    expect(dialog).to_contain_text("没有收到商品或服务", timeout=SLOW)
    expect(dialog.locator(".evidence li")).to_have_count(2)
    assert not check(desk, "the decision")
    dialog.locator("[name=answer]").fill("物流确实丢件，全额退款。")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0, timeout=SLOW)
    expect(phone.locator("[data-state]")).to_have_attribute("data-state", "approval", timeout=SLOW)
    assert available(buyer) == 70_000

    # The second person agrees; the money arrives, and both sides see it to the end.
    office.goto(f"{live_app.url}/desk/approvals/")
    expect(office.locator(".request")).to_contain_text("¥300.00")
    office.get_by_role("button", name="批准").click()
    expect(phone.locator("[data-state]")).to_have_attribute("data-state", "arrived", timeout=SLOW)
    expect(phone.locator(".steps li")).to_have_count(7)
    expect(phone.locator(".steps")).to_contain_text("¥300.00 已到账")
    assert available(buyer) == 100_000
    request.refresh_from_db()
    assert steps(request) == [
        "asked",
        "evidence",
        "evidence",
        "second_person",
        "granted",
        "sent",
        "arrived",
    ]
    expect(desk.locator("#main")).to_contain_text("王主管 批准了退款申请", timeout=SLOW)
    assert mails(buyer) == ["asked", "granted", "sent", "arrived"]


def test_a_transfer_is_recalled_and_what_is_left_is_held(
    live_app: LiveApp,
    buyer: Customer,
    customer_factory: CustomerFactory,
    new_context: NewContext,
) -> None:
    thief = customer_factory(name="张三", email="zhang@mail.example")
    context = new_context(viewport=PHONE, locale="zh-CN", reduced_motion="reduce")
    enter(context, live_app, buyer.user)
    phone = context.new_page()
    payment = Payment.objects.get(id=send(buyer, thief, 8_000).id)
    phone.goto(f"{live_app.url}/topay/activity/{payment.number}/")
    phone.get_by_role("link", name="申请退款").click()
    phone.get_by_role("link", name="我被骗了").click()
    expect(phone.locator("[name=why][value=FRAD]")).to_be_checked()
    phone.locator("[name=text]").fill("冒充客服，让我转到安全账户。")
    assert not check(phone, "recall")
    phone.get_by_role("button", name="立即追回").click()
    expect(phone.locator("main")).to_contain_text("已冻结 ¥80.00", timeout=SLOW)
    assert not check(phone, "the list")
    assert available(thief) == 0


def test_a_dispute_is_answered_with_files(
    live_app: LiveApp,
    buyer: Customer,
    staff_factory: StaffFactory,
    new_context: NewContext,
) -> None:
    payment = by_card(buyer)
    row = actions.told(
        brand="topay",
        attempt_id=str(payment.attempts.get().id),
        payment_id=str(payment.id),
        dispute={
            "id": "dp_9",
            "state": "open",
            "reason": "fraudulent",
            "amount": payment.amount,
            "currency": "CNY",
            "due_at": (clock.now() + timedelta(days=7)).isoformat(),
        },
    )
    context = new_context(viewport=WIDE, locale="zh-CN", reduced_motion="reduce")
    enter(context, live_app, staff_factory().user)
    desk = context.new_page()
    desk.goto(f"{live_app.url}/desk/refunds/")
    desk.get_by_role("link", name=re.compile("持卡人称未授权")).click()
    desk.locator("[name=text]").fill("客户本人在常用设备上登录并充值。")
    desk.get_by_role("button", name="保存说明").click()
    desk.wait_for_load_state("load")
    desk.locator("#files").set_input_files(
        FilePayload(name="登录记录.txt", mimeType="text/plain", buffer=b"10:02 sign-in")
    )
    desk.get_by_role("button", name="上传").click()
    expect(desk.locator("main")).to_contain_text("登录记录.txt", timeout=SLOW)
    assert not check(desk, "a dispute")
    row.refresh_from_db()
    assert row.text == "客户本人在常用设备上登录并充值。"
