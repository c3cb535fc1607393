"""What goes wrong with payments: each reason of the failure catalogue, caused for real.

A mishap is a story that ends with a payment that did not go as meant, and answers its outcome to
`then`, which may take it to support.
"""

from collections.abc import Callable
from datetime import timedelta

from paydesk.entry.cli.demo.stage import Story
from paydesk.entry.cli.demo.town import Resident, Town
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments import actions as payments
from paydesk.money.payments.access import payment_of
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import HoldReason
from paydesk.people import actions as people

Then = Callable[[Resident, Outcome, "Resident | None"], None]
"""Takes who it happened to, what came out and who should have got the money."""

SLOW = frozenset({"0921", "0922", "0923", "0924", "0925", "0926"})
"""Test cards whose outcome comes later."""

Mishap = Callable[[Town, Resident, Then], Story]

# How often each test instrument is used where a top-up goes wrong.
CARDS = {
    "0051": 14, "0005": 10, "0054": 6, "0014": 3, "0127": 5, "0128": 2, "3155": 8, "0041": 1,
    "0043": 1, "0059": 2, "0061": 4, "0065": 3, "0057": 3, "0062": 2, "0840": 2, "0091": 6,
    "0096": 4, "0094": 1, "0921": 3, "0922": 3, "0923": 4, "0924": 3, "0925": 1, "0926": 1,
}  # fmt: skip


def card(last4: str) -> Mishap:
    """A top-up from the test card that behaves so."""

    def story(town: Town, resident: Resident, then: Then) -> Story:
        outcome = resident.top_up(_sum(town, resident), f"sim_card_{last4}")
        if last4 in SLOW:
            yield from followed_up(resident.person.brand)
        if not outcome.ok:
            yield timedelta(seconds=town.random.randint(30, 300))
            then(resident, outcome, None)

    return story


def verified(town: Town, resident: Resident, then: Then) -> Story:
    """A card that asks for verification, which the customer finishes in time, well or not."""
    outcome = resident.top_up(_sum(town, resident), "sim_card_3155")
    yield timedelta(seconds=town.random.randint(40, 200))
    payment = payment_of(resident.customer, outcome.number)
    passed = town.random.random() < 0.7
    outcome = payments.finish_verification(payment, passed=passed, actor=resident.actor)
    if not outcome.ok:
        then(resident, outcome, None)


def followed_up(brand: str) -> Story:
    """What the worker would do meanwhile: ask the provider, take in its notifications."""
    for seconds in (25, 45, 180):
        yield timedelta(seconds=seconds)
        payments.sweep(brand)


