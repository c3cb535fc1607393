"""The account pages one after another, as a person goes through them."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from paydesk.brands import profiles
from paydesk.kit import clock, reactions
from paydesk.kit.actors import SYSTEM
from paydesk.notifications.models import Message
from paydesk.people import actions, queries
from paydesk.people.models import Customer, RateCount, Restriction, SignIn, User
from tests.entry.web.doors import (
    CHEN,
    at,
    delivered,
    last_link,
    register,
    sign_in,
    signed_in_as,
)
from tests.factories import PASSWORD, ClientOf, CustomerFactory, StaffFactory

pytestmark = pytest.mark.django_db
OTHER = "another good one 77"


def test_registering_and_verifying_in_one_browser_signs_in(client: Client) -> None:
    response = register(client)
    assert response["Location"] == at("topay", "check-mail/")
    page = client.get(response["Location"]).content.decode()
    assert CHEN["email"] in page
    assert signed_in_as(client) is None

    link = last_link("/verify/")
    assert "确认" in client.get(link).content.decode()
    assert signed_in_as(client) is None  # looking is not confirming: mail scanners look
    assert client.post(link)["Location"] == "/topay/"
    customer = Customer.objects.get()
    assert signed_in_as(client) == str(customer.user_id)
    assert (customer.name, customer.user.phone) == ("陈晓雯", "+8613800138000")


def test_verifying_elsewhere_does_not_sign_in(client: Client) -> None:
    register(client)
    phone = Client()
    response = phone.post(last_link("/verify/"))
    assert response["Location"] == at("topay", "verified/")
    assert signed_in_as(phone) is None
    assert sign_in(phone, CHEN["email"])["Location"] == "/topay/"


def test_a_verification_link_works_once_and_for_a_day(client: Client) -> None:
    register(client)
    link = last_link("/verify/")
    assert Client().get(link.replace("/verify/", "/verify/x")).context["confirmation"] is None
    Client().post(link)
    again = Client().post(link)
    assert again.status_code == 404
    assert "链接不能使用" in again.content.decode()


def test_an_unverified_customer_is_sent_a_new_link_instead_of_in(client: Client) -> None:
    register(client)
    before = Message.objects.filter(template="people/verify").count()
    RateCount.objects.all().delete()  # the first mail was a moment ago
    response = sign_in(Client(), CHEN["email"])
    assert response["Location"] == at("topay", "check-mail/")
    assert Message.objects.filter(template="people/verify").count() == before + 1
    assert not SignIn.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "  "}, "name"),
        ({"email": "nobody"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"password1": "short1"}, "password1"),
        ({"password1": "12345678901"}, "password1"),
        ({"password1": "password123"}, "password1"),
        ({"password1": "chen@example.com"}, "password1"),
    ],
)
def test_a_wrong_form_says_where(client: Client, wrong: dict[str, str], said: str) -> None:
    response = register(client, **wrong)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [said]  # type: ignore[attr-defined]
    assert 'aria-invalid="true"' in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("typed", ["C1@Example.com ", "138 0000 0001", "+86 13800000001", "number"])
def test_signs_in_by_email_phone_or_number(
    client: Client, customer_factory: CustomerFactory, typed: str
) -> None:
    customer = customer_factory()
    response = sign_in(client, customer.number if typed == "number" else typed)
    assert response["Location"] == "/topay/"
    assert signed_in_as(client) == str(customer.user_id)


def test_a_sign_in_is_noted_with_its_device(
    client: Client, customer_factory: CustomerFactory
) -> None:
    customer = customer_factory()
    client.post(
        at("topay", "sign-in/"),
        {"login": customer.user.email, "password": PASSWORD},
        headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537.36"},
    )
    noted = queries.last_sign_ins(customer.user_id)
    assert [(row.device, row.address) for row in noted] == [("Chrome · Windows", "127.0.0.1")]
    customer.user.refresh_from_db()
    assert customer.user.last_sign_in_at == noted[0].at


def test_signing_in_changes_the_sessions_key(
    client: Client, customer_factory: CustomerFactory
) -> None:
    customer = customer_factory()
    client.get(at("topay", "sign-in/"))  # the form's token opens a session
    before = client.cookies["paydesk_customer_topay"].value
    sign_in(client, customer.user.email)
    after = client.cookies["paydesk_customer_topay"]
    assert after.value != before
    assert (after["path"], after["httponly"], after["samesite"]) == ("/topay/", True, "Lax")
    assert not Session.objects.filter(session_key=before).exists()


def test_signing_out_takes_a_click(client: Client, customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    sign_in(client, customer.user.email)
    client.get(at("topay", "sign-out/"))
    assert signed_in_as(client) is not None
    assert client.post(at("topay", "sign-out/"))["Location"] == at("topay", "sign-in/")
    assert signed_in_as(client) is None


@pytest.mark.parametrize(
    ("asked", "gone"),
    [
        ("/topay/support/", "/topay/support/"),
        ("/gopay/", "/topay/"),
        ("/desk/", "/topay/"),
        ("https://evil.example/", "/topay/"),
        ("//evil.example/", "/topay/"),
        ("/topay\\@evil.example", "/topay/"),
        ("javascript:alert(1)", "/topay/"),
    ],
)
def test_goes_on_only_behind_this_door(
    client: Client, customer_factory: CustomerFactory, asked: str, gone: str
) -> None:
    customer = customer_factory()
    assert sign_in(client, customer.user.email, next=asked)["Location"] == gone


def test_a_forgotten_password_is_set_anew_by_the_mailed_link(
    client: Client, customer_factory: CustomerFactory
) -> None:
    customer = customer_factory()
    other_device = Client()
    sign_in(other_device, customer.user.email)

    client.post(at("topay", "password/forgotten/"), {"email": customer.user.email.upper()})
    form_at = client.get(last_link("/password/new/"))["Location"]
    assert "set-password" in form_at  # the key is out of the address bar
    assert client.get(form_at).status_code == 200
    done = client.post(form_at, {"password1": OTHER})
    assert done["Location"] == at("topay", "password/new/done/")

    assert signed_in_as(client) is None
    assert signed_in_as(other_device) is None  # it ended with the old password
    assert sign_in(Client(), customer.user.email).status_code == 200
    assert sign_in(Client(), customer.user.email, OTHER)["Location"] == "/topay/"
    assert Message.objects.filter(template="people/password_changed").count() == 1
    assert Client().get(last_link("/password/new/")).context["token_fail"]


def test_a_weak_new_password_is_refused(client: Client, customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    client.post(at("topay", "password/forgotten/"), {"email": customer.user.email})
    form_at = client.get(last_link("/password/new/"))["Location"]
    assert client.post(form_at, {"password1": "12345678"}).context["form"].errors
    assert sign_in(Client(), customer.user.email)["Location"] == "/topay/"


def test_a_reset_proves_the_address(client: Client) -> None:
    register(client)
    client.post(at("topay", "password/forgotten/"), {"email": CHEN["email"]})
    client.post(client.get(last_link("/password/new/"))["Location"], {"password1": OTHER})
    assert sign_in(Client(), CHEN["email"], OTHER)["Location"] == "/topay/"


def test_changing_the_password_ends_the_other_sessions(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    here, there = client_of(customer.user), client_of(customer.user)
    wrong = here.post(at("topay", "password/"), {"oldpassword": "no", "password1": OTHER})
    assert "oldpassword" in wrong.context["form"].errors
    right = here.post(at("topay", "password/"), {"oldpassword": PASSWORD, "password1": OTHER})
    assert right["Location"] == at("topay", "password/changed/")
    assert signed_in_as(here) == str(customer.user_id)
    assert signed_in_as(there) is None


def lock_out(customer: Customer, times: int = 5) -> None:
    for n in range(times):
        page = sign_in(Client(), customer.user.email, f"wrong {n}", brand=customer.brand)
        assert page.context["form"].non_field_errors()  # type: ignore[attr-defined]


def test_wrong_passwords_lock_and_a_right_one_tells_why(
    client: Client, customer_factory: CustomerFactory
) -> None:
    customer = customer_factory()
    lock_out(customer, 4)
    assert not Restriction.objects.exists()
    lock_out(customer, 1)
    assert Restriction.objects.get().kind == "password"
    # A guesser is told nothing of the lock …
    assert sign_in(client, customer.user.email, "wrong").status_code == 200
    assert client.get(at("topay", "locked/"))["Location"] == at("topay", "sign-in/")
    # … its owner is, and is not in.
    assert sign_in(client, customer.user.email)["Location"] == at("topay", "locked/")
    page = client.get(at("topay", "locked/")).content.decode()
    assert "密码连续输错多次" in page
    assert signed_in_as(client) is None
    assert not SignIn.objects.exists()


def test_a_right_password_starts_the_count_over(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    lock_out(customer, 4)
    sign_in(Client(), customer.user.email)
    lock_out(customer, 4)
    assert not Restriction.objects.exists()


def test_the_mailed_link_unlocks_once(client: Client, customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    lock_out(customer)
    link = last_link("/unlock/")
    assert "确认是您本人" in client.get(link).content.decode()
    assert sign_in(Client(), customer.user.email)["Location"] == at("topay", "locked/")
    assert "账户已解锁" in client.post(link).content.decode()
    assert sign_in(Client(), customer.user.email)["Location"] == "/topay/"
    assert client.post(link).status_code == 404
    assert client.get(at("topay", "unlock/forged/")).status_code == 404


def test_an_old_unlock_link_opens_no_new_lock(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    lock_out(customer)
    old = last_link("/unlock/")
    Client().post(old)
    lock_out(customer)
    assert Client().post(old).status_code == 404
    assert queries.sign_in_lock(customer.user) is not None


def test_the_link_can_be_sent_again_but_not_at_will(
    client: Client, customer_factory: CustomerFactory
) -> None:
    customer = customer_factory()
    lock_out(customer)
    sign_in(client, customer.user.email)
    assert client.post(at("topay", "locked/")).context["sent"]
    assert client.post(at("topay", "locked/")).context["too_often"]
    assert Message.objects.filter(template="people/unlock_link").count() == 1
    client.post(last_link("/unlock/"))
    assert sign_in(Client(), customer.user.email)["Location"] == "/topay/"


def test_the_lock_ends_by_itself(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    lock_out(customer)
    until = Restriction.objects.get().until
    assert until is not None
    with clock.travel(until - timedelta(seconds=1)):
        assert sign_in(Client(), customer.user.email)["Location"] == at("topay", "locked/")
    with clock.travel(until + timedelta(seconds=1)):
        assert sign_in(Client(), customer.user.email)["Location"] == "/topay/"


def test_staff_can_unlock(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    lock_out(customer)
    actions.unlock(customer, actor=SYSTEM("topay"))
    assert sign_in(Client(), customer.user.email)["Location"] == "/topay/"


def test_a_reset_unlocks(client: Client, customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    lock_out(customer)
    client.post(at("topay", "password/forgotten/"), {"email": customer.user.email})
    client.post(client.get(last_link("/password/new/"))["Location"], {"password1": OTHER})
    assert sign_in(Client(), customer.user.email, OTHER)["Location"] == "/topay/"


def test_each_brand_has_its_own_number_of_wrong_passwords(
    customer_factory: CustomerFactory,
) -> None:
    for brand in profiles.all():
        customer = customer_factory(brand=brand.code)
        lock_out(customer, brand.wrong_password_limit - 1)
        assert queries.sign_in_lock(customer.user) is None
        lock_out(customer, 1)
        lock = queries.sign_in_lock(customer.user)
        assert lock is not None
        assert lock.until is not None
        left = lock.until - clock.now()
        minutes = timedelta(minutes=brand.lock_minutes)
        assert minutes - timedelta(minutes=1) < left <= minutes


@pytest.mark.parametrize(("kind", "said"), [("risk", "异常交易"), ("identity", "身份认证没有")])
def test_other_locks_say_which_and_whom_to_ask(
    client: Client, customer_factory: CustomerFactory, kind: str, said: str
) -> None:
    customer = customer_factory()
    actions.place_restriction(
        customer, kind=kind, scope="signin", reason="review", actor=SYSTEM("topay")
    )
    assert sign_in(client, customer.user.email)["Location"] == at("topay", "locked/")
    page = client.get(at("topay", "locked/")).content.decode()
    assert said in page
    assert profiles.get("topay").contacts.hotline in page.partition("<main")[2]
    client.post(at("topay", "locked/"))  # no link opens what only support may
    assert not Message.objects.filter(template="people/unlock_link").exists()


def test_a_frozen_customer_still_gets_in(client: Client, customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    actions.place_freeze(customer, reason="stolen", actor=SYSTEM("topay"))
    assert sign_in(client, customer.user.email)["Location"] == "/topay/"


def test_a_closed_customer_does_not(
    client: Client, customer_factory: CustomerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(reactions._together, "customer.closed", [])
    customer = customer_factory()
    inside = Client()
    sign_in(inside, customer.user.email)
    actions.close_customer(customer, actor=SYSTEM("topay"))
    assert sign_in(client, customer.user.email)["Location"] == at("topay", "closed/")
    assert sign_in(client, customer.user.email, "wrong").status_code == 200
    assert signed_in_as(client) is None
    assert signed_in_as(inside) is None
    before = Message.objects.count()
    client.post(at("topay", "password/forgotten/"), {"email": customer.user.email})
    assert Message.objects.filter(template="people/reset").count() == 0
    assert Message.objects.count() == before + 1


def test_staff_sign_in_at_the_desk_and_nowhere_else(
    client: Client, staff_factory: StaffFactory
) -> None:
    staff = staff_factory()
    assert sign_in(client, staff.user.email).status_code == 200
    response = sign_in(client, staff.user.email, brand="desk")
    assert response["Location"] == "/desk/"
    assert client.cookies["paydesk_staff"]["path"] == "/desk/"
    assert client.cookies["paydesk_staff"]["max-age"] == 12 * 3600
    assert signed_in_as(client, "desk") == str(staff.user_id)
    assert client.get("/desk/accounts/register/").status_code == 404


def test_staff_are_locked_and_a_reset_unlocks(client: Client, staff_factory: StaffFactory) -> None:
    staff = staff_factory()
    for n in range(5):
        sign_in(Client(), staff.user.email, f"wrong {n}", brand="desk")
    assert sign_in(client, staff.user.email, brand="desk")["Location"] == at("desk", "locked/")
    assert "重设密码，立即解锁" in client.get(at("desk", "locked/")).content.decode()
    assert [kept.brand for kept in delivered()] == [""]
    client.post(at("desk", "password/forgotten/"), {"email": staff.user.email})
    client.post(client.get(last_link("/password/new/"))["Location"], {"password1": OTHER})
    assert sign_in(Client(), staff.user.email, OTHER, brand="desk")["Location"] == "/desk/"


def test_every_page_speaks_english(client: Client) -> None:
    for brand in ("topay", "desk"):
        for path in ("sign-in/", "password/forgotten/", "password/forgotten/sent/", "closed/"):
            page = client.get(at(brand, path), headers={"accept-language": "en"}).content.decode()
            assert 'lang="en"' in page
            text = page.replace("简体中文", "")
            assert not [char for char in text if "\u4e00" <= char <= "\u9fff"], path
