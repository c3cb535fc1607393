"""The same e-mail at two brands is two persons: nothing of one opens anything of the other."""

import pytest
from django.test import Client

from paydesk.notifications.models import Message
from paydesk.people.models import Customer, Realm, User
from tests.entry.web.doors import (
    CHEN,
    at,
    delivered,
    last_link,
    register,
    sign_in,
    signed_in_as,
)
from tests.factories import PASSWORD, CustomerFactory, StaffFactory

pytestmark = pytest.mark.django_db
HERE, THERE = "topay", "dingpay"
OTHER = "another good one 77"


@pytest.fixture
def two(customer_factory: CustomerFactory) -> tuple[Customer, Customer]:
    """Chen at both brands, with one e-mail and phone number and two passwords."""
    same = {"email": CHEN["email"], "phone": CHEN["phone"]}
    return (
        customer_factory(brand=HERE, password=PASSWORD, **same),
        customer_factory(brand=THERE, password=OTHER, **same),
    )


def test_registers_and_verifies_at_each_within_the_same_minute(client: Client) -> None:
    register(client, HERE)
    register(client, THERE)
    assert User.objects.filter(email=CHEN["email"]).count() == 2
    assert Message.objects.filter(template="people/verify").count() == 2
    links = {kept.brand: kept.text for kept in delivered()}
    assert f"/{HERE}/" in links[HERE]
    assert f"/{THERE}/" in links[THERE]

    client.post(last_link(f"{HERE}/accounts/verify/"))
    assert sign_in(Client(), CHEN["email"], brand=HERE)["Location"] == f"/{HERE}/"
    assert sign_in(Client(), CHEN["email"], brand=THERE)["Location"] == at(THERE, "check-mail/")


@pytest.mark.parametrize(
    ("brand", "lang", "said"),
    [
        ("topay", "zh-hans", "中国大陆（+86）号码直接填写；其他地区请加国家代码，例如 +852。"),
        ("gopay", "zh-hans", "美国（+1）号码直接填写；其他地区请加国家代码，例如 +49。"),
        ("gopay", "en", "United States (+1) numbers as they are; others with the country code, "),
    ],
)
def test_the_phone_hint_is_of_the_brands_home(
    client: Client, customer_factory: CustomerFactory, brand: str, lang: str, said: str
) -> None:
    page = client.get(at(brand, "register/"), {"lang": lang})
    assert said in page.content.decode()
    user = customer_factory(brand=brand, password=PASSWORD, phone_proved=False, lang=lang).user
    sign_in(client, user.email, brand=brand)
    assert said in client.get(f"/{brand}/safety/phone/", {"lang": lang}).content.decode()


def test_registers_with_a_number_of_the_brands_home(client: Client) -> None:
    register(client, "gopay", phone="(202) 555-0143")
    assert User.objects.get(brand="gopay").phone == "+12025550143"


@pytest.mark.parametrize("login", [CHEN["email"], CHEN["phone"]])
def test_each_password_opens_its_own_account_only(
    two: tuple[Customer, Customer], login: str
) -> None:
    for customer, right, wrong in ((two[0], PASSWORD, OTHER), (two[1], OTHER, PASSWORD)):
        client = Client()
        assert sign_in(client, login, wrong, brand=customer.brand).status_code == 200
        assert sign_in(client, login, right, brand=customer.brand)["Location"]
        assert signed_in_as(client, customer.brand) == str(customer.user_id)


def test_customer_numbers_are_the_brands_own(two: tuple[Customer, Customer]) -> None:
    assert sign_in(Client(), two[0].number, PASSWORD, brand=THERE).status_code == 200
    assert sign_in(Client(), two[0].number, PASSWORD, brand=HERE).status_code == 302


def test_one_browser_may_be_in_both_at_once(client: Client, two: tuple[Customer, Customer]) -> None:
    sign_in(client, CHEN["email"], PASSWORD, brand=HERE)
    sign_in(client, CHEN["email"], OTHER, brand=THERE)
    assert signed_in_as(client, HERE) == str(two[0].user_id)
    assert signed_in_as(client, THERE) == str(two[1].user_id)
    client.post(at(HERE, "sign-out/"))
    assert signed_in_as(client, HERE) is None
    assert signed_in_as(client, THERE) == str(two[1].user_id)


