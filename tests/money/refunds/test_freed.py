"""Once an account may send again, what is disputed or called back is held before any sweep."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from paydesk.approvals.models import Request
from paydesk.desk.cases import actions as cases
from paydesk.desk.cases.rules import Topic
from paydesk.entry.cli.errands import run_waiting_jobs
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.verify import verify
from paydesk.money.merchants.actions import onboarding
from paydesk.money.merchants.rules import Standing
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.refunds import actions, queries
from paydesk.money.refunds.actions import freed, taking_back
from paydesk.money.refunds.models import Dispute, Recall
from paydesk.money.refunds.rules import RecallWhy
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.orders.shops import shop
from tests.money.payments.helpers import approve_unfreeze, available, customer_actor, fund, send
from tests.money.refunds.helpers import bought, by_card, charged, losses, told

US = SYSTEM("topay")


@pytest.fixture(autouse=True)
def sound(committed_db: None) -> Iterator[None]:
    yield
    assert not verify().breaks


@pytest.fixture
def owner(customer_factory: CustomerFactory) -> Customer:
    return customer_factory(name="陈晓雯")


def freeze(customer: Customer) -> None:
    people.place_freeze(customer, reason="fraud", actor=US)


def waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name=freed.JOB, status="todo").count()


def held(row: Dispute) -> int:
    return queries.dispute_money(row).held


def called_back(payment: Payment, why: RecallWhy = RecallWhy.FRAUD) -> Recall:
    payer = payment.payer
    assert payer
    text, actor = "冒充客服骗我转账", customer_actor(payer)
    return actions.recall(customer=payer, payment=payment, why=why, text=text, actor=actor)


@pytest.fixture
def deceived(owner: Customer, customer_factory: CustomerFactory) -> Payment:
    """A transfer of 8,000, all of it with the recipient."""
    victim = customer_factory()
    fund(victim, 8_000)
    return Payment.objects.get(id=send(victim, owner, 8_000).id)


def test_a_second_person_s_yes_brings_the_hold_with_it(
    owner: Customer, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    """The whole way: two people at the desk, then the worker, and no sweep."""
    payment = by_card(owner)
    freeze(owner)
    row = told(payment, "open")
    agent, boss = staff_factory(), staff_factory(role="supervisor")
    case = cases.open_case(
        brand="topay",
        channel="chat",
        customer=owner,
        topic=Topic.ACCOUNT_FROZEN,
        actor=customer_actor(owner),
    )
    cases.take(case, agent)
    cases.ask_unfreeze(case, agent, owner.pk, reason="证件已核对")
    wish = Request.objects.get(state="pending")
    client_of(boss.user).post(f"/desk/approvals/{wish.id}/", {"decision": "approve"})
    assert waiting() == 1
    run_waiting_jobs()
    assert (held(row), available(owner)) == (5_000, 0)


def test_the_job_goes_before_others_and_with_its_transaction(owner: Customer) -> None:
    payment = by_card(owner)
    freeze(owner)
    told(payment, "open")
    with transaction.atomic():
        approve_unfreeze(owner)
        assert waiting() == 1
        transaction.set_rollback(True)
    assert waiting() == 0
    approve_unfreeze(owner)
    job = ProcrastinateJob.objects.filter(status="todo").order_by("-priority", "id")[0]
    assert job.task_name == freed.JOB


def test_lost_while_frozen_it_is_settled_at_once(owner: Customer) -> None:
    payment = by_card(owner)
    freeze(owner)
    row = told(payment, "lost")
    approve_unfreeze(owner)
    run_waiting_jobs()
    assert (queries.dispute_money(row).taken, losses(), available(owner)) == (5_000, 0, 0)
    assert Dispute.objects.get().settled_at


def test_nothing_waits_for_one_who_has_nothing_disputed(owner: Customer) -> None:
    by_card(owner)
    freeze(owner)
    approve_unfreeze(owner)
    told(by_card(owner), "open")  # held as it was told
    told(by_card(owner, amount=100), "won")
    assert waiting() == 0


def test_still_blocked_by_something_else_it_waits_on(owner: Customer) -> None:
    payment = by_card(owner)
    freeze(owner)
    people.place_restriction(owner, kind="risk", scope="send", reason="odd", actor=US)
    row = told(payment, "open")
    approve_unfreeze(owner)
    assert waiting() == 0
    people.lift_restriction(owner, kind="risk", actor=US)
    run_waiting_jobs()
    assert (held(row), available(owner)) == (5_000, 0)


def test_what_was_called_back_while_frozen_is_held(owner: Customer, deceived: Payment) -> None:
    freeze(owner)
    row = called_back(deceived)
    assert row.held == 0
    approve_unfreeze(owner)
    run_waiting_jobs()
    row.refresh_from_db()
    assert (row.held, available(owner)) == (8_000, 0)
    freed.hold(disputes=[], called_back=[str(row.id)])  # again
    assert available(owner) == 0


def test_a_mistake_is_not_held(owner: Customer, deceived: Payment) -> None:
    """Only a fresh fraud is, frozen or not."""
    freeze(owner)
    row = called_back(deceived, RecallWhy.MISTAKE)
    approve_unfreeze(owner)
    run_waiting_jobs()
    row.refresh_from_db()
    assert (row.held, available(owner)) == (0, 8_000)


def test_decided_meanwhile_nothing_is_held(
    owner: Customer, deceived: Payment, staff_factory: StaffFactory
) -> None:
    freeze(owner)
    row = called_back(deceived)
    actions.decide_recall(row, staff=staff_factory(role="supervisor"), give_back=False)
    approve_unfreeze(owner)
    assert waiting() == 0
    assert freed.hold(disputes=[], called_back=[str(row.id)]) == 0
    assert available(owner) == 8_000


def test_what_leaves_between_look_and_lock_leaves_the_rest_held(
    owner: Customer,
    deceived: Payment,
    customer_factory: CustomerFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other, hold, times = customer_factory(), taking_back.hold_back, iter([True])

    def faster(*args: object, **more: object) -> Outcome:
        if next(times, False):
            send(owner, other, 100)
        return hold(*args, **more)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(taking_back, "hold_back", faster)
    assert (called_back(deceived).held, available(owner)) == (7_900, 0)


def test_a_merchant_that_goes_on_after_a_suspension(customer_factory: CustomerFactory) -> None:
    buyer, tea = customer_factory(), shop(customer_factory())
    fund(buyer, 8_800)
    payment = charged(bought(buyer, tea, 8_800))
    with transaction.atomic():
        onboarding._move(tea.id, Standing.SUSPENDED, US)
    row = told(payment, "open")
    assert (held(row), waiting()) == (0, 0)
    with transaction.atomic():
        onboarding._move(tea.id, Standing.ACTIVE, US)
    run_waiting_jobs()
    assert held(row) == 8_800
