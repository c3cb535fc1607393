"""Transfers: what moves, what is refused, and that each refusal is a recorded payment."""

import pytest

from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from tests.factories import CustomerFactory
from tests.money.payments.helpers import available, fund, send

pytestmark = pytest.mark.usefixtures("committed_db")


def test_moves_money_and_is_recorded(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)
    outcome = send(payer, payee.number, 4_000)
    assert outcome.state is PaymentState.SUCCEEDED
    assert (available(payer), available(payee)) == (6_000, 4_000)
    payment = Payment.objects.get(id=outcome.id)
    assert payment.booked_at
    assert payment.number == outcome.number


def test_short_by_fifty(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)
    outcome = send(payer, payee.user.email, 15_000)
    assert outcome.state is PaymentState.FAILED
    assert outcome.reason is Reason.BALANCE_SHORT
    assert outcome.facts == {
        "amount": 15_000,
        "currency": "CNY",
        "posted": 10_000,
        "held": 0,
        "available": 10_000,
        "short": 5_000,
    }
    assert available(payer) == 10_000
