"""allauth's own look-ups know no brand. Every flow runs here with all of them set to explode."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from allauth.account import auth_backends
from allauth.account.internal import userkit
from allauth.account.managers import EmailAddressManager
from allauth.account.models import EmailConfirmationHMAC
from django.test import Client
from django.urls import get_resolver

from paydesk.entry.web.accounts import views
from paydesk.people.models import Customer
from tests.entry.web.doors import CHEN, at, last_link, register, sign_in, signed_in_as
from tests.factories import PASSWORD, CustomerFactory, StaffFactory

pytestmark = pytest.mark.django_db
OTHER = "another good one 77"
BRANDLESS = ("filter_users_by_email", "filter_users_by_username", "get_user_by_username")


class Brandless(AssertionError):
    """A look-up that sees across brands was made."""


def _explode(*_: object, **__: object) -> None:
    raise Brandless


def _allauth_modules() -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name.startswith("allauth.")]


@pytest.fixture(autouse=True)
def exploding(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in _allauth_modules():
        for name in BRANDLESS:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, _explode)
    for name in ("get_users_for", "is_verified", "lookup"):
        monkeypatch.setattr(EmailAddressManager, name, _explode)


def test_the_trap_is_set() -> None:
    assert views.allauth.__name__ in sys.modules  # the flows are loaded, so they are in the trap
    with pytest.raises(Brandless):
        userkit.filter_users_by_email("a@example.com")
    with pytest.raises(Brandless):
        auth_backends.get_user_by_username("a")


def test_every_flow_of_a_customer(client: Client) -> None:
    register(client)
    register(Client())
    client.post(last_link("/verify/"))
    assert signed_in_as(client)
    for login in (CHEN["email"], CHEN["phone"], Customer.objects.get().number, "nobody@x.example"):
        sign_in(Client(), login)
        sign_in(Client(), login, "wrong")
    for email in (CHEN["email"], "nobody@x.example"):
        client.post(at("topay", "password/forgotten/"), {"email": email})
    fresh = Client()
    fresh.post(fresh.get(last_link("/password/new/"))["Location"], {"password1": OTHER})
    for n in range(5):
        sign_in(Client(), CHEN["email"], f"wrong {n}")
    sign_in(fresh, CHEN["email"], OTHER)
    fresh.post(at("topay", "locked/"))
    fresh.post(last_link("/unlock/"))
    assert sign_in(fresh, CHEN["email"], OTHER)["Location"] == "/topay/"
    changed = fresh.post(at("topay", "password/"), {"oldpassword": OTHER, "password1": PASSWORD})
    assert changed["Location"] == at("topay", "password/changed/")
    assert fresh.post(at("topay", "sign-out/")).status_code == 302


def test_every_flow_of_staff(client: Client, staff_factory: StaffFactory) -> None:
    staff = staff_factory()
    sign_in(client, "nobody@x.example", brand="desk")
    sign_in(client, staff.user.email, "wrong", brand="desk")
    for email in (staff.user.email, "nobody@x.example"):
        client.post(at("desk", "password/forgotten/"), {"email": email})
    client.post(client.get(last_link("/password/new/"))["Location"], {"password1": OTHER})
    assert sign_in(client, staff.user.email, OTHER, brand="desk")["Location"] == "/desk/"


def test_no_view_of_allauth_is_mounted_as_it_is() -> None:
    """Only our own subclasses are reachable, so no flow that wasn't gone through above is."""
    for urlconf in ("customer", "staff"):
        resolver = get_resolver(f"paydesk.entry.web.urls.{urlconf}")
        for pattern in _leaves(resolver.url_patterns):
            callback = pattern.callback  # type: ignore[attr-defined]
            owner = getattr(callback, "view_class", callback)
            assert not owner.__module__.startswith("allauth"), pattern


def _leaves(patterns: list[object]) -> Iterator[object]:
    for pattern in patterns:
        children = getattr(pattern, "url_patterns", None)
        if children is None:
            yield pattern
        else:
            yield from _leaves(children)


def test_a_key_for_another_door_is_no_key(
    client: Client, customer_factory: CustomerFactory
) -> None:
    """allauth itself would take it: the key holds nothing but the address's row."""
    register(client, "gopay")
    key = last_link("/verify/").rstrip("/").rpartition("/")[2]
    assert EmailConfirmationHMAC.from_key(key) is not None
    assert client.get(at("topay", f"verify/{key}/")).context["confirmation"] is None
