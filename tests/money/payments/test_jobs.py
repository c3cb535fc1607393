"""What follows a payment through the real worker: confirmations, and questions that are due."""

import asyncio
from datetime import timedelta

import pytest
from django.db import connection

from paydesk import wiring
from paydesk.entry.cli.worker import work
from paydesk.kit import clock
from paydesk.money.payments import jobs
from paydesk.money.payments.models import Payment
from paydesk.notifications.models import DemoMail
from tests.factories import CustomerFactory
from tests.money.payments.helpers import available, fund, send, top_up

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed_db")]


def test_mails_arrive_once(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    outcome = send(payer, payee, 100)
    # A second job for the same payment.
    again = {"of_kind": {"transfer": str(outcome.id)}, "of_purpose": {}}
    wiring.run.defer(kind="payments.changed", ids=again)
    connection.close()
    asyncio.run(work(until_idle=True))
    arrived = DemoMail.objects.filter(text__contains=outcome.number)
    assert sorted(arrived.values_list("to_address", flat=True)) == sorted(
        [payer.user.email, payee.user.email]
    )
    assert Payment.objects.get(id=outcome.id).confirmed_at


def test_a_lost_answer_is_asked_for(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(minutes=5)):
        customer = customer_factory()
        top_up(customer, 500, token="sim_card_0921")
    jobs.sweep.defer(timestamp=0)
    connection.close()
    asyncio.run(work(until_idle=True))
    assert available(customer) == 500
