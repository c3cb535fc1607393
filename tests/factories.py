"""People for tests, made by the real actions.

`customer_factory()` and `staff_factory()` answer models; `client_of` opens a session at the right
door of a test client without the cost of hashing.
"""

import itertools
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.test import Client, override_settings

from paydesk.brands import profiles
from paydesk.brands.profile import Brand
from paydesk.entry.web.sessions import DOOR_KEY
from paydesk.kit.actors import SYSTEM
from paydesk.people import actions
from paydesk.people.models import Customer, StaffMember, User

PASSWORD = "correct horse 8 battery"
BRAND = "topay"

CustomerFactory = Callable[..., Customer]
StaffFactory = Callable[..., StaffMember]
ClientOf = Callable[[User], Client]


class CheapArgon2(Argon2PasswordHasher):
    """argon2 with parameters that cost a test nothing. Never for real passwords."""

    time_cost, memory_cost, parallelism = 1, 8, 1


@pytest.fixture(autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """No test waits for argon2's real parameters, except the one that checks them."""
    with override_settings(PASSWORD_HASHERS=[f"{__name__}.{CheapArgon2.__name__}"]):
        yield


@cache
def password_hash() -> str:
    """One hash of PASSWORD for everybody."""
    return make_password(PASSWORD)


@pytest.fixture
def brand() -> Brand:
    """The brand of most tests."""
    return profiles.get(BRAND)


@pytest.fixture
def customer_factory() -> CustomerFactory:
    """Makes customers, e-mail and phone proved: `customer_factory(brand="gopay", name="王伟")`."""
    count = itertools.count(1)

    def make(*, brand: str = BRAND, **given: Any) -> Customer:
        n = next(count)
        values: dict[str, Any] = {
            "name": f"测试{n}",
            "email": f"c{n}@example.com",
            "phone": f"+86138{n:08d}",
            "verified": True,
            "phone_proved": True,
        } | given
        if "password" not in values:
            values.setdefault("password_hash", password_hash())
        return actions.register_customer(brand=brand, **values)

    return make


@pytest.fixture
def staff_factory() -> StaffFactory:
    """Makes staff with a role: `staff_factory(role="supervisor", brands=["topay", "gopay"])`."""
    count = itertools.count(1)

    def make(
        *, role: str | None = "agent", brands: list[str] | None = None, **given: Any
    ) -> StaffMember:
        n = next(count)
        values: dict[str, Any] = {"name": f"客服{n}", "email": f"s{n}@paydesk.example"} | given
        if "password" not in values:
            values.setdefault("password_hash", password_hash())
        staff = actions.create_staff(actor=SYSTEM(BRAND), **values)
        for brand in (brands or [BRAND]) if role else []:
            actions.grant_role(staff, brand=brand, role=str(role), actor=SYSTEM(brand))
        return staff

    return make


def sessions(brand: str, values: dict[str, str]) -> tuple[str, str]:
    """A fresh session at a brand's door ("" for the staff's): its cookie's name and value."""
    cookie = f"paydesk_customer_{brand}" if brand else "paydesk_staff"
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.update({**values, DOOR_KEY: cookie})
    session.save()
    return cookie, str(session.session_key)


def session_of(user: User) -> tuple[str, str]:
    """A session of this user at the door of his realm and brand: its cookie's name and value."""
    values = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    return sessions(user.brand, values)


def sign_in(client: Client, user: User) -> None:
    """Give the client a session at the door of this user's realm and brand."""
    cookie, key = session_of(user)
    client.cookies[cookie] = key


@pytest.fixture
def client_of() -> ClientOf:
    """A test client signed in as that user: `client_of(customer.user).get("/topay/")`."""

    def make(user: User) -> Client:
        client = Client()
        sign_in(client, user)
        return client

    return make
