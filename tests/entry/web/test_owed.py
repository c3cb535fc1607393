"""The reconciliation page lists what is owed to customers whose account is closed."""

from datetime import timedelta

import pytest
from django.test import Client

from paydesk.audit.models import Entry
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments import actions as payments
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payouts import actions as payouts
from paydesk.money.refunds import actions as refunds
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.payments.helpers import fund, top_up
from tests.money.payments.test_reconcile import tell
from tests.money.payouts.helpers import bank_account, monday, payment_of, row_of, send, withdraw
from tests.money.refunds.helpers import asked, by_card

pytestmark = pytest.mark.usefixtures("committed_db")
PAGE = "/desk/operations/reconciliation/"
HEAD = "欠已注销客户的钱"


@pytest.fixture
def page(staff_factory: StaffFactory, client_of: ClientOf) -> Client:
    return client_of(staff_factory(role="supervisor").user)


@pytest.fixture
def chen(customer_factory: CustomerFactory) -> Customer:
    with clock.travel(clock.now() - timedelta(hours=2)):
        return customer_factory(name="陈晓雯")


def close(customer: Customer) -> None:
    people.close_customer(customer, actor=SYSTEM("topay"))


def returned_refund(customer: Customer, staff_factory: StaffFactory) -> Payment:
    """A refund to a card that the provider gave back."""
    paid = by_card(customer, "4751")
    request = refunds.decide(asked(customer, paid, 5_000), staff=staff_factory(), grant=5_000)
    return Payment.objects.get(purpose=request.purpose)


def test_a_refund_that_came_back(page: Client, chen: Customer, staff_factory: StaffFactory) -> None:
    refund = returned_refund(chen, staff_factory)
    assert HEAD not in page.get(PAGE).content.decode()
    close(chen)
    refunds.returned(attempt_id=str(refund.attempts.get().id), code="expired_card")
    shown = page.get(PAGE).content.decode()
    assert "每一笔都有依据" not in shown
    whose = f'陈晓雯 · 客户号 <span class="num">{chen.number}</span>'
    for word in (HEAD, "退款被退回", refund.number, whose, "¥50.00", "expired_card"):
        assert word in shown
    said = page.get(f"{PAGE}?lang=en", follow=True).content.decode()
    for word in ("Owed to customers whose account is closed", "Refund came back"):
        assert word in said


def test_while_the_account_is_open_the_wallet_gets_it(
    page: Client, chen: Customer, staff_factory: StaffFactory
) -> None:
    refund = returned_refund(chen, staff_factory)
    people.place_freeze(chen, reason="stolen", actor=SYSTEM("topay"))
    refunds.returned(attempt_id=str(refund.attempts.get().id), code="expired_card")
    assert HEAD not in page.get(PAGE).content.decode()  # it waits, and comes by itself


def test_a_withdrawal_that_came_back_is_not_tried_for_ever(
    page: Client, customer_factory: CustomerFactory
) -> None:
    with clock.travel(monday() - timedelta(days=5)):
        wang = customer_factory(name="王芳", identity_level=2)
        fund(wang, 50_000)
    with clock.travel(monday()):
        fee = payment_of(withdraw(wang, bank_account(wang), 100_000)).fee  # refused: too much
        outcome = withdraw(wang, bank_account(wang, "0136"), 50_000 - fee)
        payment = send(outcome)
        close(wang)
        attempt, at = row_of(outcome).attempt_id, clock.now()
        assert attempt
        assert payouts.take_return(
            attempt, code="AC04", amount=payment.amount, currency="CNY", at=at
        )
        before = Payment.objects.count()
        assert payouts.credit_due() == 0
        assert (Payment.objects.count(), row_of(outcome).state) == (before, "returning")
    shown = page.get(PAGE).content.decode()
    for word in (HEAD, "提现被退回", payment.number, "王芳", "AC04"):
        assert word in shown


def test_a_top_up_that_came_too_late(page: Client, chen: Customer) -> None:
    outcome = top_up(chen, token="sim_card_0921")
    close(chen)
    payment = Payment.objects.get(id=outcome.id)
    tell(payment.attempts.get(), payment.amount)
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == ("processing", "paid_not_credited")
    shown = page.get(PAGE).content.decode()
    for word in (HEAD, "注销后才收到", payment.number, "¥100.00"):
        assert word in shown


def test_a_top_up_that_came_too_late_is_asked_for_no_more(chen: Customer) -> None:
    outcome = top_up(chen, token="sim_card_0921")
    close(chen)
    attempt = Attempt.objects.get(payment_id=outcome.id)
    tell(attempt, attempt.amount)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.next_query_at) == ("paid", None)
    entries = Entry.objects.count()
    with clock.travel(clock.now() + timedelta(hours=3)):
        payments.sweep("topay")
        attempt.refresh_from_db()
    assert (attempt.queries, attempt.next_query_at) == (0, None)
    assert Entry.objects.count() == entries


def test_a_top_up_into_a_frozen_wallet_is_still_tried(chen: Customer) -> None:
    outcome = top_up(chen, token="sim_card_0921")
    people.place_freeze(chen, reason="stolen", actor=SYSTEM("topay"))
    attempt = Attempt.objects.get(payment_id=outcome.id)
    tell(attempt, attempt.amount)
    attempt.refresh_from_db()
    assert attempt.next_query_at


def test_another_brand_s_supervisor_sees_nothing_of_it(
    chen: Customer, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    refund = returned_refund(chen, staff_factory)
    close(chen)
    refunds.returned(attempt_id=str(refund.attempts.get().id), code="expired_card")
    other = client_of(staff_factory(role="supervisor", brands=["gopay"]).user)
    assert HEAD not in other.get(PAGE).content.decode()
    assert other.get(f"{PAGE}?brand=topay").status_code == 404
    agent = client_of(staff_factory(role="agent").user)
    assert agent.get(PAGE).status_code in (403, 404)
