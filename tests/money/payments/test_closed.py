"""What a provider took for somebody who is gone waits for a person, and is asked for no more."""

from datetime import timedelta

import pytest

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.verify import verify
from paydesk.money.merchants.actions import onboarding
from paydesk.money.merchants.models import Merchant
from paydesk.money.merchants.rules import Standing
from paydesk.money.payments import accounts, actions
from paydesk.money.payments.actions.topup import record_received
from paydesk.money.payments.models import Attempt, Payment
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.orders.shops import order, pay_by_provider, shop
from tests.money.payments.helpers import key, top_up
from tests.money.payments.test_reconcile import tell

pytestmark = pytest.mark.usefixtures("committed_db")
US = SYSTEM("topay")


@pytest.fixture
def chen(customer_factory: CustomerFactory) -> Customer:
    with clock.travel(clock.now() - timedelta(hours=2)):
        return customer_factory(name="陈晓雯")


@pytest.fixture
def tea(customer_factory: CustomerFactory) -> Merchant:
    with clock.travel(clock.now() - timedelta(hours=2)):
        return shop(customer_factory())


def received(customer: Customer, currency: str) -> Payment:
    """Money that nobody had announced, and the provider's word for it."""
    outcome = record_received(
        customer=customer,
        token="sim_card_0921",
        amount=1_234,
        currency=currency,
        actor=US,
        key=key(),
    )
    attempt = Attempt.objects.get(payment_id=outcome.id)
    tell(attempt, 1_234)
    return Payment.objects.get(id=outcome.id)


def close(merchant: Merchant, staff_factory: StaffFactory) -> None:
    onboarding.move(merchant, Standing.CLOSED, staff=staff_factory(role="admin"))


def waits(payment: Payment, because: str) -> bool:
    """Whether it waits for a person, and nobody asks its provider, now or later."""
    with clock.travel(clock.now() + timedelta(hours=3)):
        actions.sweep("topay")
    payment.refresh_from_db()
    attempt = payment.attempts.get()
    assert (payment.state, payment.reason) == ("processing", "paid_not_credited")
    assert payment.facts == {"because": because}
    return (attempt.state, attempt.queries, attempt.next_query_at) == ("paid", 0, None)


@pytest.mark.parametrize("currency", ["CNY", "USD"])
def test_who_had_no_account_in_the_currency_gets_none_and_nothing_raises(
    chen: Customer, currency: str
) -> None:
    people.close_customer(chen, actor=US)
    assert waits(received(chen, currency), "sender_closed")
    assert (accounts.wallet(chen, currency) is None) is (currency == "USD")
    assert verify().ok


def test_a_purchase_at_a_merchant_that_closed(
    chen: Customer, tea: Merchant, staff_factory: StaffFactory
) -> None:
    payment = pay_by_provider(order(tea, 8_800), chen)
    close(tea, staff_factory)
    tell(payment.attempts.get(), 8_800)
    assert waits(payment, "recipient_closed")
    assert verify().ok


def test_a_merchant_that_is_suspended_may_get_it_still(
    chen: Customer, tea: Merchant, staff_factory: StaffFactory
) -> None:
    payment = pay_by_provider(order(tea, 8_800), chen)
    onboarding.move(tea, Standing.SUSPENDED, staff=staff_factory(role="admin"))
    tell(payment.attempts.get(), 8_800)
    assert payment.attempts.get().next_query_at


def test_refused_at_a_merchant_that_closed_it_has_failed(
    chen: Customer, tea: Merchant, staff_factory: StaffFactory
) -> None:
    with clock.travel(clock.now() - timedelta(hours=1)):
        payment = pay_by_provider(order(tea, 8_800), chen, token="sim_card_0922")
        close(tea, staff_factory)
        for seconds in (30, 60):
            clock.advance(timedelta(seconds=seconds))
            actions.sweep("topay")
        payment.refresh_from_db()
    assert (payment.state, payment.attempts.get().next_query_at) == ("failed", None)


def test_a_payment_that_is_over_is_asked_about_once_at_most(chen: Customer) -> None:
    """As where a person ended it in the moment in which the next question was due."""
    payment = Payment.objects.get(id=top_up(chen).id)
    Attempt.objects.filter(payment=payment).update(next_query_at=clock.now())
    actions.sweep("topay")
    assert payment.attempts.get().next_query_at is None
