"""Cases for tests, opened by the real actions at a set moment inside service hours."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from paydesk.desk.cases import actions
from paydesk.desk.cases.models import Case, Entry
from paydesk.desk.cases.rules import Topic
from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people.models import Customer, StaffMember
from tests.factories import CustomerFactory

CaseFactory = Callable[..., Case]
STAFFED = datetime(2025, 11, 19, 6, 0, tzinfo=UTC)  # a Wednesday, 14:00 in Shanghai


@pytest.fixture
def staffed() -> Iterator[datetime]:
    """The clock stands at a moment at which every brand's chat is staffed."""
    with clock.travel(STAFFED):
        yield STAFFED


def as_customer(customer: Customer) -> Actor:
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
