"""Other people's cases, files, payments and pages; forms from elsewhere; nonsense in addresses."""

import uuid

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from paydesk.desk.cases import actions
from paydesk.desk.cases.models import Case, Entry
from paydesk.desk.cases.rules import Topic
from paydesk.kit import ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people.models import Customer, StaffMember
from tests.factories import PASSWORD, ClientOf, CustomerFactory, StaffFactory

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def victim(customer_factory: CustomerFactory) -> Customer:
    return customer_factory(email="victim@example.com")


@pytest.fixture
def case(victim: Customer) -> Case:
    actor = Actor(ActorKind.CUSTOMER, victim.pk, "topay")
    opened = actions.open_case(
        brand="topay", channel="chat", actor=actor, topic=Topic.OTHER, customer=victim
    )
    actions.post_message(opened, author=actor, client_id=ids.uuid7(), body="我的秘密")
    return opened


@pytest.fixture
def strangers(customer_factory: CustomerFactory, client_of: ClientOf) -> list[tuple[str, Client]]:
    """Another customer, one of another brand who has the same address, a visitor, nobody."""
    visitor = Client()
    form = {"client_id": str(uuid.uuid4()), "topic": "other", "body": "你好"}
    assert visitor.post("/topay/site/", form).status_code == 302
    elsewhere = customer_factory(brand="gopay", email="victim@example.com")
    return [
        ("/topay", client_of(customer_factory().user)),
        ("/topay", client_of(elsewhere.user)),
        ("/gopay", client_of(elsewhere.user)),
        ("/topay", visitor),
        ("/topay", Client()),
    ]


def upload(client: Client, number: str) -> str:
    file = SimpleUploadedFile("a.png", PNG)
    sent = client.post(f"/topay/support/{number}/files/", {"file": file}, headers=FETCH)
    return str(sent.json()["id"])


def say(client: Client, number: str, **form: str) -> int:
    given = {"client_id": str(uuid.uuid4()), "body": "你好"} | form
    return client.post(f"/topay/support/{number}/send/", given, headers=FETCH).status_code


def test_a_case_is_unknown_to_everybody_else(
    case: Case, victim: Customer, client_of: ClientOf, strangers: list[tuple[str, Client]]
) -> None:
    own = client_of(victim.user)
    file = upload(own, case.number)
    assert say(own, case.number, files=file) == 200
    before = (Entry.objects.count(), Case.objects.get(pk=case.pk).changed_at)
    for prefix, client in strangers:
        base = f"{prefix}/support/{case.number}/"
        for what in ("", "lines/", "state/", f"files/{file}/"):
            answer = client.get(base + what, headers=FETCH)
            assert answer.status_code in (302, 401, 404), base + what
            assert "我的秘密" not in answer.content.decode()
        for what in ("send/", "read/", "typing/", "files/"):
            form = {"client_id": str(uuid.uuid4()), "body": "x", "sequence": "9"}
            assert client.post(base + what, form, headers=FETCH).status_code in (302, 401, 404)
    assert (Entry.objects.count(), Case.objects.get(pk=case.pk).changed_at) == before


