"""The customer's chat in a real browser: once each and in order, whatever the network does."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from paydesk.desk.cases import actions
from paydesk.desk.cases.models import Case, Entry, ReadMark
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people.models import StaffMember
from tests.browser.world import World, build, enter, say
from tests.factories import CustomerFactory, StaffFactory
from tests.harness.live import LiveApp

NewContext = Callable[..., BrowserContext]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082"
)
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


def open_chat(page: Page, app: LiveApp, case: Case) -> None:
    page.goto(f"{app.url}/topay/support/{case.number}/")
    expect(page.locator("[data-connection=online]")).to_be_visible(timeout=SLOW)


def write(page: Page, words: str) -> None:
    page.get_by_label("消息", exact=True).fill(words)
    page.get_by_label("消息", exact=True).press("Enter")


def staff(agent: StaffMember) -> Actor:
    return Actor(ActorKind.STAFF, agent.pk, "topay")


def bodies(case: Case) -> list[str]:
    return list(case.entries.filter(kind="message", internal=False).values_list("body", flat=True))


def test_an_answer_arrives_by_itself_and_is_read(
    phone: Page, live_app: LiveApp, world: World
) -> None:
    open_chat(phone, live_app, world.case)
    actions.typing(world.case, staff(world.agent))
    expect(phone.locator("[data-typing-line]")).to_be_visible(timeout=SLOW)
    say(world.case, staff(world.agent), "已经可以收款了")
    expect(phone.locator(".msg.them").last).to_contain_text("已经可以收款了", timeout=SLOW)
    expect(phone.locator("[data-typing-line]")).to_be_hidden()
    last = Case.objects.get(pk=world.case.pk).last_sequence
    phone.wait_for_timeout(500)
    assert ReadMark.objects.get(case=world.case, reader_kind="customer").read == last


def test_the_desks_reading_turns_delivered_into_read(
    phone: Page, live_app: LiveApp, world: World
) -> None:
    open_chat(phone, live_app, world.case)
    write(phone, "看到了吗")
    receipt = phone.locator(".msg.me").last.locator("[data-receipt]")
    expect(receipt).to_have_text("已送达", timeout=SLOW)
    world.case.refresh_from_db()
    actions.mark_read(world.case, staff(world.agent), read=world.case.last_sequence)
    expect(receipt).to_have_text("已读", timeout=SLOW)


def test_written_without_a_network_is_sent_once_and_in_order(
    phone: Page, live_app: LiveApp, world: World
) -> None:
    before = bodies(world.case)
    open_chat(phone, live_app, world.case)
    phone.context.set_offline(True)
    for words in ("一", "二", "三"):
        write(phone, words)
    expect(phone.locator(".msg.pending")).to_have_count(3)
    phone.context.set_offline(False)
    expect(phone.locator(".msg.pending")).to_have_count(0, timeout=SLOW)
    assert bodies(world.case) == [*before, "一", "二", "三"]
    shown = phone.locator(".msg.me").all_inner_texts()[-3:]
    assert [text.split("\n")[0] for text in shown] == ["一", "二", "三"]


@pytest.mark.parametrize("width", [390, 1280])
def test_at_the_desk_what_waits_for_the_network_is_seen_whole(
    width: int, live_app: LiveApp, world: World, new_context: NewContext
) -> None:
    for n in range(12):  # more than a screen
        say(world.case, staff(world.agent), f"第 {n} 句话")
    context = new_context(viewport={"width": width, "height": 844}, locale="zh-CN")
    enter(context, live_app, world.agent.user)
    desk = context.new_page()
    desk.goto(f"{live_app.url}/desk/cases/{world.case.number}/")
    expect(desk.locator("[data-talk] .msg").last).to_contain_text("第 11 句话")
    context.set_offline(True)
    for words in ("我马上核实。", "请稍等，" * 40):
        desk.locator(".write textarea").fill(words)
        desk.locator(".write textarea").press("Control+Enter")
        waiting = desk.locator("[data-pending] .msg").last
        expect(waiting).to_contain_text("等待网络")
        bubble, composer = waiting.bounding_box(), desk.locator(".write").bounding_box()
        assert bubble
        assert composer
        assert bubble["y"] + bubble["height"] <= composer["y"]


def test_an_answer_lost_on_its_way_does_not_double_the_message(
    phone: Page, live_app: LiveApp, world: World
) -> None:
    open_chat(phone, live_app, world.case)
    lost: list[str] = []

    def lose_the_first(route: object, request: object) -> None:
        if lost:
            route.continue_()  # type: ignore[attr-defined]  # a Route
            return
        lost.append(route.fetch().text())  # type: ignore[attr-defined]  # the server has it
        route.abort()  # type: ignore[attr-defined]  # a Route

    phone.route("**/send/", lose_the_first)
    write(phone, "只要一次")
    expect(phone.locator(".msg.me:not(.pending)", has_text="只要一次")).to_have_count(
        1, timeout=SLOW
    )
    expect(phone.locator(".msg.pending")).to_have_count(0, timeout=SLOW)
    assert lost
    assert bodies(world.case).count("只要一次") == 1
    assert phone.locator(".msg", has_text="只要一次").count() == 1


def test_what_was_not_sent_survives_a_restart_of_the_server_and_a_reload(
    phone: Page, live_app: LiveApp, world: World
) -> None:
    open_chat(phone, live_app, world.case)
    live_app.stop_web(crash=True)
    write(phone, "重启时写的")
    expect(phone.locator(".msg.pending")).to_have_count(1)
    live_app.start()
    phone.reload()
    expect(phone.locator(".msg.me:not(.pending)", has_text="重启时写的")).to_have_count(
        1, timeout=30_000
    )
    assert bodies(world.case).count("重启时写的") == 1


def test_a_refused_message_says_why_and_can_be_dropped(
    phone: Page, live_app: LiveApp, world: World
) -> None:
    open_chat(phone, live_app, world.case)
    Case.objects.filter(pk=world.case.pk).update(state="closed")
    write(phone, "还在吗")
    failed = phone.locator(".msg.failed")
    expect(failed).to_contain_text("已关闭", timeout=SLOW)
    failed.get_by_role("button", name="删除").click()
    expect(failed).to_have_count(0)


def test_files_are_checked_and_sent(phone: Page, live_app: LiveApp, world: World) -> None:
    open_chat(phone, live_app, world.case)
    phone.locator("input[type=file]").set_input_files(
        [
            {"name": "截图.png", "mimeType": "image/png", "buffer": PNG},
            {"name": "x.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"},
        ]
    )
    expect(phone.locator(".up.bad")).to_contain_text("只能发送")
    expect(phone.locator(".up:not(.bad) progress")).to_have_count(0, timeout=SLOW)
    phone.get_by_role("button", name="发送", exact=True).click()
    expect(phone.locator(".msg.me .file")).to_contain_text("截图.png", timeout=SLOW)
    (sent,) = Entry.objects.filter(case=world.case, attachments__isnull=False)
    assert sent.attachments.get().file.name == "截图.png"


def test_the_newest_message_stays_in_sight_when_files_are_added(
    phone: Page, live_app: LiveApp, world: World
) -> None:
    for n in range(12):
        say(world.case, staff(world.agent), f"第 {n} 条")
    open_chat(phone, live_app, world.case)
    last = phone.locator(".msg").last
    expect(last).to_be_in_viewport(ratio=1)
    file = {"name": "截图.png", "mimeType": "image/png", "buffer": PNG}
    phone.locator("input[type=file]").set_input_files([file, file, file])
    expect(phone.locator(".up")).to_have_count(3)
    expect(last).to_be_in_viewport(ratio=1)
    phone.locator("[data-scroll]").evaluate("(box) => box.scrollTo(0, 0)")
    phone.get_by_label("消息", exact=True).fill("一\n二\n三\n四")
    phone.wait_for_timeout(200)
    assert phone.locator("[data-scroll]").evaluate("(box) => box.scrollTop") == 0


def test_older_messages_come_in_above_without_moving_the_page(
    phone: Page, live_app: LiveApp, world: World
) -> None:
    for n in range(60):
        say(world.case, staff(world.agent), f"第 {n} 条")
    open_chat(phone, live_app, world.case)
    scroll = phone.locator("[data-scroll]")
    scroll.evaluate("box => box.scrollTop = 0")
    first = phone.locator("li[data-sequence]").first.get_attribute("id")
    phone.get_by_role("button", name="更早的消息").click()
    expect(phone.locator(".fact")).to_be_visible(timeout=SLOW)
    assert scroll.evaluate("box => box.scrollTop") > 200
    numbers = phone.locator("li[data-sequence]").evaluate_all(
        "lines => lines.map(l => +l.dataset.sequence)"
    )
    assert numbers == sorted(set(numbers))
    assert first != f"e-{numbers[0]}"
    assert phone.locator("li.day").count() == 1
    say(world.case, staff(world.agent), "最新的一条")
    newest = phone.get_by_role("button", name="最新消息")
    expect(newest).to_be_visible(timeout=SLOW)
    newest.click()
    expect(phone.locator(".msg", has_text="最新的一条")).to_be_in_viewport()


def test_the_wallet_counts_what_is_unread(phone: Page, live_app: LiveApp, world: World) -> None:
    phone.goto(f"{live_app.url}/topay/help/")
    badge = phone.locator("[data-unread]")
    before = int(badge.inner_text() or 0) if badge.is_visible() else 0
    phone.wait_for_timeout(1000)
    say(world.case, staff(world.agent), "有新消息")
    expect(badge).to_have_text(str(before + 1), timeout=SLOW)
    expect(phone.locator(".toast")).to_contain_text("客服有新的回复")


def test_a_visitor_talks_live_without_signing_in(
    live_app: LiveApp, world: World, new_context: NewContext
) -> None:
    page = new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    page.goto(f"{live_app.url}/topay/site/")
    page.get_by_label(re.compile("怎么称呼您")).fill("王女士")
    page.get_by_label("发生了什么？").fill("这个电话是你们的吗？")
    page.get_by_role("button", name="开始咨询").click()
    expect(page.locator(".msg.me")).to_contain_text("这个电话是你们的吗？")
    case = Case.objects.filter(identity__display_name="王女士").latest("opened_at")
    say(case, staff(world.agent), "是我们的")
    expect(page.locator(".msg.them")).to_contain_text("是我们的", timeout=SLOW)


def test_two_tabs_show_the_same(phone: Page, live_app: LiveApp, world: World) -> None:
    open_chat(phone, live_app, world.case)
    other = phone.context.new_page()
    open_chat(other, live_app, world.case)
    write(other, "在另一个标签页写的")
    for page in (phone, other):
        lines = page.locator(".msg", has_text="在另一个标签页写的")
        expect(lines).to_have_count(1, timeout=SLOW)
