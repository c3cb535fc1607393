"""People for tests, made by the real actions. Import nothing of Django before it is set up.

`customer_factory()` and `staff_factory()` answer models; `sign_in` opens a session at the right
door of a test client without the cost of hashing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from paydesk.people.models import Customer, StaffMember, User

PASSWORD = "correct horse 8 battery"
BRAND = "topay"
CHEAP_HASHER = "tests.factories.CheapArgon2"

CustomerFactory = Callable[..., "Customer"]
StaffFactory = Callable[..., "StaffMember"]


def __getattr__(name: str) -> Any:
    if name == "CheapArgon2":
        return _cheap_hasher()
    raise AttributeError(name)


@cache
def _cheap_hasher() -> type:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    class CheapArgon2(Argon2PasswordHasher):
        """argon2 with parameters that cost a test nothing. Never for real passwords."""

        time_cost, memory_cost, parallelism = 1, 8, 1

    return CheapArgon2


@cache
def password_hash() -> str:
    """One hash of PASSWORD for everybody."""
    from django.contrib.auth.hashers import make_password

    with cheap_hashing():
        return make_password(PASSWORD)


@contextmanager
def cheap_hashing() -> Iterator[None]:
    """Hash passwords with cheap parameters inside the block."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=[CHEAP_HASHER]):
        yield


@pytest.fixture(autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """No test waits for real argon2 parameters, except the one that checks them."""
    with cheap_hashing():
        yield


@pytest.fixture
def brand() -> Any:
    """The brand of most tests."""
    from paydesk.brands import profiles

    return profiles.get(BRAND)


@pytest.fixture
def customer_factory() -> CustomerFactory:
    """Makes customers: `customer_factory(brand="gopay", name="王伟")`. Needs `db` or `committed_db`."""
    from paydesk.people import actions

    count = itertools.count(1)

    def make(*, brand: str = BRAND, **given: Any) -> Customer:
        n = next(count)
        values: dict[str, Any] = {
            "name": f"测试{n}",
            "email": f"c{n}@example.com",
            "phone": f"+86138{n:08d}",
            "password_hash": password_hash(),
            "verified": True,
        }
        if "password" in given:
            del values["password_hash"]
        return actions.register_customer(brand=brand, **(values | given))

    return make


@pytest.fixture
def staff_factory() -> StaffFactory:
    """Makes staff with a role: `staff_factory(role="supervisor", brands=["topay", "gopay"])`."""
    from paydesk.kit.actors import SYSTEM
    from paydesk.people import actions

    count = itertools.count(1)

    def make(
        *, role: str | None = "agent", brands: list[str] | None = None, **given: Any
    ) -> StaffMember:
        n = next(count)
        values: dict[str, Any] = {
            "name": f"客服{n}",
            "email": f"s{n}@paydesk.example",
            "password_hash": password_hash(),
        }
        if "password" in given:
            del values["password_hash"]
        staff = actions.create_staff(actor=SYSTEM(BRAND), **(values | given))
        if role:
            for brand in brands or [BRAND]:
                actions.grant_role(staff, brand=brand, role=role, actor=SYSTEM(brand))
        return staff

    return make


def sign_in(client: Client, user: User) -> None:
    """Give the client a session at the door of this user's realm and brand."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from paydesk.entry.web.sessions import DOOR_KEY

    cookie = f"paydesk_customer_{user.brand}" if user.brand else "paydesk_staff"
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[DOOR_KEY] = cookie
    session.save()
    client.cookies[cookie] = session.session_key
    client.cookies[cookie]["path"] = f"/{user.brand}/" if user.brand else "/desk/"


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A test client signed in as that user: `client_of(customer.user).get("/topay/")`."""
    from django.test import Client

    def make(user: User) -> Client:
        client = Client()
        sign_in(client, user)
        return client

    return make
