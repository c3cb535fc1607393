"""Registering customers: what is stored, what is refused, and one person in two brands."""

import pytest

from paydesk.audit.models import Entry
from paydesk.people import queries
from paydesk.people.actions import AlreadyRegistered, NotUsable, register_customer
from paydesk.people.models import Customer, User
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def test_stores_the_normal_forms_and_one_audit_entry() -> None:
    customer = register_customer(
        brand="topay", name="  陈  晓雯 ", email=" Chen@Example.COM", phone="138 0013 8000",
        password="a long enough one 9",
    )  # fmt: skip
    assert (customer.name, customer.user.email) == ("陈 晓雯", "chen@example.com")
    assert customer.user.phone == "+8613800138000"
    assert queries.is_customer_number(customer.number)
    assert customer.user.password.startswith("argon2$argon2id$")
    entry = Entry.objects.get(subject=f"customer:{customer.id}")
    assert (entry.brand, entry.action) == ("topay", "customer.registered")
