"""Open pages are told when a session or a right may have ended: they are checked at once."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings

from paydesk.kit.actors import SYSTEM
from paydesk.people import actions
from tests.factories import ClientOf, CustomerFactory, StaffFactory


@pytest.fixture
def told(committed_db: None) -> Iterator[Any]:
    """What was signalled since it was last asked: (brand, audience) pairs."""
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as database:
        database.execute("LISTEN paydesk_signals")

        def ask() -> list[tuple[str, str]]:
            notes = [json.loads(note.payload) for note in database.notifies(timeout=0.3)]
            return [
                (note["brand"], note["audience"][0])
                for note in notes
                if note["kind"] == "session.changed"
            ]

        yield ask


def test_signing_out_is_told(
    told: Any, customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    told()
    assert client.post("/topay/accounts/sign-out/").status_code == 302
    assert told() == [("topay", f"customer:{customer.pk}")]


def test_a_new_password_is_told(told: Any, customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    told()
    actions.change_password(customer.user, "another good password 9", device="test")
    assert told() == [("topay", f"customer:{customer.pk}")]


def test_a_closed_account_is_told(told: Any, customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    told()
    actions.close_customer(customer, actor=SYSTEM("topay"))
    assert told() == [("topay", f"customer:{customer.pk}")]


def test_staff_are_told_in_every_brand(told: Any, staff_factory: StaffFactory) -> None:
    staff = staff_factory(brands=["topay", "gopay"])
    told()
    actions.change_password(staff.user, "another good password 9", device="test")
    assert sorted(told()) == [("gopay", f"staff:{staff.pk}"), ("topay", f"staff:{staff.pk}")]
    actions.revoke_role(staff, brand="gopay", actor=SYSTEM("gopay"))
    assert told() == [("gopay", f"staff:{staff.pk}")]
