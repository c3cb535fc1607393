"""Reserved money: placed, released, expired; once each, with the ledger in step."""

from datetime import timedelta

import pytest

from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments import actions, queries
from paydesk.money.payments.models import Hold
from paydesk.money.payments.plans import RequestConflict
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import HoldReason, HoldState
from tests.factories import CustomerFactory
from tests.money.payments.helpers import available, fund

pytestmark = pytest.mark.usefixtures("committed_db")
DAY = timedelta(days=1)


def hold(customer: object, amount: int = 600, **more: object) -> object:
    values = {
        "customer": customer,
        "amount": amount,
        "currency": "CNY",
        "reason": HoldReason.REVIEW,
        "expires_at": clock.now() + DAY,
        "actor": SYSTEM("topay"),
    } | more
    return actions.place_hold(**values)  # type: ignore[arg-type]  # named values


def test_placed_and_released(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    fund(customer, 1_000)
    outcome = hold(customer)
    assert available(customer) == 400
    [placed] = queries.open_holds(customer)
    assert placed.id == outcome.id  # type: ignore[attr-defined]  # an Outcome
    assert actions.release_hold(placed, actor=SYSTEM("topay")).state is HoldState.RELEASED
    assert available(customer) == 1_000
    assert actions.release_hold(placed, actor=SYSTEM("topay")).repeated
    assert available(customer) == 1_000


def test_expires_by_itself(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - 3 * DAY):
        customer = customer_factory()
        fund(customer, 1_000)
        hold(customer)
        clock.advance(DAY - timedelta(seconds=1))
        assert actions.sweep() == 0
        clock.advance(timedelta(seconds=1))
        assert actions.sweep() == 1
        assert available(customer) == 1_000
        ended = Hold.objects.get()
        assert (ended.state, ended.ended_by) == (HoldState.EXPIRED, "system")
        assert actions.sweep() == 0


def test_no_more_than_there_is(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    fund(customer, 500)
    outcome = hold(customer)
    assert (outcome.state, outcome.reason) == (None, Reason.BALANCE_SHORT)  # type: ignore[attr-defined]
    assert not Hold.objects.exists()
    assert available(customer) == 500


def test_the_same_id_reserves_once(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    fund(customer, 2_000)
    chosen, until = ids.uuid7(), clock.now() + DAY
    hold(customer, hold_id=chosen, expires_at=until)
    assert hold(customer, hold_id=chosen, expires_at=until).repeated  # type: ignore[attr-defined]
    with pytest.raises(RequestConflict):
        hold(customer, 700, hold_id=chosen, expires_at=until)
    assert available(customer) == 1_400


def test_needs_an_amount_and_an_end_ahead(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    with pytest.raises(ValueError, match="positive"):
        hold(customer, 0)
    with pytest.raises(ValueError, match="ahead"):
        hold(customer, expires_at=clock.now())
