"""A reservation that the ledger does not end when it is asked to: lapsed meanwhile, or stopped."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.rules import Kind
from paydesk.money.ledger.verify import verify
from paydesk.money.merchants.actions import onboarding
from paydesk.money.merchants.models import Merchant
from paydesk.money.merchants.rules import Standing
from paydesk.money.orders.actions import following, paying
from paydesk.money.orders.models import Order
from paydesk.money.orders.rules import Capture
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome, Settlement
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.payments.submit import submit
from paydesk.people.models import Customer
from tests.money.orders.shops import order
from tests.money.orders.test_paying import has, merchants_actor, order_now, pay, payer, tea

__all__ = ["payer", "tea"]
pytestmark = pytest.mark.usefixtures("committed_db")


def _capture(one: Order, tea: Merchant) -> Outcome:
    return paying.capture(one, None, actor=merchants_actor(tea))


def _void_planned_in_time(one: Order, tea: Merchant) -> Outcome:
    payment = Payment.objects.get(id=one.payment_id)
    said = Settlement(payment.id, None, PaymentState.CANCELLED, None)
    with clock.travel(clock.now() - timedelta(minutes=5)):
        plan = paying.ending(payment, said, Kind.VOID, merchants_actor(tea))
    return submit(plan)


@pytest.mark.parametrize("ends", [_capture, _void_planned_in_time])
def test_a_payment_is_not_over_before_its_money_is_free(
    ends: Callable[[Order, Merchant], Outcome],
    tea: Merchant,
    payer: Customer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (paying, following):
        monkeypatch.setattr(module, "HOLD_LASTS", timedelta(seconds=0.3))
    one = order(tea, 10_000, capture=Capture.MANUAL)
    pay(one, payer)
    time.sleep(0.5)  # the ledger takes nothing that is ahead of the server's clock
    # The order believes in a little more time than the ledger gives.
    later = clock.now() + timedelta(minutes=1)
    Order.objects.filter(id=one.id).update(hold_expires_at=later)
    told = ends(order_now(one), tea)
    assert told.reason is Reason.HOLD_EXPIRED
    assert Payment.objects.get(id=told.id).state == PaymentState.PROCESSING
    assert has(payer) == (50_000, 10_000)
    Order.objects.filter(id=one.id).update(hold_expires_at=clock.now())
    assert paying.expire_holds() == 1
    assert (order_now(one).state, has(payer)) == ("expired", (50_000, 0))
    assert verify().ok


def test_what_was_refused_while_a_side_was_stopped_is_done_once_it_is_free(
    tea: Merchant, payer: Customer
) -> None:
    one = order(tea, 10_000, capture=Capture.MANUAL)
    pay(one, payer)
    with transaction.atomic():
        onboarding._move(tea.id, Standing.SUSPENDED, SYSTEM(tea.brand))
    for _ in range(2):
        assert _capture(order_now(one), tea).reason is Reason.RECIPIENT_RESTRICTED
    with transaction.atomic():
        onboarding._move(tea.id, Standing.ACTIVE, SYSTEM(tea.brand))
    assert _capture(order_now(one), tea).state is PaymentState.SUCCEEDED
    assert (has(tea), has(payer)) == ((10_000, 0), (40_000, 0))
    assert verify().ok
