"""The main lists ask the database as often for twelve rows as for two."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from paydesk.brands import profiles
from paydesk.desk.cases import actions as cases
from paydesk.desk.cases.rules import Topic
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.payments.models import Attempt
from paydesk.money.payments.providers.simulated import daybook
from paydesk.money.payments.providers.simulated.daybook import Mischief
from paydesk.money.reconciliation import actions as reconciliation
from paydesk.money.reconciliation.models import Difference
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.orders.shops import order, shop
from tests.money.payments.helpers import fund, send, top_up
from tests.money.risk.helpers import in_force, rule, seated

pytestmark = pytest.mark.usefixtures("committed_db")


def asked(client: Client, address: str) -> list[str]:
    """The statements of one look at a page, without those of what is remembered for a while."""
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return [one["sql"] for one in seen.captured_queries]


def assert_steady(client: Client, address: str, more: Callable[[], object]) -> None:
    for _ in range(2):
        more()
    few = asked(client, address)
    for _ in range(10):
        more()
    many = asked(client, address)
    assert len(many) == len(few), "\n".join(one[:300] for one in many if one not in few)


def test_the_activity(customer_factory: CustomerFactory, client_of: ClientOf) -> None:
    me = customer_factory()
    fund(me, 100_000)
    assert_steady(client_of(me.user), "/topay/activity/", lambda: send(me, customer_factory(), 100))


def test_the_desk(
    customer_factory: CustomerFactory, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    def open_case() -> None:
        who = customer_factory()
        actor = Actor(ActorKind.CUSTOMER, who.id, who.brand)
        made = cases.open_case(
            brand=who.brand, channel="chat", customer=who, topic=Topic.OTHER, actor=actor
        )
        cases.post_message(made, author=actor, client_id=ids.uuid7(), body="转不出去")

    assert_steady(client_of(staff_factory().user), "/desk/?tab=waiting", open_case)


def test_reviews(
    customer_factory: CustomerFactory, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    in_force(staff_factory, rule("look", "review", {"amount": {"at_least": {"CNY": 100}}}))

    def held() -> None:
        payer = customer_factory()
        fund(payer, 1_000)
        with seated():
            send(payer, customer_factory(), 600)

    boss = staff_factory(role="supervisor")
    assert_steady(client_of(boss.user), "/desk/operations/reviews/", held)


def test_reconciliation(
    customer_factory: CustomerFactory, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    today = clock.now().astimezone(profiles.get("topay").zone).date()

    def differs() -> None:
        attempt = Attempt.objects.get(payment_id=top_up(customer_factory(), 30_000).id)
        now = clock.now()
        around = now - timedelta(days=1), now + timedelta(minutes=1)
        raw = daybook.write("topay", *around, Mischief(double=frozenset({attempt.id})))
        taken = reconciliation.take_in(
            brand="topay",
            provider="simulated",
            day=today,
            name="day.csv",
            raw=raw,
            actor=SYSTEM("topay"),
        )
        reconciliation.read(taken.id)

    client = client_of(staff_factory(role="supervisor").user)
    page = "/desk/operations/reconciliation/"
    assert_steady(client, page, differs)
    assert_steady(client, f"{page}topay/simulated/{today.isoformat()}/", differs)
    assert Difference.objects.count() > 12


def test_orders_of_a_merchant(customer_factory: CustomerFactory, client_of: ClientOf) -> None:
    owner = customer_factory()
    merchant = shop(owner)
    address = f"/topay/merchant/{merchant.number}/orders/"
    assert_steady(client_of(owner.user), address, lambda: order(merchant))
