"""The customer's side of a conversation over HTTP: whose it is, once each, in order, masked."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from paydesk.desk.cases import actions
from paydesk.desk.cases.models import Case, Entry, ReadMark
from paydesk.desk.cases.rules import State, Topic
from paydesk.kit import ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people.models import Customer, StaffMember
from tests.factories import ClientOf, CustomerFactory, StaffFactory

pytestmark = pytest.mark.django_db

FETCH = {"X-Requested-With": "fetch"}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082"
)


@pytest.fixture
def chen(customer_factory: CustomerFactory) -> Customer:
    return customer_factory(name="陈晓雯")


@pytest.fixture
def wallet(client_of: ClientOf, chen: Customer) -> Client:
    return client_of(chen.user)


@pytest.fixture
def agent(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(name="林小北")


@pytest.fixture
def case(chen: Customer) -> Case:
    actor = Actor(ActorKind.CUSTOMER, chen.pk, "topay")
    return actions.open_case(
        brand="topay", channel="chat", customer=chen, topic=Topic.OTHER, actor=actor
    )


def at(case: Case, path: str = "") -> str:
    return f"/topay/support/{case.number}/{path}"


def say(client: Client, case: Case, body: str, client_id: Any = None, **more: str) -> Any:
    form = {"client_id": str(client_id or ids.uuid7()), "body": body} | more
    return client.post(at(case, "send/"), form, headers=FETCH)


def answer(case: Case, agent: StaffMember, body: str, *, internal: bool = False) -> Entry:
    actor = Actor(ActorKind.STAFF, agent.pk, case.brand)
    return actions.post_message(
        case, author=actor, client_id=ids.uuid7(), body=body, internal=internal
    )


def test_a_conversation_starts_with_topic_and_words(wallet: Client, chen: Customer) -> None:
    client_id = str(ids.uuid7())
    form = {"client_id": client_id, "topic": "refund", "body": "退款还没到"}
    first = wallet.post("/topay/support/new/", form)
    second = wallet.post("/topay/support/new/", form)
    assert first["Location"] == second["Location"]
    case = Case.objects.get(customer=chen)
    assert (case.topic, case.channel) == ("refund", "chat")
    page = wallet.get(first["Location"]).content.decode()
    assert "退款还没到" in page
    assert page.count("退款还没到") == 1


def test_nothing_written_is_said_at_the_field_and_opens_no_case(wallet: Client) -> None:
    response = wallet.post("/topay/support/new/", {"client_id": str(ids.uuid7()), "topic": "other"})
    assert response.status_code == 422
    assert "请先写点内容" in response.content.decode()
    assert not Case.objects.exists()


def test_the_same_client_id_is_one_message(wallet: Client, case: Case) -> None:
    same = ids.uuid7()
    first, second = say(wallet, case, "在吗", same), say(wallet, case, "在吗", same)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["html"] == second.json()["html"]
    assert Entry.objects.filter(case=case, kind="message").count() == 1


def test_lines_come_once_and_in_order(wallet: Client, case: Case, agent: StaffMember) -> None:
    for n in range(3):
        say(wallet, case, f"问 {n}")
        answer(case, agent, f"答 {n}")
    page = wallet.get(at(case, "lines/?after=0")).json()["html"]
    told = [page.index(text) for n in range(3) for text in (f"问 {n}", f"答 {n}")]
    assert told == sorted(told)
    last = case.entries.last()
    assert last
    assert wallet.get(at(case, f"lines/?after={last.sequence}")).json()["html"].strip() == ""


def test_internal_notes_never_reach_the_customer(
    wallet: Client, case: Case, agent: StaffMember
) -> None:
    say(wallet, case, "在吗")
    answer(case, agent, "内部：此人可疑", internal=True)
    answer(case, agent, "您好")
    for page in (at(case), at(case, "lines/?after=0"), at(case, "lines/?before=99")):
        text = wallet.get(page).content.decode()
        assert "可疑" not in text
        assert "您好" in text or "\\u60a8\\u597d" in text


def test_secrets_are_masked_and_the_sender_is_warned(wallet: Client, case: Case) -> None:
    page = say(wallet, case, "我的密码是 hunter2secret，卡号 4242 4242 4242 4242").json()["html"]
    assert "hunter2secret" not in page
    assert "4242 4242" not in page
    assert page.count('class="masked"') == 2
    lines = wallet.get(at(case, "lines/?after=0")).json()["html"]
    assert "客服绝不会索要" in lines


def test_what_is_written_is_shown_as_text(wallet: Client, case: Case) -> None:
    page = say(wallet, case, "<script>alert(1)</script>").json()["html"]
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_anothers_conversation_is_not_there(
    client_of: ClientOf, customer_factory: CustomerFactory, case: Case
) -> None:
    stranger = client_of(customer_factory().user)
    assert stranger.get(at(case)).status_code == 404
    for path in ("lines/", "state/"):
        assert stranger.get(at(case, path), headers=FETCH).status_code == 404
    for path in ("send/", "read/", "typing/", "files/"):
        assert stranger.post(at(case, path), headers=FETCH).status_code == 404
    assert not case.entries.filter(kind="message").exists()


def test_a_lapsed_session_is_told_apart_so_that_the_page_keeps_the_message(
    client: Client, case: Case
) -> None:
    assert say(client, case, "在吗").status_code == 401
    assert client.get(at(case))["Location"].startswith("/topay/accounts/sign-in/")


def test_without_scripts_a_form_does(wallet: Client, case: Case) -> None:
    form = {"client_id": str(ids.uuid7()), "body": "没有脚本"}
    page = wallet.post(at(case, "send/"), form, follow=True)
    assert "没有脚本" in page.content.decode()
    empty = wallet.post(at(case, "send/"), form | {"body": " "}, follow=True)
    assert "请先写点内容" in empty.content.decode()


@pytest.mark.parametrize(
    "form", [{"body": "x"}, {"client_id": "no", "body": "x"}, {"files": "no", "body": "x"}]
)
def test_a_request_that_is_no_message_is_refused(
    wallet: Client, case: Case, form: dict[str, str]
) -> None:
    response = wallet.post(at(case, "send/"), form, headers=FETCH)
    assert response.status_code == 400
    assert response.json()["problem"]


def test_a_closed_conversation_takes_nothing_more(wallet: Client, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED)
    response = say(wallet, case, "还在吗")
    assert response.status_code == 400
    assert "已关闭" in response.json()["problem"]
    page = wallet.get(at(case)).content.decode()
    assert "开始新的咨询" in page
    assert "data-composer" not in page


def test_unread_is_counted_until_read(wallet: Client, case: Case, agent: StaffMember) -> None:
    say(wallet, case, "在吗")
    assert wallet.get("/topay/support/unread/").json() == {"unread": 0}
    entry = answer(case, agent, "在的")
    assert wallet.get("/topay/support/unread/").json() == {"unread": 1}
    assert 'class="badge"' in wallet.get("/topay/support/").content.decode()
    wallet.post(at(case, "read/"), {"sequence": str(entry.sequence)}, headers=FETCH)
    assert wallet.get("/topay/support/unread/").json() == {"unread": 0}


def test_marks_go_forward_only_and_never_past_the_end(wallet: Client, case: Case) -> None:
    say(wallet, case, "一")
    for sequence in ("999999", "1", "junk"):
        wallet.post(at(case, "read/"), {"sequence": sequence}, headers=FETCH)
    case.refresh_from_db()
    assert ReadMark.objects.get(case=case).read == case.last_sequence


def test_the_desks_reading_shows_as_read(wallet: Client, case: Case, agent: StaffMember) -> None:
    assert "已送达" in say(wallet, case, "在吗").json()["html"]
    case.refresh_from_db()
    actions.mark_read(case, Actor(ActorKind.STAFF, agent.pk, "topay"), read=case.last_sequence)
    told = wallet.get(at(case, "state/")).json()
    assert told["staff_read"] == case.last_sequence
    assert "已读" in wallet.get(at(case)).content.decode()


def test_somebody_at_the_desk_shows_as_present(
    wallet: Client, case: Case, agent: StaffMember, staff_factory: StaffFactory
) -> None:
    assert wallet.get(at(case, "state/")).json()["present"] is False
    actions.seen_at_desk(staff_factory(brands=["gopay"]))
    assert wallet.get(at(case, "state/")).json()["present"] is False
    actions.seen_at_desk(agent)
    assert wallet.get(at(case, "state/")).json()["present"] is True
    actions.take(case, staff_factory())
    assert wallet.get(at(case, "state/")).json()["present"] is False


def test_a_file_goes_up_first_and_then_with_a_message(wallet: Client, case: Case) -> None:
    upload = SimpleUploadedFile("截图.png", PNG, "image/png")
    stored = wallet.post(at(case, "files/"), {"file": upload}, headers=FETCH)
    assert stored.status_code == 201
    page = say(wallet, case, "", files=stored.json()["id"]).json()["html"]
    assert "截图.png" in page
    file = wallet.get(at(case, f"files/{stored.json()['id']}/"))
    assert file.content == PNG
    assert "nosniff" in file["X-Content-Type-Options"]


@pytest.mark.parametrize(
    ("name", "content"), [("a.exe", b"MZ\x90\x00"), ("a.svg", b"<svg onload=x>"), ("a.png", b"")]
)
def test_files_that_could_do_harm_are_refused(
    wallet: Client, case: Case, name: str, content: bytes
) -> None:
    upload = SimpleUploadedFile(name, content, "image/png")
    refused = wallet.post(at(case, "files/"), {"file": upload}, headers=FETCH)
    assert refused.status_code == 400
    assert refused.json()["problem"]


def test_anothers_file_can_not_be_sent_or_read(
    wallet: Client, case: Case, client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    upload = SimpleUploadedFile("a.png", PNG, "image/png")
    stored = wallet.post(at(case, "files/"), {"file": upload}, headers=FETCH).json()["id"]
    say(wallet, case, "", files=stored)
    stranger = customer_factory()
    theirs = actions.open_case(
        brand="topay",
        channel="chat",
        customer=stranger,
        topic=Topic.OTHER,
        actor=Actor(ActorKind.CUSTOMER, stranger.pk, "topay"),
    )
    other = client_of(stranger.user)
    assert say(other, theirs, "", files=stored).status_code == 400
    assert other.get(at(theirs, f"files/{stored}/")).status_code == 404
    assert other.get(at(case, f"files/{stored}/")).status_code == 404


@pytest.mark.parametrize(("lang", "words"), [("zh-hans", "联系客服"), ("en", "Contact support")])
def test_the_list_of_a_newcomer_leads_to_a_person(wallet: Client, lang: str, words: str) -> None:
    assert words in wallet.get(f"/topay/support/?lang={lang}").content.decode()