@pytest.mark.parametrize("cookie", [f"paydesk_customer_{THERE}", "paydesk_staff", "paydesk_root"])
def test_a_session_is_good_at_its_own_door_only(
    client: Client, two: tuple[Customer, Customer], cookie: str
) -> None:
    sign_in(client, CHEN["email"], PASSWORD, brand=HERE)
    stolen = client.cookies[f"paydesk_customer_{HERE}"].value
    thief = Client()
    thief.cookies[cookie] = stolen
    assert signed_in_as(thief, THERE) is None
    assert signed_in_as(thief, "desk") is None
    # Presenting it elsewhere must not end it at home either.
    assert signed_in_as(client, HERE) == str(two[0].user_id)


def test_a_session_without_a_door_is_none(client: Client, two: tuple[Customer, Customer]) -> None:
    sign_in(client, CHEN["email"], PASSWORD, brand=HERE)
    session = client.session.__class__(client.cookies[f"paydesk_customer_{HERE}"].value)
    del session["door"]
    session.save()
    assert signed_in_as(client, HERE) is None


def test_a_reset_changes_one_password_only(two: tuple[Customer, Customer]) -> None:
    client = Client()
    client.post(at(HERE, "password/forgotten/"), {"email": CHEN["email"]})
    assert [kept.brand for kept in delivered()] == [HERE]
    form_at = client.get(last_link("/password/new/"))["Location"]
    client.post(form_at, {"password1": "brand new pass 5"})
    assert sign_in(Client(), CHEN["email"], "brand new pass 5", brand=HERE).status_code == 302
    assert sign_in(Client(), CHEN["email"], "brand new pass 5", brand=THERE).status_code == 200
    assert sign_in(Client(), CHEN["email"], OTHER, brand=THERE).status_code == 302


def test_a_reset_link_is_good_at_its_own_door_only(two: tuple[Customer, Customer]) -> None:
    Client().post(at(HERE, "password/forgotten/"), {"email": CHEN["email"]})
    link = last_link("/password/new/")
    for door in (THERE, "desk"):
        elsewhere = Client().get(link.replace(f"/{HERE}/", f"/{door}/"))
        assert elsewhere.context["token_fail"]
    assert "Location" in Client().get(link)


def test_a_verification_link_is_good_at_its_own_door_only(client: Client) -> None:
    register(client, HERE)
    link = last_link("/verify/")
    elsewhere = link.replace(f"/{HERE}/", f"/{THERE}/")
    assert Client().get(elsewhere).context["confirmation"] is None
    assert Client().post(elsewhere).status_code == 404
    assert sign_in(Client(), CHEN["email"], brand=HERE)["Location"] == at(HERE, "check-mail/")
    assert Client().post(link)["Location"] == at(HERE, "verified/")


def test_wrong_passwords_lock_one_account_only(two: tuple[Customer, Customer]) -> None:
    for n in range(6):
        sign_in(Client(), CHEN["email"], f"wrong {n}", brand=HERE)
    assert sign_in(Client(), CHEN["email"], PASSWORD, brand=HERE)["Location"] == at(HERE, "locked/")
    assert sign_in(Client(), CHEN["email"], OTHER, brand=THERE)["Location"] == f"/{THERE}/"
    link = last_link("/unlock/")
    assert Client().post(link.replace(f"/{HERE}/", f"/{THERE}/")).status_code == 404
    assert Client().post(link).status_code == 200


def test_staff_with_a_customers_address_are_somebody_else(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    customer = customer_factory(email="both@example.com", password=PASSWORD)
    staff = staff_factory(email="both@example.com", password=OTHER)
    assert sign_in(Client(), "both@example.com", OTHER, brand=HERE).status_code == 200
    assert sign_in(Client(), "both@example.com", PASSWORD, brand="desk").status_code == 200
    assert sign_in(Client(), customer.number, PASSWORD, brand="desk").status_code == 200
    client = Client()
    sign_in(client, "both@example.com", OTHER, brand="desk")
    assert signed_in_as(client, "desk") == str(staff.user_id)
    assert {user.realm for user in User.objects.all()} == set(Realm.values)
