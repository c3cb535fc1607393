"""A shop that is a customer is named whole to who paid it; a person never, shopkeeper or not."""

import re

import pytest
from django.test import Client

from paydesk.kit.actors import SYSTEM
from paydesk.money.merchants.actions import onboarding
from paydesk.money.payments import queries as payments
from paydesk.money.payments.models import Payment
from paydesk.money.statements.documents import receipt
from paydesk.money.statements.lines import history_table
from paydesk.money.statements.queries import history
from paydesk.money.statements.rules import Filters
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, sign_in
from tests.money.orders.shops import shop as open_shop
from tests.money.payments.helpers import customer_actor, fund, send

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    found = customer_factory(name="陈晓雯")
    fund(found, 100_00)
    return found


def titles(payer: Customer, payment: Payment) -> list[str]:
    """How the payment is called on the pages that show it."""
    client, found = Client(), []
    sign_in(client, payer.user)
    for path in ("/topay/", "/topay/activity/", f"/topay/activity/{payment.number}/"):
        shown = client.get(path).content.decode()
        found += re.findall(r"转给 ([^<· ]+)", shown)
    assert len(found) >= 3
    return found


def named(payer: Customer, payment: Payment) -> set[str]:
    """Every name under which the payer reads of the other side."""
    rows = history_table(payer, Filters(), "zh-hans").rows
    line = next(row for row in rows if row[1] == payment.number)
    paper = dict(receipt.lines(payment, payer, "zh-hans"))
    return {
        *titles(payer, payment),
        str(line[4]),
        paper["对方"],
        payments.told([payment.id], payer)[payment.id][1],
    }


def paid(payer: Customer, payee: Customer) -> Payment:
    return Payment.objects.get(id=send(payer, payee, 3_00).id)


def test_a_shop_is_named_whole(payer: Customer, customer_factory: CustomerFactory) -> None:
    shop = customer_factory(name="城西书店")
    payment = paid(payer, shop)
    assert named(payer, payment) == {"***店"}
    made = onboarding.apply(
        owner=shop, name="城西书店", website="", about="", actor=customer_actor(shop)
    )
    assert named(payer, payment) == {"***店"}  # anybody may ask for any name
    onboarding.activate_by_story(made, actor=SYSTEM(shop.brand))
    assert named(payer, payment) == {"城西书店"}
    found = history(payer, Filters(counterparty="西书")).payments
    assert [one.id for one in found] == [payment.id]


def test_a_shopkeeper_is_a_person(payer: Customer, customer_factory: CustomerFactory) -> None:
    keeper = customer_factory(name="张伟明")
    open_shop(keeper, name="半亩茶社")
    payment = paid(payer, keeper)
    assert named(payer, payment) == {"**明"}
    assert history(payer, Filters(counterparty="张伟")).payments == []
    assert history(payer, Filters(counterparty="半亩")).payments == []
