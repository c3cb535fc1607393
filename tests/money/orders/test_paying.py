"""Orders paid, reserved, taken in part, released, expired, and closed at the wrong moment."""

import time
from datetime import timedelta

import pytest
from django.db import transaction

from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.ledger import queries as ledger
from paydesk.money.merchants.actions import onboarding
from paydesk.money.merchants.models import Merchant, MerchantEvent
from paydesk.money.merchants.rules import Standing
from paydesk.money.orders import jobs
from paydesk.money.orders.actions import following, ordering, paying, sandbox
from paydesk.money.orders.actions.paying import Pay
from paydesk.money.orders.models import Order
from paydesk.money.orders.rules import Capture
from paydesk.money.payments import accounts
from paydesk.money.payments.actions import review
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.orders.shops import by, fund, order, shop
from tests.money.risk.helpers import in_force, rule, seated

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def tea(customer_factory: CustomerFactory) -> Merchant:
    return shop(customer_factory(name="林茶"))


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    made = customer_factory(name="陈晓雯")
    fund(made, 50_000)
    return made


def pay(one: Order, payer: Customer, key: str = "") -> Outcome:
    return paying.pay_order(Pay(one, payer, by(payer), key or str(ids.uuid7())))


def has(side: Merchant | Customer) -> tuple[int, int]:
    chart = accounts.chart(side.brand, side)
    account = (
        chart.wallet(side, "CNY") if isinstance(side, Customer) else chart.merchant(side, "CNY")
    )
    found = ledger.balance(account)
    return found.posted, found.held


def merchants_actor(merchant: Merchant) -> Actor:
    return Actor(ActorKind.MERCHANT, merchant.id, merchant.brand)


def test_a_paid_order_gives_its_money_to_the_merchant_once(tea: Merchant, payer: Customer) -> None:
    one = order(tea, 8800)
    outcome = pay(one, payer, "key-of-the-page")
    assert outcome.ok, outcome
    assert outcome.state is PaymentState.SUCCEEDED
    again = pay(one, payer, "key-of-the-page")
    assert again.repeated
    assert again.id == outcome.id
    twice = pay(one, payer)
    assert twice.reason is Reason.DUPLICATE
    one.refresh_from_db()
    assert (one.state, one.captured, one.payment_id) == ("paid", 8800, outcome.id)
    assert has(tea) == (8800, 0)
    assert has(payer) == (50_000 - 8800, 0)
    told = MerchantEvent.objects.get(merchant=tea, kind="order.paid")
    assert told.data["number"] == one.number
    assert told.data["state"] == "paid"


def test_a_late_payer_is_told_that_the_order_is_closed(tea: Merchant, payer: Customer) -> None:
    one = order(tea)
    with clock.travel(one.expires_at + timedelta(seconds=1)):
        late = pay(one, payer)
        assert late.reason is Reason.ORDER_CLOSED
        assert late.facts["order"] == str(one.id)
        assert ordering.expire_orders() == 1
        one.refresh_from_db()
        assert one.state == "expired"
        assert pay(one, payer).reason is Reason.ORDER_CLOSED
    assert has(tea) == (0, 0)


def test_a_cancelled_order_is_not_paid_and_a_paid_one_not_cancelled(
    tea: Merchant, payer: Customer
) -> None:
    one = order(tea)
    ordering.cancel_order(one, actor=merchants_actor(tea))
    one.refresh_from_db()
    assert pay(one, payer).reason is Reason.ORDER_CLOSED
    other = order(tea)
    pay(other, payer)
    with pytest.raises(ordering.NotOpen):
        ordering.cancel_order(other, actor=merchants_actor(tea))


def test_money_for_an_order_that_was_closed_meanwhile_comes_back(
    tea: Merchant, payer: Customer
) -> None:
    one = order(tea)  # as a payer's page had read it
    ordering.cancel_order(order_now(one), actor=merchants_actor(tea))
    outcome = pay(one, payer)
    assert outcome.ok
    assert has(tea) == (8800, 0)
    following.give_back(payment_ids=[str(outcome.id)])
    following.give_back(payment_ids=[str(outcome.id)])
    assert has(tea) == (0, 0)
    assert has(payer) == (50_000, 0)
    assert order_now(one).state == "cancelled"


def order_now(one: Order) -> Order:
    return Order.objects.select_related("merchant", "payment").get(id=one.id)


def test_a_reserved_order_is_taken_in_part_once(tea: Merchant, payer: Customer) -> None:
    one = order(tea, 10_000, capture=Capture.MANUAL)
    outcome = pay(one, payer)
    assert outcome.state is PaymentState.PROCESSING
    assert order_now(one).state == "authorised"
    assert has(payer) == (50_000, 10_000)
    taken = paying.capture(order_now(one), 7_000, actor=merchants_actor(tea))
    assert taken.state is PaymentState.SUCCEEDED
    assert order_now(one).captured == 7_000
    assert has(payer) == (43_000, 0)
    assert has(tea) == (7_000, 0)
    again = paying.capture(order_now(one), 10_000, actor=merchants_actor(tea))
    assert again.repeated
    assert has(tea) == (7_000, 0)
    kinds = set(MerchantEvent.objects.values_list("kind", flat=True))
    assert kinds == {"order.authorised", "order.captured"}


