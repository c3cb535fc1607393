"""Of 100 reserved 70 are taken: what the payer, the desk and the merchant read on their pages."""

import re

import pytest
from django.test import Client

from paydesk.desk.cases.actions import open_case
from paydesk.desk.cases.rules import Topic
from paydesk.money.merchants.models import Merchant
from paydesk.money.payments.models import Payment
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.orders.shops import by, fund, reserve, shop, take

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def tea(customer_factory: CustomerFactory) -> Merchant:
    return shop(customer_factory(name="林茶"))


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    made = customer_factory(name="陈晓雯")
    fund(made, 50_000)
    return made


@pytest.fixture
def reserved(tea: Merchant, payer: Customer) -> Payment:
    return reserve(tea, payer)


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("lang", "word"), [("zh-hans", "预留金额"), ("en", "Reserved")], ids=["zh", "en"]
)
def test_the_wallet(
    reserved: Payment, payer: Customer, client_of: ClientOf, lang: str, word: str
) -> None:
    wallet, page = client_of(payer.user), f"/topay/activity/{reserved.number}/"
    wallet.get(f"/topay/?lang={lang}")
    for path in ("/topay/activity/", page):
        assert "−¥100.00" in text(wallet, path)
    assert f"<dt>{word}</dt>" not in text(wallet, page)
    take(reserved)
    for path in ("/topay/activity/", page):
        assert "−¥70.00" in text(wallet, path)
        assert "−¥100.00" not in text(wallet, path)
    assert f'<dt>{word}</dt><dd class="num">¥100.00</dd>' in text(wallet, page)


def test_the_form_that_asks_for_it_back(
    reserved: Payment, payer: Customer, client_of: ClientOf
) -> None:
    take(reserved)
    page = text(client_of(payer.user), f"/topay/refunds/ask/{reserved.number}/")
    assert "¥70.00" in page
    assert "¥100.00" not in page


def test_the_desk(
    reserved: Payment, payer: Customer, client_of: ClientOf, staff_factory: StaffFactory
) -> None:
    desk = client_of(staff_factory().user)
    taken = take(reserved)
    case = open_case(
        brand="topay", channel="chat", customer=payer, topic=Topic.OTHER, actor=by(payer),
        payment=taken,
    )  # fmt: skip
    facts = text(desk, f"/desk/cases/{case.number}/facts/")
    assert "−¥70.00" in facts
    page = text(desk, f"/desk/cases/{case.number}/")
    assert [head for head in re.findall(r"<h1>.*?</h1>", page, re.S) if "¥70.00" in head]
    assert "¥100.00" not in page + facts


def test_the_merchants_chart(reserved: Payment, tea: Merchant, client_of: ClientOf) -> None:
    assert tea.owner
    take(reserved)
    page = text(client_of(tea.owner.user), f"/topay/merchant/{tea.number}/")
    assert "70.00" in page
    assert "100.00" not in page