def short(town: Town, resident: Resident, then: Then) -> Story:
    """Not enough money."""
    resident.look()
    over = resident.balance + town.money(resident, 50, 500)
    if over > resident.may.single:  # then the limit would be the reason: somebody with less
        known = town.of_part(resident.person.brand, "everyday", "late")
        resident = max(known, key=lambda one: one.may.single - one.balance)
        resident.look()
        # Who has more than he may send at once first spends a little less than all he may a day.
        for _ in range(3):
            if resident.balance + 50_00 <= resident.may.single:
                break
            part = min(resident.may.single, resident.may.day // 4)
            resident.send(town.shop(resident.person.brand), part)
            yield timedelta(hours=13)
            resident.look()
        over = min(resident.balance + 50_00, resident.may.single)
    yield from _sent(town, resident, town.friend_of(resident), over, then)


def held(town: Town, resident: Resident, then: Then) -> Story:
    """Enough money, but a part of it is reserved for two days."""
    resident.top_up(_sum(town, resident))
    yield timedelta(minutes=2)
    resident.look()
    limit = resident.may.single
    outcome = payments.place_hold(
        customer=resident.customer,
        amount=max(resident.balance - min(resident.balance, limit) // 3, 100),
        currency=resident.currency,
        reason=HoldReason.ORDER,
        expires_at=clock.now() + timedelta(hours=40),
        actor=SYSTEM(resident.person.brand),
    )
    if outcome.ok:
        yield timedelta(minutes=town.random.randint(2, 40))
        shop = town.shop(resident.person.brand)
        yield from _sent(town, resident, shop, min(max(resident.balance, 100), limit), then)


def over_single_limit(town: Town, resident: Resident, then: Then) -> Story:
    """More than one transfer may be."""
    if resident.is_frozen:
        resident = town.somebody(resident.person.brand)
    amount = resident.may.single + 100_00
    yield from _sent(town, resident, town.friend_of(resident), amount, then)


def over_day_limit(town: Town, resident: Resident, then: Then) -> Story:
    """Large transfers until the day's limit is used up."""
    may, top = resident.may, resident.brand.limits[resident.currency].topup_max
    friend = town.friend_of(resident)
    part = may.single * 9 // 10
    for _ in range(may.day // part + 1):
        resident.look()
        while resident.balance < part:
            if not resident.top_up(top).ok:
                return
            yield timedelta(seconds=50)
        if resident.send(friend, part).reason is Reason.LIMIT_DAY:
            break
        yield timedelta(minutes=4)
    yield timedelta(seconds=50)
    yield from _sent(town, resident, friend, part, then)


def to_frozen(town: Town, resident: Resident, then: Then) -> Story:
    """The recipient is frozen."""
    frozen = town.random.choice(town.frozen(resident.person.brand))
    yield from _with_money(town, resident, 8000)
    yield from _sent(town, resident, frozen, 8000, then)


def by_frozen(town: Town, resident: Resident, then: Then) -> Story:
    """The sender is frozen."""
    frozen = town.random.choice(town.frozen(resident.person.brand))
    yield from _sent(town, frozen, resident, 2000, then)


def to_nobody(town: Town, resident: Resident, then: Then) -> Story:
    """A phone number with a wrong digit."""
    typed = f"13700{town.random.randint(100000, 999999)}"
    outcome = resident.send(typed, town.money(resident, 20, 200))
    yield timedelta(seconds=town.random.randint(30, 200))
    then(resident, outcome, None)


def to_closed(town: Town, resident: Resident, then: Then) -> Story:
    """The recipient has left; closed here, if that has not happened yet."""
    (gone,) = town.of_part(resident.person.brand, "closing")
    if gone.customer.closed_at is None:
        if gone.balance:
            return
        people.close_customer(gone.customer, actor=gone.actor)
        yield timedelta(minutes=30)
    yield from _with_money(town, resident, 5000)
    yield from _sent(town, resident, gone, 5000, then)


def to_self(town: Town, resident: Resident, then: Then) -> Story:
    """One's own number."""
    yield from _sent(town, resident, resident, 1000, then)


def other_currency(town: Town, resident: Resident, then: Then) -> Story:
    """A currency that the recipient has no wallet in."""
    other = next(code for code in resident.brand.currencies if code != resident.currency)
    shop = town.shop(resident.person.brand)  # shops change no money
    outcome = resident.send(shop, 2000, currency=other)
    yield timedelta(seconds=town.random.randint(30, 200))
    then(resident, outcome, shop)


def twice(town: Town, resident: Resident, then: Then) -> Story:
    """The same transfer again within a minute."""
    amount, shop = town.money(resident, 10, 120), town.shop(resident.person.brand)
    yield from _with_money(town, resident, amount * 2)
    if resident.send(shop, amount).ok:
        yield timedelta(seconds=town.random.randint(15, 80))
        yield from _sent(town, resident, shop, amount, then)


def old_app(town: Town, resident: Resident, then: Then) -> Story:
    """An app from long ago."""
    friend = town.friend_of(resident)
    outcome = resident.send(friend, town.money(resident, 10, 90), version="1.0.3")
    yield timedelta(seconds=town.random.randint(30, 200))
    then(resident, outcome, friend)


MISHAPS: tuple[tuple[Mishap, int], ...] = (
    *((card(last4), weight) for last4, weight in CARDS.items()),
    (verified, 6), (short, 40), (held, 5), (over_single_limit, 6),
    (over_day_limit, 2), (to_frozen, 10), (by_frozen, 4), (to_nobody, 14), (to_closed, 3),
    (to_self, 3), (other_currency, 4), (twice, 9), (old_app, 7),
)  # fmt: skip
"""Every mishap with how often it happens."""


def _sent(town: Town, payer: Resident, payee: Resident, amount: int, then: Then) -> Story:
    outcome = payer.send(payee, amount)
    if not outcome.ok:
        yield timedelta(seconds=town.random.randint(30, 400))
        then(payer, outcome, payee)


def _with_money(town: Town, resident: Resident, amount: int) -> Story:
    if resident.balance < amount:
        resident.top_up(max(amount, 10_000))
        yield timedelta(seconds=town.random.randint(20, 60))


def _sum(town: Town, resident: Resident) -> int:
    return town.random.choice((5_000, 10_000, 20_000, 30_000))
