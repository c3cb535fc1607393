"""The activity's filters: every kind there is, currencies, amounts."""

import re

import pytest
from django.test import Client

from paydesk.money.payments.states import PaymentKind
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory
from tests.money.payments.helpers import top_up

pytestmark = pytest.mark.usefixtures("committed_db")
PAGE = "/topay/activity/"


@pytest.fixture
def chen(customer_factory: CustomerFactory) -> Customer:
    return customer_factory(name="陈晓雯")


@pytest.fixture
def wallet(client_of: ClientOf, chen: Customer) -> Client:
    return client_of(chen.user)


def shown(wallet: Client, query: str = "") -> str:
    answer = wallet.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_kind_is_offered_in_the_readers_language(wallet: Client) -> None:
    page = shown(wallet)
    offered = re.search(r'<select name="kind".*?</select>', page, re.DOTALL)
    assert offered
    kinds = re.findall(r'value="(\w+)"', offered[0])
    assert kinds == [kind.value for kind in PaymentKind]
    assert "提现" in offered[0]
    assert ">Withdrawal<" in shown(wallet, "lang=en")


def test_amounts_and_currency_narrow_it_down(wallet: Client, chen: Customer) -> None:
    for minor in (10_000, 20_000, 30_000):
        top_up(chen, minor)

    def rows(query: str) -> int:
        return shown(wallet, query).count('class="item ')

    assert rows("") == 3
    assert rows("least=150") == 2
    assert rows("least=150&most=200.00&currency=CNY") == 1
    assert rows("currency=USD") == 0
    assert rows("kind=withdrawal") == 0
    assert "最高金额低于最低金额" in shown(wallet, "least=5&most=1")
    assert "请填写金额" in shown(wallet, "least=abc")
