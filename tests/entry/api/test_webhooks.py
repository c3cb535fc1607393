"""Webhook endpoints by the API: whose addresses are called, and how often."""

from collections.abc import Callable

import pytest

from paydesk.money.merchants.actions import telling
from paydesk.money.merchants.actions.telling import Word
from paydesk.money.merchants.models import Delivery, Endpoint, Merchant, MerchantEvent
from paydesk.money.merchants.rules import REPLAYS_A_MINUTE, EventKind, Standing
from tests.entry.api.calling import Program
from tests.factories import CustomerFactory
from tests.money.orders.shops import key, shop

pytestmark = pytest.mark.usefixtures("committed_db")
HOOK = {"url": "https://1.1.1.1/hook"}


@pytest.fixture
def tea(customer_factory: CustomerFactory) -> Merchant:
    return shop(customer_factory(name="林茶"))


@pytest.fixture
def program(tea: Merchant) -> Program:
    return Program(key(tea))


def told(tea: Merchant) -> MerchantEvent:
    word = Word("topay", tea.id, True, EventKind.ORDER_PAID, "order:1", {"number": "42"})
    [event] = telling.tell([word])
    return event


def test_replays_have_a_rate_of_their_own(program: Program, tea: Merchant) -> None:
    endpoint = program.post("/webhook-endpoints", HOOK).body["id"]
    replay = f"/events/{told(tea).id}/replay"
    for _ in range(REPLAYS_A_MINUTE):
        assert program.post(replay, {"endpoint": endpoint}).status == 202
    said = program.post(replay, {"endpoint": endpoint})
    assert (said.status, said.code) == (429, "rate_limited")
    assert 0 < int(said.header("Retry-After")) <= 60
    assert Delivery.objects.filter(replayed=True).count() == REPLAYS_A_MINUTE


@pytest.mark.parametrize("standing", [Standing.APPLIED, Standing.CLOSED])
def test_a_key_opens_nothing_for_a_merchant_not_let_in(
    program: Program, tea: Merchant, standing: Standing
) -> None:
    Merchant.objects.filter(id=tea.id).update(standing=standing)
    said = program.post("/webhook-endpoints", HOOK)
    assert (said.status, said.code) == (401, "unauthenticated")
    assert not Endpoint.objects.exists()


def test_a_merchant_closed_after_its_key_was_looked_at_is_told_so(
    program: Program, tea: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standing is asked again under the lock, when the endpoint is written."""
    real: Callable[..., object] = telling.replay

    def closed_meanwhile(*args: object, **named: object) -> object:
        Merchant.objects.filter(id=tea.id).update(standing=Standing.CLOSED)
        return real(*args, **named)

    endpoint = program.post("/webhook-endpoints", HOOK).body["id"]
    event = told(tea)
    monkeypatch.setattr(telling, "replay", closed_meanwhile)
    said = program.post(f"/events/{event.id}/replay", {"endpoint": endpoint})
    assert (said.status, said.code) == (403, "merchant_stopped")
    assert not Delivery.objects.filter(replayed=True).exists()
