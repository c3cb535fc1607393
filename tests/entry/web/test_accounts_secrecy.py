"""Before signing in, every answer is the same for any address: in words, and in what it costs."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from paydesk.kit import clock
from paydesk.notifications.models import Message
from paydesk.people.models import Customer, RateCount, User
from tests.entry.web.doors import CHEN, at, last_link, register, seen, sign_in
from tests.factories import PASSWORD, CustomerFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every time that argon2 is really computed."""
    done: list[str] = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda *a, **k: done.append("encode") or encode(*a, **k)
    )
    monkeypatch.setattr(
        Argon2PasswordHasher, "verify", lambda *a, **k: done.append("verify") or verify(*a, **k)
    )
    return done


@pytest.mark.parametrize("brand", ["topay", "desk"])
def test_a_wrong_sign_in_looks_the_same_for_known_and_unknown(
    customer_factory: CustomerFactory,
    staff_factory: StaffFactory,
    hashes: list[str],
    brand: str,
) -> None:
    known = (staff_factory() if brand == "desk" else customer_factory()).user.email
    hashes.clear()
    pages, costs = [], []
    for login in (known, "nobody@example.com", "13900000000", "123456789", "garbage"):
        page = sign_in(Client(), login, "wrong password", brand=brand)
        pages.append((page.status_code, seen(page)))
        costs.append(len(hashes))
        hashes.clear()
    assert len(set(pages)) == 1
    assert costs == [1] * 5


def test_locked_and_closed_look_like_wrong_to_a_guesser(customer_factory: CustomerFactory) -> None:
    locked, closed = customer_factory(), customer_factory()
    for n in range(5):
        sign_in(Client(), locked.user.email, f"wrong {n}")
    User.objects.filter(id=closed.user_id).update(is_active=False)
    pages = {
        seen(sign_in(Client(), login, "wrong"))
        for login in (locked.user.email, closed.user.email, "nobody@example.com")
    }
    assert len(pages) == 1


@pytest.mark.parametrize(
    "taken",
    [
        {"phone": "139 0000 0000"},  # known e-mail, new phone
        {"email": "new@example.com"},  # new e-mail, known phone
        {},
    ],
)
def test_registering_looks_the_same_for_known_and_new(
    hashes: list[str], taken: dict[str, str]
) -> None:
    new = Client()
    first = register(new)
    cost = len(hashes)
    hashes.clear()
    RateCount.objects.all().delete()  # a mail to the same address was a moment ago
    User.objects.update(phone_proved_at=clock.now())  # or the number would be nobody's yet
    known = Client()
    again = register(known, **taken)
    assert (again.status_code, again["Location"]) == (first.status_code, first["Location"])
    assert len(hashes) == cost == 1
    pages = [
        seen(client.get(first["Location"])).replace("new@example.com", CHEN["email"])
        for client in (new, known)
    ]
    assert pages[0] == pages[1]
    assert Customer.objects.count() == 1
    told = Message.objects.get(template="people/already_registered")
    assert told.to_address == taken.get("email", CHEN["email"])
    assert not Message.objects.exclude(template__startswith="people/").exists()


def test_who_was_registered_already_keeps_password_name_and_phone() -> None:
    register(Client())
    register(Client(), password1="the intruder's 55", name="Intruder", phone="139 0000 0000")
    customer = Customer.objects.get()
    assert (customer.name, customer.user.phone) == ("陈晓雯", "+8613800138000")
    assert customer.user.check_password(PASSWORD)


@pytest.mark.parametrize("brand", ["topay", "desk"])
def test_a_forgotten_password_looks_the_same_for_known_and_unknown(
    customer_factory: CustomerFactory, staff_factory: StaffFactory, brand: str
) -> None:
    known = (staff_factory() if brand == "desk" else customer_factory()).user.email
    answers = []
    for email in (known, "nobody@example.com"):
        client = Client()
        response = client.post(at(brand, "password/forgotten/"), {"email": email})
        answers.append((response["Location"], seen(client.get(response["Location"]))))
    assert answers[0] == answers[1]
    sent = {message.to_address: message.template for message in Message.objects.all()}
    assert sent == {known: "people/reset", "nobody@example.com": "people/no_account"}


def test_attempts_are_counted_in_the_database_for_every_process(
    customer_factory: CustomerFactory,
) -> None:
    customer = customer_factory()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        sign_in(Client(), customer.user.email, "wrong")
    assert any("people_rate_count" in query["sql"] for query in queries)
    # From one source after the other: a source has fewer tries for an account.
    pages = [
        sign_in(Client(REMOTE_ADDR=f"192.0.2.{n}"), "nobody@example.com", f"wrong {n}")
        for n in range(21)
    ]
    assert "尝试次数太多" in pages[20].content.decode()
    assert "尝试次数太多" not in pages[19].content.decode()
    # One address used up is not another's, nor the same address's at another brand.
    assert "尝试次数太多" not in sign_in(Client(), "other@example.com", "x").content.decode()
    there = sign_in(Client(), "nobody@example.com", "x", brand="dingpay").content.decode()
    assert "尝试次数太多" not in there


def test_a_flood_of_forms_is_answered_429(client: Client) -> None:
    codes = [
        client.post(at("topay", "password/forgotten/"), {"email": "a@example.com"}).status_code
        for _ in range(4)
    ]
    assert codes == [302, 302, 302, 429]
    page = client.post(at("topay", "password/forgotten/"), {"email": "a@example.com"})
    assert "操作太频繁" in page.content.decode()


def test_links_that_open_something_are_in_no_stored_message(
    customer_factory: CustomerFactory,
) -> None:
    customer = customer_factory()
    register(Client())
    Client().post(at("topay", "password/forgotten/"), {"email": customer.user.email})
    for n in range(5):
        sign_in(Client(), customer.user.email, f"wrong {n}")
    for part in ("/verify/", "/password/new/", "/unlock/"):
        key = last_link(part).rstrip("/").rpartition("/")[2]
        for message in Message.objects.all():
            assert key not in message.text + message.html
            assert key.encode() not in bytes(message.sealed)


def test_passwords_are_argon2id_with_real_parameters() -> None:
    encoded = Argon2PasswordHasher().encode("x" * 12, "saltsaltsalt")
    assert encoded.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")


def test_guesses_are_counted_for_the_person_however_the_number_is_written(
    customer_factory: CustomerFactory,
) -> None:
    customer = customer_factory(phone="+8613800138000")
    ways = [
        customer.user.email, customer.number, "13800138000", "+8613800138000", "+86 138 0013 8000",
        "0086 13800138000", "138-0013-8000", "138 0013 8000", "１３８00138000", "(138)00138000",
    ]  # fmt: skip
    for n in range(20):
        sign_in(Client(), ways[n % len(ways)], f"wrong {n}")
    for way in ways:
        page = sign_in(Client(), way, PASSWORD)
        assert "尝试次数太多" in page.content.decode(), way
