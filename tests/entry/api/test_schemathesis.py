"""Schemathesis against a real web process: no 5xx, no answer that the document does not name.

Keys of live and of test money in turn, well-formed and malformed requests, and identifiers of
things that are there as well as of things that are not.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from paydesk.kit.actors import SYSTEM
from paydesk.money.merchants.actions import endpoints, telling
from paydesk.money.merchants.models import Merchant
from tests.factories import CustomerFactory
from tests.harness.live import LiveApp
from tests.money.orders.shops import fund, key, order, shop

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 15
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class World:
    """Keys, live and test, and what is there behind identifiers, by parameter."""

    keys: list[str]
    there: dict[str, list[str]]


@pytest.fixture
def world(live_app: LiveApp, customer_factory: CustomerFactory) -> World:
    tea = shop(customer_factory(name="林茶"))
    fund(tea, 10_000_000)
    orders = [order(tea, reference=f"A-{n}", live=n % 2 == 0) for n in range(6)]
    Merchant.objects.filter(id=tea.id).update(requests_a_second=100_000)
    hooks = [
        endpoints.add(
            tea, live=live, url="https://shop.example/hook", kinds=[], actor=SYSTEM("topay")
        )[0]
        for live in (True, False)
    ]
    events = [telling.ping(one, actor=SYSTEM("topay")) for one in hooks]
    there = {
        "order_id": [str(one.id) for one in orders],
        "endpoint_id": [str(one.id) for one in hooks],
        "event_id": [str(one.id) for one in events],
    }
    return World([key(tea), key(tea, live=False)], there)


def test_the_document_and_the_api_agree(live_app: LiveApp, world: World, soak_factor: int) -> None:
    schema = schemathesis.openapi.from_url(f"{live_app.url}/topay/api/v1/openapi.json")
    assert schema.raw_schema["openapi"].startswith("3.1")
    seen: Counter[str] = Counter()
    labels = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        labels.add(operation.label)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _fuzz(operation, mode, world, EXAMPLES * soak_factor, seen)
    assert len(labels) >= 20
    assert seen["2xx"] > 100, seen
    assert seen["4xx"] > 100, seen
    assert "Traceback" not in live_app.said()


def _fuzz(
    operation: Any, mode: GenerationMode, world: World, count: int, seen: Counter[str]
) -> None:
    @settings(
        max_examples=count,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        turn = sum(seen.values())
        for name, values in world.there.items():
            if name in (case.path_parameters or {}) and turn % 3:
                case.path_parameters[name] = values[turn % len(values)]
        headers = {"Authorization": f"Bearer {world.keys[turn % 2]}"}
        response = case.call(headers=headers, timeout=20)
        seen[f"{response.status_code // 100}xx"] += 1
        case.validate_response(response, checks=CHECKS)

    run()
