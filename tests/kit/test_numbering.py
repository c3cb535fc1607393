"""A number of an order, a request or a recall that was drawn twice is drawn again."""

from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError

from paydesk.kit import ids
from paydesk.kit.numbering import MOST_TRIES
from paydesk.money.merchants.actions import onboarding
from paydesk.money.merchants.models import Merchant
from paydesk.money.orders.models import Order
from paydesk.money.payments.models import Payment
from paydesk.money.refunds import actions as refunds
from paydesk.money.refunds.models import Dispute, Recall, RefundRequest
from paydesk.money.refunds.rules import RecallWhy
from tests.factories import CustomerFactory
from tests.money.orders.shops import order, shop
from tests.money.payments.helpers import customer_actor, fund, send
from tests.money.refunds.helpers import asked, by_card, told

pytestmark = pytest.mark.usefixtures("committed_db")
ONE, TWO = "100000000001", "100000000002"
Draws = Callable[..., None]


@pytest.fixture
def draws(monkeypatch: pytest.MonkeyPatch) -> Draws:
    """Have these numbers drawn next by what has numbers as long, and after them true ones."""
    true = ids.public_number

    def next_ones(*numbers: str) -> None:
        left: Iterator[str] = iter(numbers)

        def draw(digits: int) -> str:
            fits = numbers and digits == len(numbers[0])
            return (next(left, None) if fits else None) or true(digits)

        monkeypatch.setattr(ids, "public_number", draw)

    return next_ones


def test_an_order(customer_factory: CustomerFactory, draws: Draws) -> None:
    tea = shop(customer_factory())
    draws(*[f"{ONE}00"] * 2, f"{TWO}00")
    assert [order(tea).number for _ in range(2)] == [f"{ONE}00", f"{TWO}00"]
    assert Order.objects.count() == 2


def test_one_that_always_draws_the_same_is_not_made(
    customer_factory: CustomerFactory, draws: Draws
) -> None:
    tea = shop(customer_factory())
    draws(*[f"{ONE}00"] * (1 + MOST_TRIES))
    order(tea)
    with pytest.raises(IntegrityError, match="number"):
        order(tea)
    assert Order.objects.count() == 1


def test_a_request_for_a_refund(customer_factory: CustomerFactory, draws: Draws) -> None:
    customer = customer_factory()
    paid = [by_card(customer), by_card(customer)]
    draws(ONE, ONE, TWO)
    made = [asked(customer, one, 5_000) for one in paid]
    assert [one.number for one in made] == [ONE, TWO]
    assert RefundRequest.objects.count() == 2


def test_a_recall(customer_factory: CustomerFactory, draws: Draws) -> None:
    victim, thief = customer_factory(), customer_factory()
    fund(victim, 300)
    sent = [Payment.objects.get(id=send(victim, thief, amount).id) for amount in (100, 200)]
    draws(ONE, ONE, TWO)
    for payment in [*sent, sent[0]]:  # asked again, it is the same one
        refunds.recall(
            customer=victim,
            payment=payment,
            why=RecallWhy.MISTAKE,
            text="转错了",
            actor=customer_actor(victim),
        )
    found = Recall.objects.order_by("asked_at").values_list("number", "payment")
    assert list(found) == [(ONE, sent[0].id), (TWO, sent[1].id)]


def test_a_dispute(customer_factory: CustomerFactory, draws: Draws) -> None:
    customer = customer_factory()
    draws(ONE, ONE, TWO)
    for n in range(2):
        told(by_card(customer), "open", id=f"dp_{n}")
    assert sorted(Dispute.objects.values_list("number", flat=True)) == [ONE, TWO]


def test_a_merchant(customer_factory: CustomerFactory, draws: Draws) -> None:
    owners = [customer_factory(), customer_factory()]
    size = onboarding.NUMBER_DIGITS
    draws(ONE[-size:], ONE[-size:], TWO[-size:])
    for owner in owners:
        shop(owner)
    assert set(Merchant.objects.values_list("number", flat=True)) == {ONE[-size:], TWO[-size:]}
