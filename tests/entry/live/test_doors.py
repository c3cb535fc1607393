"""Who may open a stream, told from real sessions: the door, the brand, and what ends it."""

import asyncio
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from paydesk.entry.live import doors
from paydesk.entry.live.doors import BusyError, Doorkeeper
from paydesk.entry.live.viewers import Viewer
from paydesk.entry.web.sessions import DOOR_KEY
from paydesk.entry.web.support.correspondent import VISITOR_KEY
from paydesk.kit import clock
from paydesk.people.models import Membership
from paydesk.people.session_holders import Holder, holders
from tests.factories import ClientOf, CustomerFactory, StaffFactory

pytestmark = pytest.mark.usefixtures("committed_db")


def scope(client: Client, path: str) -> dict[str, Any]:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    headers = [(b"host", b"testserver"), (b"cookie", cookies.encode())]
    return {"path": path, "headers": headers}


def seen(client: Client, path: str) -> Viewer | None:
    return asyncio.run(Doorkeeper().authenticate(scope(client, path)))


def rechecked(viewer: Viewer) -> Viewer | None:
    return asyncio.run(Doorkeeper().recheck([viewer]))[viewer.key]


def test_a_customer_hears_himself_in_his_brand_only(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    viewer = seen(client, "/topay/live")
    assert viewer is not None
    assert viewer.audiences == {f"customer:{customer.pk}"}
    assert viewer.brands == {"topay"}


@pytest.mark.parametrize("path", ["/gopay/live", "/desk/live", "/live"])
def test_a_session_is_good_for_its_own_door_only(
    path: str, customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    client = client_of(customer_factory().user)
    session = client.cookies["paydesk_customer_topay"].value
    for name in ("paydesk_customer_gopay", "paydesk_staff", "paydesk_root"):
        client.cookies[name] = session  # someone carries it to another door by hand
    assert seen(client, path) is None


def test_one_person_in_two_brands_hears_each_at_its_own_door(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    here = customer_factory(brand="topay", email="same@example.com")
    there = customer_factory(brand="gopay", email="same@example.com")
    viewers = [seen(client_of(one.user), f"/{one.brand}/live") for one in (here, there)]
    assert [viewer.audiences for viewer in viewers if viewer] == [
        {f"customer:{here.pk}"},
        {f"customer:{there.pk}"},
    ]
    assert [viewer.brands for viewer in viewers if viewer] == [{"topay"}, {"gopay"}]


def test_staff_hear_the_desks_where_they_have_a_role(
    staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    staff = staff_factory(brands=["topay", "gopay"])
    viewer = seen(client_of(staff.user), "/desk/live")
    assert viewer is not None
    assert viewer.audiences == {f"staff:{staff.pk}", "desk:topay", "desk:gopay"}
    assert viewer.brands == {"topay", "gopay"}


def test_staff_without_a_role_hear_nothing(
    staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    assert seen(client_of(staff_factory(role=None).user), "/desk/live") is None


def test_a_visitor_is_known_by_his_session() -> None:
    session = SessionStore()
    session[DOOR_KEY] = "paydesk_customer_topay"
    session[VISITOR_KEY] = "01a2070f-aa86-7266-889d-0ae20002026f"
    session.save()
    client = Client()
    client.cookies["paydesk_customer_topay"] = session.session_key or ""
    viewer = seen(client, "/topay/live")
    assert viewer is not None
    assert viewer.audiences == {"visitor:01a2070f-aa86-7266-889d-0ae20002026f"}
    assert seen(client, "/desk/live") is None


@pytest.mark.parametrize("door", [None, "paydesk_customer_gopay", "paydesk_staff"])
def test_a_session_of_no_door_or_of_another_is_no_session(door: str | None) -> None:
    session = SessionStore()
    session[VISITOR_KEY] = "01a2070f-aa86-7266-889d-0ae20002026f"
    if door:
        session[DOOR_KEY] = door
    session.save()
    client = Client()
    client.cookies["paydesk_customer_topay"] = session.session_key or ""
    assert seen(client, "/topay/live") is None


@pytest.mark.parametrize("cookie", ["", "x", "'; --", "é" * 40, "a" * 5000])
def test_nobody_comes_in_with_a_made_up_session(cookie: str) -> None:
    headers = [
        (b"host", b"testserver"),
        (b"cookie", f"paydesk_customer_topay={cookie}".encode("latin-1")),
    ]
    found = Doorkeeper().authenticate({"path": "/topay/live", "headers": headers})
    assert asyncio.run(found) is None


def sign_out(viewer: Viewer, customer: Any) -> None:
    Session.objects.all().delete()


def let_it_expire(viewer: Viewer, customer: Any) -> None:
    Session.objects.update(expire_date=clock.now() - timedelta(seconds=1))


def change_password(viewer: Viewer, customer: Any) -> None:
    customer.user.set_password("another good password 9")
    customer.user.save()


def close_user(viewer: Viewer, customer: Any) -> None:
    customer.user.is_active = False
    customer.user.save()


@pytest.mark.parametrize("end", [sign_out, let_it_expire, change_password, close_user])
def test_what_ends_a_session_ends_its_streams(
    end: Callable[[Viewer, Any], None], customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer, other = customer_factory(), customer_factory()
    viewer = seen(client_of(customer.user), "/topay/live")
    assert viewer is not None
    assert rechecked(viewer) == viewer
    end(viewer, customer)
    assert rechecked(viewer) is None
    assert seen(client_of(other.user), "/topay/live") is not None


def test_a_lost_role_shows_at_the_next_check(
    staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    staff = staff_factory(brands=["topay", "gopay"])
    viewer = seen(client_of(staff.user), "/desk/live")
    assert viewer is not None
    Membership.objects.filter(staff=staff, brand="gopay").delete()
    present = rechecked(viewer)
    assert present is not None
    assert present.brands == {"topay"}


def test_hundreds_who_come_at_once_are_looked_up_together(
    customer_factory: CustomerFactory, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    scopes = [scope(client_of(customer_factory().user), "/topay/live") for _ in range(30)]
    looked: list[int] = []

    def counted(keys: Collection[str]) -> dict[str, Holder]:
        looked.append(len(keys))
        return holders(keys)

    monkeypatch.setattr(doors, "holders", counted)

    async def main() -> list[Viewer | None]:
        keeper = Doorkeeper()
        return await asyncio.gather(*(keeper.authenticate(one) for one in scopes * 5))

    viewers = asyncio.run(main())
    assert len({viewer.key for viewer in viewers if viewer}) == 30
    assert sum(looked) <= 60
    assert len(looked) <= 3


def test_a_database_that_fails_makes_it_busy_not_broken(
    customer_factory: CustomerFactory, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(customer_factory().user)

    def fail(keys: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    monkeypatch.setattr(doors, "holders", fail)
    with pytest.raises(BusyError):
        seen(client, "/topay/live")
