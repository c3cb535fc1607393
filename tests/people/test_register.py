"""Registering customers: what is stored, what is refused, and one person in two brands."""

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from paydesk.audit.models import Entry
from paydesk.brands import profiles
from paydesk.kit import ids, reactions
from paydesk.kit.actors import SYSTEM
from paydesk.people import actions, queries
from paydesk.people.lookups import find_customers
from paydesk.people.models import Customer, Realm, User
from tests.factories import CustomerFactory, StaffFactory

pytestmark = pytest.mark.django_db


def test_stores_the_normal_forms_and_one_audit_entry() -> None:
    customer = actions.register_customer(
        brand="topay", name="  陈  晓雯 ", email=" Chen@Example.COM", phone="138 0013 8000",
        password="a long enough one 9",
    )  # fmt: skip
    assert (customer.name, customer.user.email) == ("陈 晓雯", "chen@example.com")
    assert customer.user.phone == "+8613800138000"
    assert queries.is_customer_number(customer.number)
    assert "chen" not in customer.user.username
    assert customer.user.check_password("a long enough one 9")
    entry = Entry.objects.get(subject=f"customer:{customer.id}")
    assert (entry.brand, entry.action) == ("topay", "customer.registered")
    assert not EmailAddress.objects.get(user=customer.user).verified


def test_tells_the_rest_of_the_house_in_the_same_transaction(
    customer_factory: CustomerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, str]] = []
    monkeypatch.setitem(
        reactions._together, "customer.registered", [lambda **ids: told.append(ids)]
    )
    customer = customer_factory()
    assert told == [{"customer_id": str(customer.id), "brand": "topay"}]


def test_what_reacts_badly_takes_the_registration_back(
    customer_factory: CustomerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: str) -> None:
        raise RuntimeError("no wallet")

    monkeypatch.setitem(reactions._together, "customer.registered", [refuse])
    with pytest.raises(RuntimeError, match="no wallet"):
        customer_factory()
    assert not User.objects.exists()


def test_one_person_in_two_brands_is_two_customers(customer_factory: CustomerFactory) -> None:
    same = {"email": "chen@example.com", "phone": "+8613800138000"}
    here, there = customer_factory(brand="topay", **same), customer_factory(brand="gopay", **same)
    assert here.user_id != there.user_id
    assert queries.find_customer("topay", "chen@example.com") == here
    assert queries.find_customer("gopay", "CHEN@example.com ") == there
    assert queries.find_customer("dingpay", "chen@example.com") is None
    assert queries.find_customer("gopay", "+86 138 0013 8000") == there
    assert queries.find_customer("gopay", there.number) == there
    assert queries.find_customer("topay", there.number) is None


@pytest.mark.parametrize(
    ("brand", "typed", "stored"),
    [
        ("gopay", "(202) 555-0143", "+12025550143"),
        ("topay", "138 0013 8000", "+8613800138000"),
        ("gopay", "+86 138 0013 8000", "+8613800138000"),
    ],
)
def test_a_number_without_country_code_is_from_the_brands_home(
    customer_factory: CustomerFactory, brand: str, typed: str, stored: str
) -> None:
    customer = customer_factory(brand=brand, phone=typed)
    assert customer.user.phone == stored
    assert queries.find_customer(brand, typed) == customer
    assert find_customers(brand, [typed])[typed].id == customer.id


def test_a_customer_number_is_found_as_people_write_it(customer_factory: CustomerFactory) -> None:
    customer = customer_factory(email="wide@example.com")
    number = customer.number
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    for typed in (f"{number[:4]} {number[4:8]} {number[8:]}", f"{number[:3]}-{number[3:]}", wide):
        assert queries.find_customer("topay", typed) == customer
    assert queries.find_customer("topay", "Wide＠example.com") == customer


@pytest.mark.parametrize(
    ("given", "field"),
    [({"email": "c1@EXAMPLE.com"}, "email"), ({"phone": "13800000001"}, "phone")],
)
def test_refuses_what_another_customer_of_the_brand_has(
    customer_factory: CustomerFactory, given: dict[str, str], field: str
) -> None:
    customer_factory()  # c1@example.com, +8613800000001
    with pytest.raises(actions.AlreadyRegistered) as refused:
        customer_factory(**given)
    assert refused.value.field == field
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " \u200b "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "Li 4111 1111 1111 1111"}, "name"),
        ({"email": "no-at-sign"}, "email"),
        ({"phone": "12"}, "phone"),
    ],
)
def test_refuses_what_is_no_name_address_or_number(
    customer_factory: CustomerFactory, given: dict[str, str], field: str
) -> None:
    with pytest.raises(actions.NotUsable) as refused:
        customer_factory(**given)
    assert refused.value.field == field


def test_refuses_an_unknown_brand(customer_factory: CustomerFactory) -> None:
    with pytest.raises(profiles.UnknownBrandError):
        customer_factory(brand="nobank")


def test_staff_and_customers_may_share_an_address(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    customer = customer_factory(email="both@example.com")
    staff = staff_factory(email="both@example.com")
    assert queries.find_user(Realm.STAFF, "", "both@example.com") == staff.user
    assert queries.find_user(Realm.CUSTOMER, "topay", "both@example.com") == customer.user


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "Upper@example.com"},
        {"email": ""},
        {"phone": "13800138000"},
        {"brand": ""},
        {"realm": "staff"},
    ],
)
def test_the_database_refuses_what_no_action_would_write(wrong: dict[str, str]) -> None:
    right = {"realm": "customer", "brand": "topay", "email": "a@example.com", "phone": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username=ids.uuid7().hex, **(right | wrong))


def test_proving_the_address_is_recorded_once(customer_factory: CustomerFactory) -> None:
    customer = customer_factory(verified=False)
    assert actions.prove_email(customer.user)
    assert not actions.prove_email(customer.user)
    assert Entry.objects.filter(action="customer.email_proved").count() == 1


def test_a_closed_customer_is_found_but_may_not_sign_in(
    customer_factory: CustomerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(reactions._together, "customer.closed", [])
    customer = customer_factory()
    actions.close_customer(customer, actor=SYSTEM("topay"))
    actions.close_customer(customer, actor=SYSTEM("topay"))
    found = queries.find_customer("topay", customer.number)
    assert found is not None
    assert found.closed_at == customer.closed_at is not None
    assert not found.user.is_active
    assert Entry.objects.filter(action="customer.closed").count() == 1


def test_identity_levels_are_the_brands_own(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    actions.set_identity_level(customer, level=2, actor=SYSTEM("topay"))
    assert Customer.objects.get().identity_level == 2
    with pytest.raises(ValueError, match="identity level 9"):
        actions.set_identity_level(customer, level=9, actor=SYSTEM("topay"))
