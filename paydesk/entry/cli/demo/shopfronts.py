"""Merchants of the demo: shops that applied, a sandbox, orders paid, reserved, left, given back;
and what friends ask each other for. Everything by the real actions."""

from datetime import timedelta

from paydesk.brands import profiles
from paydesk.entry.cli.demo import almanac
from paydesk.entry.cli.demo.stage import Stage, Story
from paydesk.entry.cli.demo.town import Resident, Town
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.merchants.actions import onboarding
from paydesk.money.merchants.models import Merchant
from paydesk.money.orders import access
from paydesk.money.orders.actions import ordering, paying, requesting
from paydesk.money.orders.actions.ordering import OrderWish
from paydesk.money.orders.actions.paying import Pay
from paydesk.money.orders.models import Order
from paydesk.money.orders.rules import Capture
from paydesk.money.payments.states import PaymentState
from paydesk.money.refunds.actions import refund_purchase

# (name, website, what it sells) in the language of the brand's people
SHOPS = (
    ("半亩茶社", "https://halfacre.example", "茶叶与茶具"),
    ("北岸咖啡", "https://northbank.example", "咖啡豆与手冲器具"),
    ("山止书店", "https://shanzhi.example", "新书与旧书"),
)
GOODS = ("明前龙井 250 克", "手冲壶", "耶加雪菲 500 克", "书三本", "礼盒")
LEFT, RESERVED, GIVEN_BACK = 0.12, 0.15, 0.1


def schedule(stage: Stage, town: Town, brand: str, count: int) -> None:
    """Open the shops on the first day, and let `count` orders and some requests come in."""
    shops: list[Merchant] = []
    stage.add(stage.start + timedelta(hours=8), _register(town, brand))
    stage.add(stage.start + timedelta(hours=9), _open(town, brand, shops))
    zone = profiles.get(brand).zone
    span = stage.start + timedelta(days=2), stage.end
    for at in almanac.moments(town.random, count, *span, zone, almanac.PAYING):
        stage.add(at, _buys(town, brand, shops))
    for at in almanac.moments(town.random, max(2, count // 6), *span, zone, almanac.PAYING):
        stage.add(at, _asks_a_friend(town, brand))


def _open(town: Town, brand: str, shops: list[Merchant]) -> Story:
    """Two active merchants, a sandbox, and an application that waits."""
    owners = [*town.of_part(brand, "shop"), *town.of_part(brand, "everyday")][: len(SHOPS) + 1]
    for n, (owner, (name, website, about)) in enumerate(zip(owners, SHOPS, strict=False)):
        made = onboarding.apply(
            owner=owner.customer, name=name, website=website, about=about, actor=owner.actor
        )
        if n < len(SHOPS) - 1:
            shops.append(onboarding.activate_by_story(made, actor=SYSTEM(brand)))
        yield timedelta(hours=2)


def _register(town: Town, brand: str) -> Story:
    """Every shop of the town is let in under its own name, which its payers then read."""
    for n, shop in enumerate(town.of_part(brand, "shop")):
        made = onboarding.apply(
            owner=shop.customer,
            name=shop.person.name,
            website=f"https://shop{n}.example",
            about="A shop of the town" if shop.english else "街边小店",
            actor=shop.actor,
        )
        onboarding.activate_by_story(made, actor=SYSTEM(brand))
    yield from ()


def _buys(town: Town, brand: str, shops: list[Merchant]) -> Story:
    """Order, look, pay; sometimes leave, sometimes reserve, sometimes have it back."""
    random, resident = town.random, town.somebody(brand)
    if not shops or resident.is_frozen:
        return
    order = _order(town, random.choice(shops), resident)
    ordering.note_seen(order)
    yield timedelta(seconds=random.randint(15, 300))
    if random.random() < LEFT:
        return
    if resident.balance < order.amount:
        resident.top_up(order.amount + town.money(resident, 10, 60))
        yield timedelta(seconds=random.randint(20, 90))
    outcome = paying.pay_order(Pay(order, resident.customer, resident.actor, str(ids.uuid7())))
    if not outcome.ok:
        return
    resident.balance -= order.amount
    yield timedelta(hours=random.randint(1, 40))
    order = access.order_of(order.merchant_id, True, order.id)
    actor = Actor(ActorKind.MERCHANT, order.merchant_id, brand)
    if outcome.state is PaymentState.PROCESSING and order.state == "authorised":
        paying.capture(order, None if random.random() < 0.7 else order.amount // 2, actor=actor)
    elif order.payment and order.state == "paid" and random.random() < GIVEN_BACK:
        amount = order.amount if random.random() < 0.5 else order.amount // 2
        refund_purchase(
            original=order.payment, amount=amount, actor=actor, key=str(ids.uuid7()), note="退货"
        )


def _order(town: Town, shop: Merchant, resident: Resident) -> Order:
    manual = town.random.random() < RESERVED
    return ordering.create_order(
        OrderWish(
            merchant=shop,
            live=True,
            amount=town.money(resident, 20, 300),
            currency=resident.currency,
            reference=f"A-{town.random.randint(10_000, 99_999)}",
            description=town.random.choice(GOODS),
            capture=Capture.MANUAL if manual else Capture.AUTOMATIC,
            expires_at=clock.now() + timedelta(minutes=30),
            return_url=f"{shop.website}/done",
            actor=Actor(ActorKind.MERCHANT, shop.id, shop.brand),
        )
    )


def _asks_a_friend(town: Town, brand: str) -> Story:
    """Ask a friend for a share; most pay, some decline, some let it lie."""
    resident = town.somebody(brand)
    friend = town.friend_of(resident)
    request = requesting.make_request(
        requester=resident.customer,
        payer=friend.customer,
        amount=town.money(resident, 10, 90),
        currency=resident.currency,
        note="split the bill" if resident.english else "拼单",
        actor=resident.actor,
    )
    yield timedelta(minutes=town.random.randint(3, 300))
    chance = town.random.random()
    if chance < 0.7:
        requesting.pay_request(
            request, payer=friend.customer, actor=friend.actor, key=str(ids.uuid7())
        )
    elif chance < 0.85:
        requesting.decline(request, payer=friend.customer, actor=friend.actor)


def turn() -> None:
    """What the worker does with the orders of all brands by the clock."""
    ordering.expire_orders()
    paying.expire_holds()
    requesting.expire_requests()
