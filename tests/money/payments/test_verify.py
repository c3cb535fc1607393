"""Money that an ended payment left held is found, and `ledger verify` says so."""

import argparse

import pytest

from paydesk.entry.cli import ledger
from paydesk.money.orders.actions import paying
from paydesk.money.orders.rules import Capture
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Plan, Settlement
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.payments.submit import submit
from paydesk.money.payments.verify import forgotten_holds
from tests.factories import CustomerFactory
from tests.money.orders.shops import fund, order, shop
from tests.money.orders.test_paying import merchants_actor, order_now, pay

pytestmark = pytest.mark.usefixtures("committed_db")


def test_a_hold_that_its_payment_forgot_is_found(
    customer_factory: CustomerFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    tea, payer = shop(customer_factory(name="林茶")), customer_factory(name="陈晓雯")
    fund(payer, 50_000)
    forgotten, kept = (order(tea, 10_000, capture=Capture.MANUAL) for _ in range(2))
    for one in (forgotten, kept):
        pay(one, payer)
    assert ledger.run(argparse.Namespace()) == 0
    payment = Payment.objects.get(id=order_now(forgotten).payment_id)
    failed = Settlement(payment.id, None, PaymentState.FAILED, None, reason=Reason.HOLD_EXPIRED)
    submit(Plan(payment.brand, merchants_actor(tea), failed))
    assert forgotten_holds() == [payment.number]
    assert ledger.run(argparse.Namespace()) == 1
    assert payment.number in capsys.readouterr().out


def test_what_was_released_is_not_held(customer_factory: CustomerFactory) -> None:
    tea, payer = shop(customer_factory(name="林茶")), customer_factory(name="陈晓雯")
    fund(payer, 50_000)
    one = order(tea, 10_000, capture=Capture.MANUAL)
    pay(one, payer)
    paying.void(order_now(one), actor=merchants_actor(tea))
    assert forgotten_holds() == []
