"""A recall that is held, refunded and decided at the same moment leaves nothing held (row 50)."""

from collections.abc import Iterator
from typing import Any

import pytest

from paydesk.audit.models import Entry as Audited
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import actions as payments
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.states import PaymentState
from paydesk.money.refunds import actions, jobs, queries
from paydesk.money.refunds.actions import freed, recalls, taking_back
from paydesk.money.refunds.models import Recall
from paydesk.money.refunds.rules import RecallWhy
from paydesk.people import actions as people
from paydesk.people.models import Customer, StaffMember
from tests.factories import CustomerFactory, StaffFactory
from tests.money.payments.helpers import (
    approve_unfreeze,
    available,
    customer_actor,
    fund,
    key,
    send,
)

US = SYSTEM("topay")


@pytest.fixture(autouse=True)
def sound(committed_db: None) -> Iterator[None]:
    yield
    assert not verify().breaks


@pytest.fixture
def deceived(customer_factory: CustomerFactory) -> Payment:
    """A transfer of 8,000, all of it with the recipient."""
    victim, thief = customer_factory(), customer_factory()
    fund(victim, 8_000)
    return Payment.objects.get(id=send(victim, thief, 8_000).id)


@pytest.fixture
def boss(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(role="supervisor")


def sides(payment: Payment) -> tuple[Customer, Customer]:
    assert payment.payer
    assert payment.payee
    return payment.payer, payment.payee


def called_back(payment: Payment) -> Recall:
    payer, _ = sides(payment)
    why, actor = RecallWhy.FRAUD, customer_actor(payer)
    return actions.recall(
        customer=payer, payment=payment, why=why, text="冒充客服骗我转账", actor=actor
    )


def called_back_while_frozen(payment: Payment) -> Recall:
    """Nothing could be held; now it could."""
    _, thief = sides(payment)
    people.place_freeze(thief, reason="fraud", actor=US)
    row = called_back(payment)
    assert row.held == 0
    approve_unfreeze(thief)
    return row


def under_way(row: Recall) -> list[str]:
    found = Payment.objects.filter(purpose=row.purpose, state=PaymentState.PROCESSING)
    return list(found.values_list("number", flat=True))


def given_back(payment: Payment, amount: int) -> None:
    """Staff refund (part of) the transfer, as from its case."""
    original = Payment.objects.get(id=payment.id)
    payments.refund(original=original, amount=amount, reason="同意退回", actor=US, key=key())


def test_decided_just_before_the_hold_it_is_free(
    deceived: Payment, boss: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read as open, decided, and only then held: who holds sees that it was decided."""
    row, hold = called_back_while_frozen(deceived), taking_back.hold_back

    def slower(*args: Any, **more: Any) -> Outcome:
        actions.decide_recall(row, staff=boss, give_back=False)
        return hold(*args, **more)

    monkeypatch.setattr(taking_back, "hold_back", slower)
    assert freed.hold(disputes=[], called_back=[str(row.id)]) == 0
    row.refresh_from_db()
    assert (row.state, row.held, under_way(row)) == ("refused", 0, [])
    assert available(sides(deceived)[1]) == 8_000


def test_held_just_before_it_is_decided_it_is_free(
    deceived: Payment, boss: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was held when the supervisor's decision looked: it looks again after its commit."""
    row, decide = called_back_while_frozen(deceived), recalls._decided

    def slower(*args: Any, **more: Any) -> Recall:
        freed.hold(disputes=[], called_back=[str(row.id)])
        return decide(*args, **more)

    monkeypatch.setattr(recalls, "_decided", slower)
    done = actions.decide_recall(row, staff=boss, give_back=False)
    assert (done.state, under_way(row)) == ("refused", [])
    assert available(sides(deceived)[1]) == 8_000


def test_decided_once_more_it_ends_what_is_held_still(
    deceived: Payment, boss: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As whoever held it died before looking."""
    row, hold = called_back_while_frozen(deceived), taking_back.hold_back

    def dies(*args: Any, **more: Any) -> Outcome:
        actions.decide_recall(row, staff=boss, give_back=False)
        hold(*args, **more)
        raise RuntimeError("killed")

    with monkeypatch.context() as slow:
        slow.setattr(taking_back, "hold_back", dies)
        with pytest.raises(RuntimeError):
            freed.hold(disputes=[], called_back=[str(row.id)])
    assert len(under_way(row)) == 1
    actions.decide_recall(row, staff=boss, give_back=False)
    assert (under_way(row), available(sides(deceived)[1])) == ([], 8_000)


@pytest.mark.parametrize("frozen", [False, True])
def test_given_back_as_decided_or_by_the_sweep_once_it_can(
    deceived: Payment, boss: StaffMember, monkeypatch: pytest.MonkeyPatch, frozen: bool
) -> None:
    row, decide = called_back_while_frozen(deceived), recalls._decided
    victim, thief = sides(deceived)
    given_back(deceived, 3_000)

    def slower(*args: Any, **more: Any) -> Recall:
        freed.hold(disputes=[], called_back=[str(row.id)])
        if frozen:
            people.place_freeze(thief, reason="fraud", actor=US)
        return decide(*args, **more)

    monkeypatch.setattr(recalls, "_decided", slower)
    done = actions.decide_recall(row, staff=boss, give_back=True)
    assert (done.state, available(victim)) == (("partly", 3_000) if frozen else ("returned", 8_000))
    if frozen:
        jobs.sweep(0)
        assert len(under_way(row)) == 1
        approve_unfreeze(thief)
    jobs.sweep(0)
    row.refresh_from_db()
    assert (row.state, under_way(row), queries.came_back(row)) == ("returned", [], 8_000)
    assert Audited.objects.filter(action="recall.returned", subject=f"recall:{row.id}").exists()
    assert (available(victim), available(thief)) == (8_000, 0)


@pytest.mark.parametrize("refused", [False, True])
def test_held_and_died_before_it_was_noted_the_sweep_notes_it(
    deceived: Payment, boss: StaffMember, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    """What is held is told to whoever decides; decided meanwhile, it is free instead."""
    hold = taking_back.hold_back

    def dies(*args: Any, **more: Any) -> Outcome:
        hold(*args, **more)
        raise RuntimeError("killed")

    with monkeypatch.context() as killed:
        killed.setattr(taking_back, "hold_back", dies)
        with pytest.raises(RuntimeError):
            called_back(deceived)
    row = Recall.objects.get()
    assert (row.state, row.held, len(under_way(row))) == ("open", 0, 1)
    if refused:
        actions.decide_recall(row, staff=boss, give_back=False)
    assert recalls.catch_up() == (0 if refused else 1)
    row.refresh_from_db()
    expected = ("refused", 0, []) if refused else ("open", 8_000, under_way(row))
    assert (row.state, row.held, under_way(row)) == expected
    assert recalls.catch_up() == 0


def test_the_sweep_leaves_an_open_recall_held(deceived: Payment) -> None:
    row = called_back(deceived)
    jobs.sweep(0)
    assert (row.held, len(under_way(row))) == (8_000, 1)


def test_refunded_between_look_and_lock_the_rest_is_held(
    deceived: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recipient has enough; the payment has not so much left to give back."""
    hold, times = taking_back.hold_back, iter([True])
    fund(sides(deceived)[1], 5_000)

    def faster(*args: Any, **more: Any) -> Outcome:
        if next(times, False):
            given_back(deceived, 3_000)
        return hold(*args, **more)

    monkeypatch.setattr(taking_back, "hold_back", faster)
    assert called_back(deceived).held == 5_000


def test_one_that_raises_keeps_no_other_waiting(
    deceived: Payment, customer_factory: CustomerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the job is tried again for it."""
    other = customer_factory()
    fund(other, 500)
    second = Payment.objects.get(id=send(other, sides(deceived)[1], 500).id)
    first, last = called_back_while_frozen(deceived), called_back_while_frozen(second)
    secure = recalls.secure

    def broken(row: Recall) -> bool:
        if row.id == first.id:
            raise RuntimeError("the first")
        return secure(row)

    monkeypatch.setattr(recalls, "secure", broken)
    with pytest.raises(RuntimeError, match="the first"):
        freed.hold(disputes=[], called_back=[str(first.id), str(last.id)])
    last.refresh_from_db()
    assert last.held == 500
