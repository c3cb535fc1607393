"""Rows of orders and of amounts by the API, each caused on its real path."""

import time
from datetime import timedelta

import pytest

from paydesk.money.orders.actions import following, ordering, paying
from paydesk.money.orders.actions.disbursing import DisburseWish, plan_disbursements
from paydesk.money.orders.actions.paying import Pay
from paydesk.money.orders.models import Order
from paydesk.money.orders.rules import Capture
from paydesk.money.payments.known import outcome_of
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.submit import submit
from tests.desk.diagnosis.causes import cause
from tests.factories import CustomerFactory
from tests.money.orders.shops import by, order, shop
from tests.money.payments.helpers import fund, key


@cause("order_closed")
def _(make: CustomerFactory) -> Outcome:
    tea, payer = shop(make()), make()
    fund(payer, 10_000)
    one = order(tea, 8_800)
    ordering.cancel_order(one, actor=by(payer))
    return paying.pay_order(Pay(_now(one), payer, by(payer), key()))


@cause("hold_expired")
def _(make: CustomerFactory) -> Outcome:
    tea, payer = shop(make()), make()
    fund(payer, 10_000)
    one = order(tea, 8_800, capture=Capture.MANUAL)
    with pytest.MonkeyPatch.context() as patch:
        for module in (paying, following):
            patch.setattr(module, "HOLD_LASTS", timedelta(seconds=0.3))
        outcome = paying.pay_order(Pay(one, payer, by(payer), key()))
    time.sleep(0.5)  # the ledger takes nothing that is ahead of the server's clock
    paying.expire_holds()
    return outcome_of(Payment.objects.get(id=outcome.id), repeated=False)


@cause("amount_small")
def _(make: CustomerFactory) -> Outcome:
    return _disburse(make, 9)


@cause("amount_precise")
def _(make: CustomerFactory) -> Outcome:
    return _disburse(make, 1234.5)


def _disburse(make: CustomerFactory, amount: float) -> Outcome:
    tea = shop(make())
    wish = DisburseWish(
        tea.brand, tea.id, tea.owner_id, make().number, amount, "CNY",
        reference="salary", note="", key=key(),
    )  # fmt: skip
    [plan] = plan_disbursements([wish])
    return submit(plan)


def _now(one: Order) -> Order:
    return Order.objects.select_related("merchant", "payment").get(id=one.id)
