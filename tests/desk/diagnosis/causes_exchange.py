"""Rows of other currencies and of money on its way back, each caused on its real path."""

from datetime import timedelta

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.exchange.rules import Declared
from paydesk.money.orders.actions.disbursing import DisburseWish, plan_disbursements
from paydesk.money.payments.known import outcome_of
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.states import PaymentKind
from paydesk.money.payments.submit import submit
from paydesk.money.refunds import actions
from paydesk.money.refunds.actions.repaying import Repayment
from paydesk.money.refunds.rules import RecallWhy, Route
from tests.desk.diagnosis.causes import cause
from tests.factories import CustomerFactory
from tests.money.exchange.helpers import convert, quote, rates, remit
from tests.money.orders.shops import shop
from tests.money.payments.helpers import customer_actor, fund, key, send
from tests.money.refunds.helpers import bought, by_card, charged, long_ago


@cause("quote_lapsed")
def _(make: CustomerFactory) -> Outcome:
    customer = make()
    fund(customer, 10_000)
    with clock.travel(clock.now() - timedelta(minutes=2)):
        rates()
        offer = quote(customer, 5_000)
    return convert(offer)


@cause("no_liquidity")
def _(make: CustomerFactory) -> Outcome:
    customer = make()
    fund(customer, 10_000)
    rates()
    return convert(quote(customer, 5_000))


@cause("cross_border_data")
def _(make: CustomerFactory) -> Outcome:
    payer, payee = make(), make()
    fund(payer, 10_000)
    rates()
    offer = quote(payer, 5_000, kind=PaymentKind.REMITTANCE)
    return remit(offer, payee, declared=Declared("US"))


@cause("refund_too_late")
def _(make: CustomerFactory) -> Outcome:
    with clock.travel(clock.now() - timedelta(days=181)):
        payment = _bought_by_card(make)
    return actions.repay(Repayment(payment, 5_000, Route.ORIGINAL, SYSTEM("topay"), key()))


@cause("refund_route_gone")
def _(make: CustomerFactory) -> Outcome:
    payment = _bought_by_card(make)  # the provider knows no such charge
    return actions.repay(Repayment(payment, 5_000, Route.ORIGINAL, SYSTEM("topay"), key()))


def _bought_by_card(make: CustomerFactory) -> Payment:
    buyer, seller = make(), shop(make())
    fund(buyer, 10_000)
    return charged(bought(buyer, seller, 5_000))


@cause("topup_refund_too_late")
def _(make: CustomerFactory) -> Outcome:
    _, payment = long_ago(make, 181)
    return actions.repay(Repayment(payment, 5_000, Route.ORIGINAL, SYSTEM("topay"), key()))


@cause("topup_refund_route_gone")
def _(make: CustomerFactory) -> Outcome:
    payment = by_card(make(), "4747")
    return actions.repay(Repayment(payment, 5_000, Route.ORIGINAL, SYSTEM("topay"), key()))


@cause("merchant_short")
def _(make: CustomerFactory) -> Outcome:
    buyer, seller = make(), shop(make())
    fund(buyer, 10_000)
    payment = bought(buyer, seller)
    [plan] = plan_disbursements(
        [
            DisburseWish(
                "topay", seller.id, seller.owner_id, make().number, 8_800, "CNY",
                reference="out", note="", key=key(),
            )
        ]
    )  # fmt: skip
    submit(plan)
    return actions.refund_purchase(original=payment, amount=8_800, actor=SYSTEM("topay"), key=key())


def _disputed(make: CustomerFactory, due_at: str) -> Outcome:
    payment = by_card(make())
    row = actions.told(
        brand="topay",
        attempt_id=str(payment.attempts.get().id),
        payment_id=str(payment.id),
        dispute={
            "id": "dp_1",
            "state": "open",
            "reason": "fraudulent",
            "amount": payment.amount,
            "currency": "CNY",
            "due_at": due_at,
        },
    )
    return outcome_of(Payment.objects.get(purpose=row.purpose), repeated=False)


@cause("dispute_open")
def _(make: CustomerFactory) -> Outcome:
    return _disputed(make, (clock.now() + timedelta(days=7)).isoformat())


@cause("dispute_open_undated")
def _(make: CustomerFactory) -> Outcome:
    return _disputed(make, "")


@cause("recalled")
def _(make: CustomerFactory) -> Outcome:
    payer, payee = make(), make()
    fund(payer, 10_000)
    payment = Payment.objects.get(id=send(payer, payee, 8_000).id)
    row = actions.recall(
        customer=payer,
        payment=payment,
        why=RecallWhy.FRAUD,
        text="冒充客服",
        actor=customer_actor(payer),
    )
    return outcome_of(Payment.objects.get(purpose=row.purpose), repeated=False)