def test_nobody_sends_on_a_file_of_another_or_one_twice(
    case: Case, victim: Customer, client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    own, thief = client_of(victim.user), customer_factory()
    kept, sent = upload(own, case.number), upload(own, case.number)
    assert say(own, case.number, files=sent) == 200
    theirs = actions.open_case(
        brand="topay", channel="chat", topic=Topic.OTHER, customer=thief,
        actor=Actor(ActorKind.CUSTOMER, thief.pk, "topay"),
    )  # fmt: skip
    client = client_of(thief.user)
    for file in (kept, sent):
        assert say(client, theirs.number, files=file) == 400
        assert client.get(f"/topay/support/{theirs.number}/files/{file}/").status_code == 404
    assert say(own, case.number, files=sent) == 400


def test_what_staff_write_among_themselves_reaches_no_customer(
    case: Case, victim: Customer, client_of: ClientOf, staff_factory: StaffFactory
) -> None:
    agent = staff_factory()
    desk = client_of(agent.user)
    note = {"client_id": str(uuid.uuid4()), "body": "内部：可疑", "internal": "1"}
    assert desk.post(f"/desk/cases/{case.number}/messages/", note, headers=FETCH).status_code == 201
    own = client_of(victim.user)
    for what in ("", "lines/", "lines/?after=0", "lines/?before=99", "state/"):
        assert "可疑" not in own.get(f"/topay/support/{case.number}/{what}").content.decode()


@pytest.mark.parametrize("brands", [["gopay"], []])
def test_staff_of_no_or_another_brand_find_nothing(
    case: Case, staff_factory: StaffFactory, client_of: ClientOf, brands: list[str]
) -> None:
    staff: StaffMember = staff_factory(role="admin" if brands else None, brands=brands)
    client = client_of(staff.user)
    base = f"/desk/cases/{case.number}/"
    for what in ("", "head/", "facts/", "entries/", "do/freeze/", "do/refund/", "hand-over/"):
        assert client.get(base + what).status_code == 404, what
    for what in ("messages/", "read/", "typing/", "files/", "take/", "solve/", "do/freeze/"):
        assert client.post(base + what, {"scope": "all"}).status_code == 404, what
    found = client.get("/desk/", {"tab": "all", "brand": "topay", "q": "victim@example.com"})
    assert case.number not in found.content.decode()
    assert "我的秘密" not in client.get("/desk/?tab=all&brand=topay&q=").content.decode()


def test_a_session_is_of_no_use_at_another_door(
    victim: Customer, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    values = [
        client_of(victim.user).cookies["paydesk_customer_topay"].value,
        client_of(staff_factory().user).cookies["paydesk_staff"].value,
    ]
    for name, page in (
        ("paydesk_customer_gopay", "/gopay/"),
        ("paydesk_customer_topay", "/topay/"),
        ("paydesk_staff", "/desk/"),
    ):
        for value in values:
            client = Client()
            client.cookies[name] = value
            own = (name, value) in zip(
                ("paydesk_customer_topay", "paydesk_staff"), values, strict=True
            )
            assert (client.get(page).status_code == 200) is own


def test_no_form_from_elsewhere_is_taken(
    case: Case, victim: Customer, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    agent = staff_factory()
    for user, paths in (
        (
            victim.user,
            [
                "/topay/transfer/", "/topay/topup/", "/topay/security/freeze/", "/topay/site/",
                "/topay/accounts/sign-out/", f"/topay/support/{case.number}/send/",
                "/topay/support/new/",
            ],
        ),
        (
            agent.user,
            [
                f"/desk/cases/{case.number}/do/freeze/", "/desk/next/",
                f"/desk/cases/{case.number}/messages/", f"/desk/approvals/{uuid.uuid4()}/",
            ],
        ),
    ):  # fmt: skip
        strict = Client(enforce_csrf_checks=True)
        strict.cookies.update(client_of(user).cookies)
        for path in paths:
            assert strict.post(path, {"csrfmiddlewaretoken": "a" * 64}).status_code == 403, path


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.example/", "//evil.example/topay/", "/\\evil.example", "/topay//\\evil",
        "javascript:alert(1)", "https:evil.example", "/gopay/", "/desk/", " /topay/\r\nX: y",
    ],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(victim: Customer, away: str) -> None:
    client = Client()
    form = {"login": "victim@example.com", "password": PASSWORD, "next": away}
    answer = client.post("/topay/accounts/sign-in/", form)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/topay/")
    assert "\\" not in answer["Location"]
    assert "evil" not in answer["Location"].replace("%5C", "\\").split("\\")[0].split("//")[0]


def test_a_session_planted_before_signing_in_is_not_the_one_after(victim: Customer) -> None:
    client = Client()
    client.get("/topay/accounts/sign-in/?lang=en")
    planted = client.cookies["paydesk_customer_topay"].value
    client.post("/topay/accounts/sign-in/", {"login": "victim@example.com", "password": PASSWORD})
    assert client.cookies["paydesk_customer_topay"].value != planted
    other = Client()
    other.cookies["paydesk_customer_topay"] = planted
    assert other.get("/topay/").status_code == 302


NONSENSE = ["%00", "'", "%F0%9F%92%B8", "..%2f..", "a" * 300, "%e2%80%ae", "9" * 5000, "%ff"]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_addresses_breaks_nothing(
    case: Case, victim: Customer, staff_factory: StaffFactory, client_of: ClientOf, nonsense: str
) -> None:
    own, desk = client_of(victim.user), client_of(staff_factory().user)
    own.raise_request_exception = desk.raise_request_exception = False
    for client, addresses in (
        (
            own,
            [
                "/topay/activity/{}/", "/topay/activity/?after={}", "/topay/activity/?text={}",
                "/topay/support/{}/", f"/topay/support/{case.number}/lines/?after={{}}",
                "/topay/topup/?amount={}&currency={}", "/topay/transfer/?to={}&retry={}&without={}",
                "/topay/?lang={}&scheme={}", "/topay/support/new/?topic={}",
                "/topay/activity/?since={}&until={}&kind={}&state={}",
                "/topay/accounts/unlock/{}/", "/topay/accounts/verify/{}/",
                "/topay/accounts/password/new/{}-{}/",
            ],
        ),
        (
            desk,
            [
                "/desk/cases/{}/", "/desk/?q={}", "/desk/?tab={}&brand={}", "/desk/queue/?case={}",
                f"/desk/cases/{case.number}/entries/?after={{}}&day={{}}",
                f"/desk/cases/{case.number}/entries/?before={{}}",
                f"/desk/cases/{case.number}/do/{{}}/",
            ],
        ),
    ):  # fmt: skip
        for address in addresses:
            answer = client.get(address.replace("{}", nonsense))
            assert answer.status_code < 500, address


def test_nonsense_in_forms_breaks_nothing(
    case: Case, victim: Customer, client_of: ClientOf
) -> None:
    own = client_of(victim.user)
    own.raise_request_exception = False
    for value in ("\x00", "9" * 5000, "-1", "1e9", "NaN", "²", ""):
        for path, form in (
            (f"/topay/support/{case.number}/send/", {"client_id": value, "body": value}),
            (
                f"/topay/support/{case.number}/send/",
                {"client_id": str(uuid.uuid4()), "body": value + "x"},
            ),
            (f"/topay/support/{case.number}/read/", {"sequence": value}),
            (
                "/topay/transfer/",
                dict.fromkeys(
                    ("key", "amount", "currency", "recipient", "note", "retry_of"), value
                ),
            ),
            (
                "/topay/topup/",
                dict.fromkeys(("key", "amount", "currency", "instrument", "retry_of"), value),
            ),
            (
                "/topay/topup/",
                {
                    "key": str(uuid.uuid4()),
                    "amount": value,
                    "currency": "CNY",
                    "instrument": "sim_card_4242",
                },
            ),
            ("/topay/support/new/", dict.fromkeys(("client_id", "topic", "body"), value)),
            ("/topay/accounts/sign-in/", {"login": value, "password": value, "next": value}),
        ):
            assert own.post(path, form, headers=FETCH).status_code < 500, (path, value)


@pytest.mark.parametrize("host", ["evil.example", "a" * 300, "topay\\x", "[::1", ""])
def test_a_host_that_is_not_ours_is_refused(host: str) -> None:
    for path in ("/topay/", "/desk/", "/"):
        assert Client().get(path, headers={"host": host}).status_code == 400


def test_nothing_of_the_demo_is_there_without_it(settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    for path in ("/", "/mailbox/", "/mailbox/list/", f"/mailbox/{uuid.uuid4()}/"):
        assert Client().get(path).status_code == 404


def test_the_key_that_signs_is_not_one_that_everybody_knows() -> None:
    assert len(settings.SECRET_KEY) > 0
    assert "only-for" not in settings.SECRET_KEY
