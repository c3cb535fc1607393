"""While the database is away, the API and the pages say so and ask to come back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from paydesk.entry.away import RETRY_SECONDS
from tests.entry.api.calling import Program
from tests.factories import CustomerFactory
from tests.money.orders.shops import key, shop


@pytest.fixture
def program(committed_db: None, customer_factory: CustomerFactory) -> Program:
    return Program(key(shop(customer_factory(name="林茶"))))


@pytest.fixture(params=[OperationalError, InterfaceError])
def away(request: pytest.FixtureRequest, program: Program) -> Iterator[None]:
    """The database goes once there are a shop and its key."""

    def broken(*_: Any) -> None:
        raise request.param("the connection is closed")

    with connection.execute_wrapper(broken):
        yield


@pytest.mark.usefixtures("away")
def test_the_api_says_that_it_is_out_of_service(program: Program) -> None:
    for said in (program.get("/orders"), program.post("/orders", {"amount": 1})):
        assert (said.status, said.code) == (503, "unavailable")
        assert said.header("Retry-After") == RETRY_SECONDS
        assert "under the same Idempotency-Key" in said.body["title"]


@pytest.mark.usefixtures("away")
def test_a_page_says_to_come_back() -> None:
    answer = Client(raise_request_exception=False).get("/topay/site/")
    assert (answer.status_code, answer["Retry-After"]) == (503, RETRY_SECONDS)
    assert "稍后再试" in answer.content.decode()
