"""A number that was drawn twice is drawn again, and nobody hears of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from paydesk.kit import ids
from paydesk.money.ledger.verify import verify
from paydesk.money.payments.actions.transfer import TransferWish, plan_transfer
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.plans import Outcome, Plan
from paydesk.money.payments.providers.protocol import Terms
from paydesk.money.payments.submit import submit, submit_many
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.money.payments.helpers import available, customer_actor, fund, key, top_up

pytestmark = pytest.mark.usefixtures("committed_db")
ONE, TWO, THREE, FOUR = "10000000000001", "10000000000002", "10000000000003", "10000000000004"
Draws = Callable[..., None]


@pytest.fixture
def draws(monkeypatch: pytest.MonkeyPatch) -> Draws:
    """Have these numbers drawn next, and after them true ones."""
    true = ids.public_number

    def next_ones(*numbers: str) -> None:
        left: Iterator[str] = iter(numbers)
        monkeypatch.setattr(ids, "public_number", lambda digits: next(left, None) or true(digits))

    return next_ones


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    payer = customer_factory()
    fund(payer, 1_000)
    return payer


def plan(payer: Customer, payee: Customer, amount: int, same: str = "") -> Plan:
    wish = TransferWish(payer, payee, amount, "CNY", customer_actor(payer), same or key())
    return plan_transfer(wish)


def numbers(done: list[Any]) -> list[str]:
    assert all(isinstance(one, Outcome) and one.ok for one in done), done
    told = [one.number for one in done]
    assert told == [Payment.objects.get(id=one.id).number for one in done]
    return told


def test_against_a_stored_one(
    payer: Customer, customer_factory: CustomerFactory, draws: Draws
) -> None:
    payee = customer_factory()
    draws(ONE, ONE, TWO)
    first, second = submit(plan(payer, payee, 10)), submit(plan(payer, payee, 20))
    assert numbers([first, second]) == [ONE, TWO]
    assert (available(payer), available(payee)) == (970, 30)
    assert verify().ok


def test_twice_in_one_batch(
    payer: Customer, customer_factory: CustomerFactory, draws: Draws
) -> None:
    payee, same = customer_factory(), key()
    draws(ONE, ONE, TWO, THREE, FOUR)
    plans = [plan(payer, payee, 10, same), plan(payer, payee, 20), plan(payer, payee, 30)]
    assert len(set(numbers(submit_many(plans)))) == 3
    assert (available(payer), available(payee)) == (940, 60)
    again = submit(plan(payer, payee, 10, same))  # asked again, it keeps the number it got
    assert again.repeated
    assert again.number == Payment.objects.get(request_key=same).number
    assert verify().ok


def test_the_second_draw_may_be_taken_too(
    payer: Customer, customer_factory: CustomerFactory, draws: Draws
) -> None:
    payee = customer_factory()
    draws(ONE, TWO, ONE, TWO, THREE)
    made = [submit(plan(payer, payee, amount)) for amount in (10, 20, 30)]
    assert numbers(made) == [ONE, TWO, THREE]


def test_one_who_always_draws_the_same_fails_alone_and_moves_nothing(
    payer: Customer, customer_factory: CustomerFactory, draws: Draws
) -> None:
    payee = customer_factory()
    draws(*[ONE] * 12)
    assert submit(plan(payer, payee, 10)).number == ONE
    with pytest.raises(IntegrityError, match="payment_number_once"):
        submit(plan(payer, payee, 20))
    assert (available(payer), available(payee)) == (990, 10)


def test_the_payer_s_browser_comes_back_to_the_number_it_got(payer: Customer, draws: Draws) -> None:
    draws(ONE, ONE, TWO)
    for number in (ONE, TWO):
        outcome = top_up(payer, 100, terms=Terms(return_url="https://pay.example/{number}/back"))
        assert outcome.number == number
        terms = Attempt.objects.get(payment_id=outcome.id).terms
        assert terms["return_url"] == f"https://pay.example/{number}/back"


def test_nothing_is_asked_while_nothing_collides(
    payer: Customer, customer_factory: CustomerFactory
) -> None:
    """What the usual payment costs: no look for a free number, no savepoint for a taken one."""
    payee = customer_factory()
    submit(plan(payer, payee, 10))
    with CaptureQueriesContext(connection) as queries:
        submit(plan(payer, payee, 20))
    asked = " ".join(query["sql"] for query in queries.captured_queries)
    assert "SAVEPOINT" not in asked
    assert '"number" =' not in asked
