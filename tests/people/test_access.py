"""Who is asking: a session's user counts at their own door, and nowhere else."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import RequestFactory

from paydesk.brands import profiles
from paydesk.kit import ids
from paydesk.people import access
from paydesk.people.assurance import Level
from paydesk.people.models import User
from tests.factories import CustomerFactory, StaffFactory

pytestmark = pytest.mark.django_db


def at(realm: str, brand: str | None, user: User | AnonymousUser) -> HttpRequest:
    request = RequestFactory().get("/")
    request.realm = realm  # type: ignore[attr-defined]  # middleware sets it
    request.brand = profiles.get(brand) if brand else None  # type: ignore[attr-defined]
    request.user = user
    return request


def test_a_customer_is_one_at_their_brands_door_only(customer_factory: CustomerFactory) -> None:
    customer = customer_factory(brand="topay")
    assert access.current_customer(at("customer", "topay", customer.user)) == customer
    for elsewhere in (
        at("customer", "gopay", customer.user),
        at("staff", None, customer.user),
        at("root", None, customer.user),
    ):
        assert access.current_customer(elsewhere) is None
        assert access.current_staff(elsewhere) is None
        with pytest.raises(PermissionDenied):
            access.require_staff(elsewhere)


def test_staff_are_staff_at_the_desk_only(staff_factory: StaffFactory) -> None:
    staff = staff_factory()
    assert access.require_staff(at("staff", None, staff.user)) == staff
    for elsewhere in (at("customer", "topay", staff.user), at("root", None, staff.user)):
        assert access.current_staff(elsewhere) is None
        assert access.current_customer(elsewhere) is None


def test_nobody_and_who_was_switched_off_are_nobody(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    User.objects.filter(id=customer.user_id).update(is_active=False)
    customer.user.refresh_from_db()
    for user in (AnonymousUser(), customer.user):
        assert access.current_customer(at("customer", "topay", user)) is None


def test_signing_in_raises_the_level_of_assurance(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    assert access.assurance_of(at("customer", "topay", customer.user)) is Level.SIGNED_IN
    assert access.assurance_of(at("customer", "gopay", customer.user)) is Level.ANONYMOUS


def test_a_restriction_is_reached_in_its_brand_only() -> None:
    assert access.restriction_of("topay", ids.uuid7()) is None
