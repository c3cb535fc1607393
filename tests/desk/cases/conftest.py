"""Cases for tests, opened by the real actions at a set moment inside service hours."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from paydesk.desk.cases import actions
from paydesk.desk.cases.models import Case, Entry
from paydesk.desk.cases.rules import Topic
from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people.models import Customer, StaffMember
from tests.factories import CustomerFactory, StaffFactory
from tests.harness import databases
from tests.harness.cluster import TestCluster

CaseFactory = Callable[..., Case]
STAFFED = datetime(2025, 11, 19, 6, 0, tzinfo=UTC)  # a Wednesday, 14:00 in Shanghai


@pytest.fixture
def staffed() -> Iterator[datetime]:
    """The clock stands at a moment at which every brand's chat is staffed."""
    with clock.travel(STAFFED):
        yield STAFFED


@pytest.fixture
def customer_factory(customer_factory: CustomerFactory) -> CustomerFactory:
    """Customers with addresses of their own, also in a database that tests share."""

    def make(**given: Any) -> Customer:
        return customer_factory(**{"email": _address(), "phone": None} | given)

    return make


@pytest.fixture
def staff_factory(staff_factory: StaffFactory) -> StaffFactory:
    """Staff likewise."""

    def make(**given: Any) -> StaffMember:
        return staff_factory(**{"email": _address()} | given)

    return make


@pytest.fixture(scope="module")
def stage(
    django_db_setup: None, test_cluster: TestCluster, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """As `committed_db`, once for a module whose tests each make a world of their own."""
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            databases.let_go()
            test_cluster.reclone()


def _address() -> str:
    return f"{ids.uuid7().hex}@example.com"


def as_customer(customer: Customer | None) -> Actor:
    assert customer is not None
    return Actor(ActorKind.CUSTOMER, customer.pk, customer.brand)


def as_staff(staff: StaffMember, brand: str = "topay") -> Actor:
    return Actor(ActorKind.STAFF, staff.pk, brand)


def say(case: Case, author: Actor, body: str = "你好", **given: Any) -> Entry:
    """Post under a fresh client id."""
    given.setdefault("client_id", ids.uuid7())
    return actions.post_message(case, author=author, body=body, **given)


@pytest.fixture
def case_factory(customer_factory: CustomerFactory) -> CaseFactory:
    """`case_factory(customer=…, topic=…)`: a chat case of a (new) customer."""

    def make(*, customer: Customer | None = None, **given: Any) -> Case:
        owner = customer or customer_factory()
        values: dict[str, Any] = {"channel": "chat", "topic": Topic.OTHER} | given
        return actions.open_case(
            brand=owner.brand, customer=owner, actor=as_customer(owner), **values
        )

    return make
