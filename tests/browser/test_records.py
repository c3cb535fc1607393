"""Exports in a real browser: asked for with filters, progress seen, fetched; links lapse."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from paydesk.entry.web.records import views
from paydesk.kit import clock
from paydesk.money.payments.models import Payment
from paydesk.money.statements import access, actions
from paydesk.money.statements.models import Export, ExportState
from tests.browser.world import World, build, enter
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
    context = new_context(viewport=PHONE, locale="zh-CN", accept_downloads=True)
    enter(context, live_app, world.chen.user)
    return context.new_page()


def test_a_filter_becomes_a_file_with_its_progress_shown(
    phone: Page, live_app: LiveApp, world: World, tmp_path: Path
) -> None:
    phone.goto(f"{live_app.url}/topay/activity/?kind=transfer")
    phone.get_by_role("link", name="导出与对账单").click()
    expect(phone.get_by_label("种类")).to_have_value("transfer")  # the filter came along
    phone.locator("label", has_text="CSV").last.click()
    phone.get_by_role("button", name="导出", exact=True).click()
    row = phone.locator("#exports .item").first
    expect(row).to_contain_text("交易记录")
    expect(row.locator("progress")).to_be_visible()
    # Half way: the page says so by itself.
    export = Export.objects.get()
    Export.objects.update(state=ExportState.RUNNING, rows_done=30, rows_expected=60)
    expect(row).to_contain_text("50%", timeout=SLOW)
    making = threading.Thread(target=actions.make, args=[export.id])
    making.start()
    link = row.get_by_role("link", name="下载")
    expect(link).to_be_visible(timeout=SLOW)
    making.join()
    with phone.expect_download() as waiting:
        link.click()
    file = tmp_path / "export.csv"
    waiting.value.save_as(file)
    text = file.read_text(encoding="utf-8-sig")
    assert text.startswith("时间 (Asia/Shanghai),单号,种类")
    assert "充值" not in text


def test_a_worker_makes_it(phone: Page, live_app: LiveApp, world: World) -> None:
    live_app.start_worker()
    phone.goto(f"{live_app.url}/topay/records/")
    phone.get_by_role("button", name="导出", exact=True).click()
    expect(phone.get_by_role("link", name="下载")).to_be_visible(timeout=2 * SLOW)


def test_errors_stay_beside_what_was_typed(phone: Page, live_app: LiveApp, world: World) -> None:
    phone.goto(f"{live_app.url}/topay/records/")
    phone.get_by_label("最低金额").fill("１００")
    phone.get_by_label("最高金额").fill("abc")
    phone.get_by_label("从").fill("2026-11-20")
    phone.get_by_label("到", exact=True).fill("2026-11-01")
    phone.get_by_role("button", name="导出", exact=True).click()
    expect(phone.locator("main")).to_contain_text("请填写金额")
    expect(phone.locator("main")).to_contain_text("结束日期早于开始日期")
    expect(phone.get_by_label("最低金额")).to_have_value("１００")
    assert Export.objects.count() == 0


def test_stopped_and_lapsed(phone: Page, live_app: LiveApp, world: World) -> None:
    phone.goto(f"{live_app.url}/topay/records/")
    phone.get_by_role("button", name="导出", exact=True).click()
    phone.locator("#exports").get_by_role("button", name="取消").click()
    expect(phone.locator("#exports .item").first).to_contain_text("已取消")
    phone.goto(f"{live_app.url}/topay/records/file/forged/")
    expect(phone.locator("body")).to_contain_text("下载链接已失效")


def test_receipt_and_evidence_from_a_payment(phone: Page, live_app: LiveApp, world: World) -> None:
    paid = Payment.objects.filter(payee=world.chen, kind="topup", state="succeeded")[0]
    phone.goto(f"{live_app.url}/topay/activity/{paid.number}/")
    with phone.expect_download() as waiting:
        phone.get_by_role("link", name="回单 PDF").click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF-")
    phone.get_by_role("button", name="资金证明材料").click()
    expect(phone.locator("#exports .item").first).to_contain_text("资金证明材料")


def test_months_that_are_over_are_offered(world: World) -> None:
    with clock.travel(clock.now() + timedelta(days=70)):
        assert len(access.months_of(world.chen)) >= 2
    assert views.HOME
