"""A signed-in agent and cases to look at, for the tests of the desk's pages."""

from collections.abc import Callable

import pytest
from django.test import Client

from paydesk.desk.cases import actions
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import Topic
from paydesk.kit import ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people.models import Customer, StaffMember
from tests.factories import ClientOf, CustomerFactory, StaffFactory

OpenCase = Callable[..., Case]


@pytest.fixture
def agent(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(name="林小北")


@pytest.fixture
def desk(client_of: ClientOf, agent: StaffMember) -> Client:
    return client_of(agent.user)


@pytest.fixture
def open_case(customer_factory: CustomerFactory) -> OpenCase:
    def make(
        *,
        brand: str = "topay",
        name: str = "陈晓雯",
        body: str = "转不出去",
        customer: Customer | None = None,
    ) -> Case:
        customer = customer or customer_factory(brand=brand, name=name)
        actor = Actor(ActorKind.CUSTOMER, customer.pk, brand)
        case = actions.open_case(
            brand=brand, channel="chat", customer=customer, topic=Topic.OTHER, actor=actor
        )
        actions.post_message(case, author=actor, client_id=ids.uuid7(), body=body)
        return case

    return make