def test_a_reserved_order_is_released(tea: Merchant, payer: Customer) -> None:
    one = order(tea, 10_000, capture=Capture.MANUAL)
    pay(one, payer)
    outcome = paying.void(order_now(one), actor=merchants_actor(tea))
    assert outcome.state is PaymentState.CANCELLED
    assert order_now(one).state == "cancelled"
    assert has(payer) == (50_000, 0)


@pytest.mark.parametrize("late", ["capture", "job"])
def test_a_reservation_that_nobody_takes_expires(
    late: str, tea: Merchant, payer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (paying, following):
        monkeypatch.setattr(module, "HOLD_LASTS", timedelta(seconds=0.4))
    one = order(tea, 10_000, capture=Capture.MANUAL)
    outcome = pay(one, payer)
    time.sleep(0.6)  # the ledger takes nothing that is ahead of the server's clock
    if late == "capture":
        told = paying.capture(order_now(one), None, actor=merchants_actor(tea))
        assert told.reason is Reason.HOLD_EXPIRED
    else:
        assert paying.expire_holds() == 1
    assert paying.expire_holds() == 0
    assert order_now(one).state == "expired"
    assert has(payer) == (50_000, 0)
    payment = Payment.objects.get(id=outcome.id)
    assert (payment.state, payment.reason) == ("failed", Reason.HOLD_EXPIRED)
    assert {"hold", "expired_at"} <= set(payment.facts)


def test_a_suspended_merchant_gets_nothing(
    tea: Merchant, payer: Customer, customer_factory: CustomerFactory
) -> None:
    one = order(tea)
    with transaction.atomic():
        onboarding._move(tea.id, Standing.SUSPENDED, SYSTEM(tea.brand))
    assert pay(one, payer).reason is Reason.RECIPIENT_RESTRICTED
    assert has(tea) == (0, 0)
    with pytest.raises(ordering.NotTaking):
        order(Merchant.objects.get(id=tea.id))


def test_test_orders_never_meet_a_wallet(tea: Merchant, payer: Customer) -> None:
    one = order(tea, live=False)
    with pytest.raises(ValueError, match="test money"):
        pay(one, payer)
    with pytest.raises(ValueError, match="test money"):
        paying.plan_purchase(Pay(replace_brand(one), payer, by(payer), "some-key-1"))


def replace_brand(one: Order) -> Order:
    one.live, one.brand = True, "gopay"
    return one


@pytest.mark.parametrize("approve", [True, False])
def test_a_reservation_under_review_waits_for_the_decision_however_long(
    approve: bool,
    tea: Merchant,
    payer: Customer,
    staff_factory: StaffFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """None lapses while a person has to decide: neither answer could be carried out then."""
    monkeypatch.setattr(paying, "HOLD_LASTS", timedelta(seconds=0.4))
    in_force(staff_factory, rule("look", "review", {"amount": {"at_least": {"CNY": 100}}}))
    with seated():
        outcome = pay(order(tea, 10_000, capture=Capture.MANUAL), payer)
    assert (outcome.state, outcome.reason) == (PaymentState.PROCESSING, Reason.FRAUD_SCREEN)
    time.sleep(0.6)
    assert paying.expire_holds() == 0
    assert ledger.expired_holds(clock.now()) == []
    done = review.decide(Payment.objects.get(id=outcome.id), approve, SYSTEM(payer.brand))
    # Let through, it is reserved as it would have been: the merchant takes it.
    assert done.state is (PaymentState.PROCESSING if approve else PaymentState.FAILED), done
    assert has(payer) == ((50_000, 10_000) if approve else (50_000, 0))


def test_test_money_reserved_for_too_long_holds_nobody_up(
    tea: Merchant, payer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paying, "BATCH", 1)
    for module in (paying, following, sandbox):
        monkeypatch.setattr(module, "HOLD_LASTS", timedelta(seconds=0.4))
    test = sandbox.pay(order(tea, live=False, capture=Capture.MANUAL), actor=merchants_actor(tea))
    one = order(tea, 10_000, capture=Capture.MANUAL)
    pay(one, payer)
    assert (order_now(one).state, test.state) == ("authorised", "authorised")
    time.sleep(0.6)
    jobs.expire(timestamp=0)
    assert (order_now(one).state, order_now(test).state) == ("expired", "expired")
    assert has(payer) == (50_000, 0)
    assert ledger.expired_holds(clock.now()) == []
    told = MerchantEvent.objects.filter(kind="order.expired")
    assert sorted(told.values_list("live", flat=True)) == [False, True]
