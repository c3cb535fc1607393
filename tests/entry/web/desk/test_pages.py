"""The desk's pages in both languages: what they show, what they refuse, what they never show."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from paydesk.audit.models import Entry as Audit
from paydesk.desk.cases.models import Case, Entry
from paydesk.entry.web.desk.templatetags.desk import briefly, left, spaced
from paydesk.kit import ids
from paydesk.people.models import StaffMember
from tests.entry.web.desk.conftest import OpenCase
from tests.factories import ClientOf, StaffFactory

pytestmark = pytest.mark.django_db


def reader(client: Client, lang: str) -> Client:
    client.get(f"/desk/?lang={lang}")
    return client


def test_who_is_not_signed_in_is_sent_to_sign_in(client: Client) -> None:
    response = client.get("/desk/")
    assert response.status_code == 302
    assert response["Location"].startswith("/desk/accounts/sign-in/")


@pytest.mark.parametrize(("lang", "title"), [("zh-hans", "收件箱"), ("en", "Inbox")])
def test_the_inbox_shows_who_waits(
    desk: Client, open_case: OpenCase, lang: str, title: str
) -> None:
    case = open_case()
    page = reader(desk, lang).get("/desk/?tab=waiting").content.decode()
    assert title in page
    assert "陈晓雯" in page
    assert f"/desk/cases/{case.number}/" in page


def test_the_next_is_one_of_the_brands_on_the_screen(
    client_of: ClientOf, staff_factory: StaffFactory, open_case: OpenCase
) -> None:
    client = client_of(staff_factory(brands=["topay", "gopay"]).user)
    first, other = open_case(), open_case(brand="gopay")
    client.get("/desk/?tab=waiting&brand=gopay")
    assert client.post("/desk/next/")["Location"].endswith(f"/{other.number}/")
    assert "这个品牌现在没有人在等待" in client.post("/desk/next/", follow=True).content.decode()
    client.get("/desk/?tab=waiting&brand=")
    assert client.post("/desk/next/")["Location"].endswith(f"/{first.number}/")


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh-hans", ["内部备注", "余额", "可用"]), ("en", ["Internal note", "Balance"])],
)
def test_a_case_shows_the_talk_and_the_account(
    desk: Client, open_case: OpenCase, lang: str, words: list[str]
) -> None:
    case = open_case(body="我的密码是 Qwe12345! 转不出去")
    page = reader(desk, lang).get(f"/desk/cases/{case.number}/").content.decode()
    assert "转不出去" in page
    assert "Qwe12345" not in page
    assert 'class="masked"' in page
    for word in words:
        assert word in page


def test_pages_hold_nothing_inline(desk: Client, open_case: OpenCase) -> None:
    page = desk.get(f"/desk/cases/{open_case().number}/").content.decode()
    assert " style=" not in page
    assert "<script>" not in page
    assert " onclick=" not in page


def test_a_case_of_another_brand_is_not_there(desk: Client, open_case: OpenCase) -> None:
    case = open_case(brand="gopay")
    for what in ("", "entries/", "facts/", "head/", "do/freeze/"):
        assert desk.get(f"/desk/cases/{case.number}/{what}").status_code == 404, what
    posted = desk.post(f"/desk/cases/{case.number}/messages/", {"body": "你好"})
    assert posted.status_code == 404
    assert case.number not in desk.get("/desk/?tab=all").content.decode()
    found = desk.get(f"/desk/?q={case.number}").content.decode()
    assert "/cases/" not in found


def test_htmx_gets_what_stands_beside_the_queue_only(desk: Client, open_case: OpenCase) -> None:
    case = open_case()
    part = desk.get(f"/desk/cases/{case.number}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "data-conversation" in part


def test_a_reply_is_taken_once(desk: Client, open_case: OpenCase) -> None:
    case, client_id = open_case(), str(ids.uuid7())
    sent = {"client_id": client_id, "body": "您好", "internal": ""}
    first, again = (
        desk.post(
            f"/desk/cases/{case.number}/messages/", sent, headers={"X-Requested-With": "fetch"}
        )
        for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Entry.objects.filter(case=case, client_id=client_id).count() == 1


def test_a_refused_reply_says_why(desk: Client, open_case: OpenCase) -> None:
    case = open_case()
    sent = {"client_id": str(ids.uuid7()), "body": "  "}
    told = desk.post(
        f"/desk/cases/{case.number}/messages/", sent, headers={"X-Requested-With": "fetch"}
    )
    assert told.status_code == 400
    assert told.json()["problem"] == "请先写点内容。"


def test_lines_after_a_sequence_come_as_a_fragment(desk: Client, open_case: OpenCase) -> None:
    case = open_case()
    told = desk.get(f"/desk/cases/{case.number}/entries/?after=0").json()
    assert told["last"] == Case.objects.get(pk=case.pk).last_sequence
    assert "转不出去" in told["html"]
    nothing = desk.get(f"/desk/cases/{case.number}/entries/?after={told['last']}").json()
    assert nothing["html"].strip() == ""


def test_take_and_solve(desk: Client, open_case: OpenCase, agent: StaffMember) -> None:
    case = open_case()
    htmx = {"HX-Request": "true"}
    desk.post(f"/desk/cases/{case.number}/take/", headers=htmx)
    case.refresh_from_db()
    assert case.assignee_id == agent.pk
    unanswered = desk.post(f"/desk/cases/{case.number}/solve/", headers=htmx).content.decode()
    assert "客户还没有收到答复" in unanswered
    sent = {"client_id": str(ids.uuid7()), "body": "您好"}
    desk.post(f"/desk/cases/{case.number}/messages/", sent)
    desk.post(f"/desk/cases/{case.number}/solve/", headers=htmx)
    case.refresh_from_db()
    assert case.state == "solved"


def test_next_goes_to_who_waits(desk: Client, open_case: OpenCase) -> None:
    case = open_case()
    response = desk.post("/desk/next/")
    assert response["Location"] == f"/desk/cases/{case.number}/"
    empty = desk.post("/desk/next/", follow=True).content.decode()
    assert "现在没有人在等待" in empty


def test_freezing_asks_first_and_says_what_happens(desk: Client, open_case: OpenCase) -> None:
    case = open_case()
    url = f"/desk/cases/{case.number}/do/freeze/"
    dialog = desk.get(url).content.decode()
    assert "解冻需要第二人审批" in dialog
    done = desk.post(url, {"scope": "all", "reason": "customer_asked"})
    assert done.status_code == 204
    assert "desk:done" in done["HX-Trigger"]
    again = desk.post(url, {"scope": "all", "reason": "customer_asked"})
    assert "已经冻结" in again.content.decode()


def test_a_second_person_unfreezes_on_the_approvals_page(
    desk: Client, open_case: OpenCase, client_of: ClientOf, staff_factory: StaffFactory
) -> None:
    case = open_case()
    desk.post(f"/desk/cases/{case.number}/do/freeze/", {"scope": "all", "reason": "customer_asked"})
    asked = desk.post(f"/desk/cases/{case.number}/do/unfreeze/", {"reason": "本人已核实"})
    assert asked.status_code == 204
    own = desk.get("/desk/approvals/").content.decode()
    assert "要由另一位同事决定" in own
    boss = client_of(staff_factory(role="supervisor", name="王主管").user)
    page = boss.get("/desk/approvals/").content.decode()
    assert "本人已核实" in page
    assert "此人的案件" not in page  # none but the one that asks
    assert case.customer
    other = open_case(customer=case.customer)
    assert f"#{other.number}" in boss.get("/desk/approvals/").content.decode()
    request_id = page.split('id="request-')[1].split('"')[0]
    decided = boss.post(
        f"/desk/approvals/{request_id}/", {"decision": "approve"}, headers={"HX-Request": "true"}
    )
    assert "已批准" in decided.content.decode()
    assert case.customer
    assert not case.customer.restrictions.filter(lifted_at__isnull=True).exists()
    talk = desk.get(f"/desk/cases/{case.number}/").content.decode()
    assert "王主管 批准了解冻账户（双人复核）" in talk


def test_the_look_at_an_account_is_audited_once_an_opening(
    desk: Client, open_case: OpenCase, agent: StaffMember
) -> None:
    case = open_case()
    for _ in range(3):
        desk.get(f"/desk/cases/{case.number}/")
    looks = Audit.objects.filter(action="customer.viewed", actor=f"staff:{agent.pk}")
    assert [one.subject for one in looks] == [f"customer:{case.customer_id}"]


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(minutes=6, seconds=12), "06:12"),
        (timedelta(hours=1, minutes=37, seconds=9), "97 分"),
        (timedelta(days=2, hours=3), "2 天"),
        (None, ""),
    ],
)
def test_a_wait_is_told_in_little_room(span: timedelta | None, told: str) -> None:
    assert briefly(span) == told


@pytest.mark.parametrize(
    ("span", "zh", "en"),
    [
        (timedelta(hours=22, minutes=47, seconds=27), "22 小时 47 分", "22 h 47 min"),
        (timedelta(hours=1), "1 小时 0 分", "1 h 0 min"),
        (timedelta(minutes=59, seconds=59), "59 分 59 秒", "59 min 59 s"),
        (timedelta(days=2, hours=3), "2 天 3 小时", "2 d 3 h"),
        (timedelta(seconds=-1), "0 分 0 秒", "0 min 0 s"),
    ],
)
def test_what_is_left_does_not_read_like_a_clock(span: timedelta, zh: str, en: str) -> None:
    for lang, told in (("zh-hans", zh), ("en", en)):
        with translation.override(lang):
            assert left(span) == told


@pytest.mark.parametrize(
    ("number", "told"),
    [("88120047", "8812 0047"), ("571674997", "571 674 997"), ("1234567890", "1234 5678 90")],
)
def test_a_long_number_is_told_in_groups_of_a_size(number: str, told: str) -> None:
    assert spaced(number) == told
