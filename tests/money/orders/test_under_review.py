"""Orders whose money is taken later, while a person looks into the payment: the approval takes
nothing, and whatever is decided, and however late, the money is somebody's in the end."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.ledger.models import OpenHold
from paydesk.money.ledger.verify import verify
from paydesk.money.merchants.models import MerchantEvent
from paydesk.money.orders.actions import ordering, paying
from paydesk.money.orders.actions.paying import Pay
from paydesk.money.orders.models import Order
from paydesk.money.orders.rules import HOLD_LASTS, Capture
from paydesk.money.payments import actions
from paydesk.money.payments.checks import Screened
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.payments.submit import submit
from paydesk.money.risk import actions as risk
from paydesk.money.risk.models import Review
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.orders.shops import by, order, shop
from tests.money.orders.test_paying import has
from tests.money.payments.helpers import fund, staff_actor

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def then() -> datetime:
    """When everything here begins: so long ago that what was reserved then has lapsed."""
    return clock.now() - HOLD_LASTS - timedelta(days=1)


@pytest.fixture
def one(then: datetime, customer_factory: CustomerFactory) -> Order:
    """An order over 10,000 whose payer stands on a list, paid and under review."""
    with clock.travel(then):
        payer = customer_factory(name="Velkanov Radomir")
        fund(payer, 50_000)
        risk.screen_customer(customer_id=str(payer.id), brand="topay")
        made = order(shop(customer_factory(name="林茶")), 10_000, capture=Capture.MANUAL)
        outcome = paying.pay_order(Pay(made, payer, by(payer), str(ids.uuid7())))
        assert (outcome.state, outcome.reason) == (PaymentState.PROCESSING, Reason.SCREENING)
        assert has(payer) == (50_000, 10_000)
        assert now(made).state == "open"
        return made


def now(one: Order) -> Order:
    return Order.objects.select_related("merchant", "payment").get(id=one.id)


def payment_of(one: Order) -> Payment:
    return Payment.objects.get(purpose=f"order:{one.id}")


def payer_of(one: Order) -> Customer:
    payer = payment_of(one).payer
    assert payer
    return payer


def merchant(one: Order) -> Actor:
    return Actor(ActorKind.MERCHANT, one.merchant_id, one.brand)


def test_let_through_the_money_waits_for_the_merchant(
    one: Order, then: datetime, staff_factory: StaffFactory
) -> None:
    with clock.travel(then + timedelta(hours=2)):
        assert ordering.expire_orders() == 0  # it is being paid
        done = actions.decide(payment_of(one), True, staff_actor(staff_factory()))
        assert (done.state, done.reason) == (PaymentState.PROCESSING, None)
        assert (now(one).state, now(one).captured) == ("authorised", 0)
        assert has(payer_of(one)) == (50_000, 10_000)
        assert has(one.merchant) == (0, 0)
        assert MerchantEvent.objects.get().kind == "order.authorised"
        with pytest.raises(actions.NotUnderReview):
            actions.decide(payment_of(one), False, staff_actor(staff_factory()))
        taken = paying.capture(now(one), 7_000, actor=merchant(one))
        assert taken.state is PaymentState.SUCCEEDED
    assert (now(one).state, now(one).captured) == ("paid", 7_000)
    assert has(payer_of(one)) == (43_000, 0)
    assert has(one.merchant) == (7_000, 0)
    assert Review.objects.get().state == "approved"
    assert verify().ok


def test_let_through_and_never_taken_it_expires(
    one: Order, then: datetime, staff_factory: StaffFactory
) -> None:
    with clock.travel(then + timedelta(hours=2)):
        actions.decide(payment_of(one), True, staff_actor(staff_factory()))
        until = now(one).hold_expires_at
        assert until
        assert until >= then + HOLD_LASTS
        assert paying.expire_holds() == 0
    assert paying.expire_holds() == 1
    assert now(one).state == "expired"
    assert (payment_of(one).state, payment_of(one).reason) == ("failed", Reason.HOLD_EXPIRED)
    assert payment_of(one).facts["expired_at"] == until.isoformat()
    free_again(one)
    assert Review.objects.get().state == "approved"


@pytest.mark.parametrize("later", [timedelta(hours=2), timedelta(days=8)])
def test_refused_the_money_is_free_however_late(
    one: Order, then: datetime, staff_factory: StaffFactory, later: timedelta
) -> None:
    boss = staff_factory()
    with clock.travel(then + later):
        done = actions.decide(payment_of(one), False, staff_actor(boss))
    assert (done.state, done.reason) == (PaymentState.FAILED, Reason.SCREENING)
    assert now(one).state == "open"  # it may be paid by somebody else, while there is time
    assert ordering.expire_orders() == 1
    free_again(one)
    review = Review.objects.get()
    assert (review.state, review.decided_by) == ("refused", boss)


@pytest.fixture
def lapsed(then: datetime, customer_factory: CustomerFactory) -> Order:
    """As `one`, of whose reservation the ledger says that it is over."""
    with clock.travel(then):
        payer = customer_factory()
        fund(payer, 50_000)
        made = order(shop(customer_factory(name="林茶")), 10_000, capture=Capture.MANUAL)
        plan = paying.plan_purchase(Pay(made, payer, by(payer), str(ids.uuid7())))
        assert isinstance(plan.subject, NewPayment)
        waits = replace(plan.subject, reason=Reason.SCREENING)
        checks = tuple(one for one in plan.checks if not isinstance(one, Screened))
        submit(replace(plan, subject=waits, checks=checks))
    [hold] = OpenHold.objects.all()
    assert hold.expires_at
    assert hold.expires_at < clock.now()
    return made


def test_a_reservation_that_is_over_is_refused(lapsed: Order, staff_factory: StaffFactory) -> None:
    done = actions.decide(payment_of(lapsed), False, staff_actor(staff_factory()))
    assert (done.state, done.reason) == (PaymentState.FAILED, Reason.SCREENING)
    assert ordering.expire_orders() == 1
    free_again(lapsed)


def test_a_reservation_that_is_over_and_let_through_expires(
    lapsed: Order, staff_factory: StaffFactory
) -> None:
    done = actions.decide(payment_of(lapsed), True, staff_actor(staff_factory()))
    assert (done.state, done.reason) == (PaymentState.PROCESSING, None)
    told = paying.capture(now(lapsed), None, actor=merchant(lapsed))
    assert (told.state, told.reason) == (PaymentState.FAILED, Reason.HOLD_EXPIRED)
    free_again(lapsed)


def test_a_reservation_that_is_over_can_still_be_given_up(
    lapsed: Order, staff_factory: StaffFactory
) -> None:
    actions.decide(payment_of(lapsed), True, staff_actor(staff_factory()))
    assert paying.void(now(lapsed), actor=merchant(lapsed)).state is PaymentState.CANCELLED
    assert now(lapsed).state == "cancelled"
    assert has(payer_of(lapsed)) == (50_000, 0)
    assert not OpenHold.objects.exists()


def free_again(one: Order) -> None:
    """Nothing is held, nothing was taken, and the order is over."""
    assert has(payer_of(one)) == (50_000, 0)
    assert has(one.merchant) == (0, 0)
    assert not OpenHold.objects.exists()
    assert now(one).state == "expired"
    assert verify().ok
