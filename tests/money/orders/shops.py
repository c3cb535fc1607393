"""What tests of merchants and orders need: a shop that takes money, a customer who has some."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.ledger.posting import post_batch
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.merchants.actions import keys, onboarding
from paydesk.money.merchants.models import Merchant
from paydesk.money.merchants.rules import Scope
from paydesk.money.orders.actions import paying
from paydesk.money.orders.actions.ordering import OrderWish, create_order
from paydesk.money.orders.models import Order
from paydesk.money.orders.rules import Capture, purpose_of_order
from paydesk.money.payments import accounts, charging, codes, numbering
from paydesk.money.payments.actions import settle
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Asked, NewPayment, Plan
from paydesk.money.payments.providers.protocol import Terms
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.people.models import Customer

WEBSITE = "https://shop.example"


def by(customer: Customer) -> Actor:
    """A customer as one who acts."""
    return Actor(ActorKind.CUSTOMER, customer.id, customer.brand)


def shop(owner: Customer, name: str = "半亩茶社") -> Merchant:
    """An active merchant."""
    made = onboarding.apply(
        owner=owner, name=name, website=WEBSITE, about="茶叶与茶具", actor=by(owner)
    )
    return onboarding.activate_by_story(made, actor=SYSTEM(owner.brand))


def fund(side: Customer | Merchant, amount: int, currency: str = "CNY") -> None:
    """Money from nowhere (the clearing account), as a top-up would bring it."""
    chart = accounts.chart(side.brand, side)
    target = (
        chart.wallet(side, currency)
        if isinstance(side, Customer)
        else chart.merchant(side, currency)
    )
    item = Item(ids.uuid7(), Kind.PLAIN, chart.clearing(currency), target, amount, codes.TOPUP)
    with transaction.atomic():
        [result] = post_batch([item], None)
    assert result.ok, result


def order(merchant: Merchant, amount: int = 8800, **changed: Any) -> Order:
    """An order of a merchant."""
    values: dict[str, Any] = {
        "live": True,
        "currency": "CNY",
        "reference": "A-1001",
        "description": "明前龙井 250 克",
        "capture": Capture.AUTOMATIC,
        "expires_at": clock.now() + timedelta(minutes=30),
        "return_url": f"{WEBSITE}/done",
        "actor": Actor(ActorKind.MERCHANT, merchant.id, merchant.brand),
    } | changed
    return create_order(OrderWish(merchant=merchant, amount=amount, **values))


def reserve(merchant: Merchant, payer: Customer, amount: int = 10_000) -> Payment:
    """An order's money, reserved for the merchant to take later."""
    one = order(merchant, amount, capture=Capture.MANUAL)
    done = paying.pay_order(paying.Pay(one, payer, by(payer), str(ids.uuid7())))
    assert done.state == "processing", done
    return Payment.objects.get(id=done.id)


def take(reserved: Payment, amount: int = 7_000) -> Payment:
    """A part of what was reserved, taken; the rest is the payer's again."""
    one = Order.objects.select_related("merchant", "payment").get(payment=reserved)
    done = paying.capture(one, amount, actor=Actor(ActorKind.MERCHANT, one.merchant_id, one.brand))
    assert done.state == "succeeded", done
    return Payment.objects.get(id=reserved.id)


def key(merchant: Merchant, *scopes: Scope, live: bool = True) -> str:
    """A key's text; all scopes unless some are named."""
    owner = merchant.owner
    assert owner
    _, text = keys.make(
        merchant, live=live, label="test", scopes=scopes or tuple(Scope), actor=by(owner)
    )
    return text


def pay_by_provider(one: Order, payer: Customer, token: str = "sim_card_0921") -> Payment:
    """An order paid through a provider instead of from the wallet, sent; by default the provider's
    answer gets lost."""
    means = charging.open_means(token, one.brand)
    number = numbering.draw()
    new = NewPayment(
        id=ids.uuid7(),
        number=number,
        kind=PaymentKind.PURCHASE,
        amount=one.amount,
        currency=one.currency,
        asked=Asked(str(by(payer)), str(ids.uuid7()), "x"),
        payer=payer.id,
        merchant=one.merchant_id,
        purpose=purpose_of_order(one.id),
        recipient_shown=one.merchant.name,
        method=charging.method(means),
        state=PaymentState.PROCESSING,
        attempt=charging.first_attempt(means, Terms(), number),
    )
    account = accounts.chart(one.brand, one.merchant).merchant(one.merchant, one.currency)
    assert submit(Plan(one.brand, by(payer), new, (account,))).ok
    assert new.attempt
    settle.send(new.attempt.id, SYSTEM(one.brand))
    return Payment.objects.get(id=new.id)
