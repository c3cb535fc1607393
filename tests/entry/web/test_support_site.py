"""The brand's own site page and the visitor's chat: anonymous, his own only, no secrets asked."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from paydesk.brands import profiles
from paydesk.desk.cases import actions as cases
from paydesk.desk.cases.models import Case, Entry
from paydesk.desk.channels.models import Identity
from paydesk.entry.web.support import hours
from paydesk.kit import clock, ids
from tests.factories import ClientOf, CustomerFactory, StaffFactory

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
MONDAY_NIGHT = datetime(2026, 11, 23, 23, tzinfo=SHANGHAI)


def ask(client: Client, body: str = "这个电话是你们的吗？", **more: str) -> str:
    form = {"client_id": str(ids.uuid7()), "topic": "official_check", "body": body, "name": "王"}
    response = client.post("/topay/site/", form | more)
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


@pytest.mark.parametrize("brand", [brand.code for brand in profiles.all()])
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_every_brand_has_its_page(client: Client, brand: str, lang: str) -> None:
    text = client.get(f"/{brand}/site/?lang={lang}").content.decode()
    profile = profiles.get(brand)
    assert profile.name(lang) in text
    assert profile.contacts.hotline in text
    assert profile.contacts.email in text
    assert ("官方联系方式" in text) == (lang == "zh-hans")


@pytest.mark.parametrize(
    ("brand", "lang", "said"),
    [
        ("topay", "zh-hans", "时间为 北京时间"),
        ("topay", "en", "Times are in Beijing time"),
        ("gopay", "zh-hans", "时间为 纽约时间"),
        ("gopay", "en", "Times are in New York time"),
    ],
)
def test_the_zone_of_the_hours_has_a_readable_name(
    client: Client, client_of: ClientOf, customer_factory: CustomerFactory,
    brand: str, lang: str, said: str,
) -> None:  # fmt: skip
    mine = client_of(customer_factory(brand=brand).user)
    site = client.get(f"/{brand}/site/", {"lang": lang}).content.decode()
    helping = mine.get(f"/{brand}/help/", {"lang": lang}).content.decode()
    for text in (site, helping):
        assert said in text
        assert profiles.get(brand).timezone not in text


def test_a_visitor_talks_without_signing_in(client: Client) -> None:
    place = ask(client, name="王女士")
    page = client.get(place).content.decode()
    assert "这个电话是你们的吗？" in page
    assert 'class="tabbar' not in page
    identity = Identity.objects.get()
    assert (identity.display_name, identity.customer) == ("王女士", None)
    assert Entry.objects.get(kind="message").author_kind == "visitor"
    form = {"client_id": str(ids.uuid7()), "body": "还在吗"}
    more = client.post(f"{place}send/", form, follow=True)
    assert "还在吗" in more.content.decode()


def test_the_form_sent_twice_is_one_conversation(client: Client) -> None:
    same = str(ids.uuid7())
    assert ask(client, client_id=same) == ask(client, client_id=same)
    assert Case.objects.count() == 1


def test_another_visitor_finds_nothing(client: Client) -> None:
    place = ask(client)
    assert Client().get(place)["Location"].startswith("/topay/accounts/sign-in/")
    other = Client()
    ask(other)
    assert other.get(f"{place}lines/", headers={"X-Requested-With": "fetch"}).status_code == 401


def test_a_visitors_conversation_goes_on_from_the_page(client: Client) -> None:
    place = ask(client)
    text = client.get("/topay/site/").content.decode()
    assert place in text
    assert "继续您的咨询" in text


def test_a_visitors_topics_promise_nothing_about_an_account(client: Client) -> None:
    text = client.get("/topay/site/").content.decode()
    offered = set(re.findall(r'<option value="(\w+)"', text))
    assert offered == {"other", "official_check", "account_locked", "theft", "complaint"}
    form = {"client_id": str(ids.uuid7()), "topic": "refund", "body": "x"}
    assert client.post("/topay/site/", form).status_code == 422


def test_a_customer_is_led_to_his_own_chat(
    client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    text = client_of(customer_factory().user).get("/topay/site/").content.decode()
    assert "/topay/support/new/" in text
    assert 'name="body"' not in text


def test_secrets_of_a_visitor_are_masked_too(client: Client) -> None:
    page = client.get(ask(client, "我的密码是 hunter2secret")).content.decode()
    assert "hunter2secret" not in page
    assert 'class="masked"' in page


def test_within_hours_it_says_until_when_and_promises_no_wait_from_nothing() -> None:
    with clock.travel(MONDAY_NOON):
        desk = hours.desk(profiles.get("topay"))
    assert (desk.open, desk.line) == (True, "今天服务到 21:00")


def test_outside_hours_it_says_when_somebody_is_back(client: Client) -> None:
    with clock.travel(MONDAY_NIGHT):
        desk = hours.desk(profiles.get("topay"))
        page = client.get(ask(client)).content.decode()
    assert desk.open is False
    assert "08:30" in desk.line
    assert "现在不在服务时间" in page
    assert "前答复您" in page


def test_somebody_is_there_only_in_the_hours_or_for_a_case_of_their_own(
    client: Client, staff_factory: StaffFactory
) -> None:
    agent = staff_factory()
    present = "<span data-presence-text>客服在线"
    with clock.travel(MONDAY_NIGHT):
        cases.seen_at_desk(agent)
        conversation = ask(client)
        assert present not in client.get(conversation).content.decode()
        case = Case.objects.get()
        cases.take(case, agent)
        page = client.get(conversation).content.decode()
    assert present in page
    assert "客服已接手" in page


def test_who_stands_far_back_is_told_so_and_where_else_to_ask(client: Client) -> None:
    with clock.travel(MONDAY_NOON):
        first = client.get(ask(client)).content.decode()
    for seconds in range(1, 5):
        with clock.travel(MONDAY_NOON + timedelta(seconds=seconds)):
            visitor = Client()
            page = visitor.get(ask(visitor)).content.decode()
    assert "前答复您" in first
    assert "您排在第 5 位" in page
    assert "前答复您" not in page
    assert "着急可拨打热线 +86 400 000 0101" in page


def test_hours_are_told_by_days_that_agree() -> None:
    assert hours.week(profiles.get("topay").hours["chat"]) == [
        "周一至周五 08:30–21:00",
        "周六至周日 09:00–18:00",
    ]
    assert hours.week(profiles.get("dingpay").hours["chat"]) == ["每天 24 小时"]
    assert hours.week(profiles.get("topay").hours["email"])[-1] == "周六至周日 休息"
