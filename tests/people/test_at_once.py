"""Things that happen at once, with real commits: each guess counts, one lock, one freeze."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.kit.actors import SYSTEM
from paydesk.kit.events.models import Event
from paydesk.notifications.models import Message
from paydesk.people import actions, queries
from paydesk.people.models import Customer, Restriction, User
from paydesk.people.permissions import Permission
from tests.factories import CustomerFactory, StaffFactory

pytestmark = pytest.mark.usefixtures("committed_db")
TOGETHER = 8


def at_once(work: Callable[[int], object]) -> list[object]:
    """What `work(n)` answers or raises for each of several threads let go together."""
    start = Barrier(TOGETHER)

    def run(n: int) -> object:
        start.wait(timeout=10)
        try:
            return work(n)
        except Exception as problem:  # an outcome to look at, like any other
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(run, range(TOGETHER)))


def test_guesses_sent_together_are_each_counted(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    answers = at_once(lambda _: actions.count_wrong_password(User.objects.get(id=customer.user_id)))
    assert sorted(map(str, answers)) == ["False"] * (TOGETHER - 1) + ["True"]
    assert Restriction.objects.count() == 1
    assert Message.objects.filter(template="people/locked").count() == 1
    assert User.objects.get(id=customer.user_id).wrong_passwords == TOGETHER - 5


def test_freezes_placed_together_are_one(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    placed = at_once(
        lambda _: (
            actions.place_freeze(
                Customer.objects.get(id=customer.id), reason="stolen", actor=SYSTEM("topay")
            ).id
        )
    )
    assert len(set(placed)) == 1
    assert len(queries.active_restrictions(customer.id)) == 1
    assert Event.objects.filter(kind="restriction.changed").count() == 1


def test_registering_the_same_address_together_makes_one(
    customer_factory: CustomerFactory,
) -> None:
    answers = at_once(lambda n: customer_factory(email="chen@example.com", phone=f"1390000000{n}"))
    assert sum(isinstance(answer, Customer) for answer in answers) == 1
    refused = [answer for answer in answers if not isinstance(answer, Customer)]
    assert {type(answer) for answer in refused} == {actions.AlreadyRegistered}
    assert Customer.objects.count() == 1


def test_one_wish_asked_together_waits_once_and_is_decided_once(
    staff_factory: StaffFactory,
) -> None:
    asker = staff_factory(role="agent")
    deciders = [staff_factory(role="supervisor") for _ in range(TOGETHER)]
    asked = at_once(
        lambda _: (
            approvals.request(
                brand="topay",
                action="unfreeze",
                subject="customer:1",
                permission=Permission.UNFREEZE_APPROVE,
                staff=asker,
            ).id
        )
    )
    assert len(set(asked)) == 1
    wish = Request.objects.get()
    answers = at_once(lambda n: approvals.decide(wish, staff=deciders[n], approve=n % 2 == 0))
    decided = [answer for answer in answers if isinstance(answer, Request)]
    assert len(decided) == 1
    refused = {type(answer) for answer in answers if not isinstance(answer, Request)}
    assert refused == {approvals.DecisionNotPossible}
    wish.refresh_from_db()
    assert wish.decided_by == decided[0].decided_by
