"""Group commit: who waits, who works, and that nobody's fault is another's."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, cast

import pytest
from django.db import OperationalError, connection, connections
from msgspec import structs

from paydesk.audit.models import Entry
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import executing, submit
from paydesk.money.payments.actions.transfer import TransferWish, plan_transfer
from paydesk.money.payments.gathering import Gathering, Ticket
from paydesk.money.payments.known import Answer
from paydesk.money.payments.plans import NewPayment, Outcome, Plan, RequestConflict
from paydesk.money.payments.reasons import Reason
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.money.payments.helpers import available, customer_actor, fund, key


class Desk:
    """Stands for the executor: remembers batches, waits where it is told to."""

    def __init__(self) -> None:
        self.batches: list[list[Any]] = []
        self.busy, self.go_on = threading.Event(), threading.Event()
        self.bad: set[Any] = set()

    def execute(self, plans: Sequence[Plan]) -> list[Answer]:
        self.batches.append(list(plans))
        self.busy.set()
        assert self.go_on.wait(10)
        if self.bad & set(plans):
            raise RuntimeError("bad plan")
        return cast("list[Answer]", [f"done {plan}" for plan in plans])


def some(*names: object) -> Sequence[Plan]:
    return cast("Sequence[Plan]", list(names))


def waits_for(gathering: Gathering, count: int) -> None:
    for _ in range(1000):
        if len(gathering._waiting) == count:
            return
        threading.Event().wait(0.005)
    raise AssertionError(f"{len(gathering._waiting)} wait, not {count}")


def test_one_alone_is_executed_in_its_own_thread() -> None:
    threads: list[threading.Thread] = []

    def execute(plans: Sequence[Plan]) -> list[Answer]:
        threads.append(threading.current_thread())
        return cast("list[Answer]", list(plans))

    alone: Any = Gathering(execute)
    assert alone.run(some(1)) == [1]
    assert threads == [threading.current_thread()]


def test_who_comes_meanwhile_shares_the_next_batch() -> None:
    desk = Desk()
    gathering: Any = Gathering(desk.execute, most=4)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(gathering.run, some("a"))
        assert desk.busy.wait(5)
        others = []
        for n in range(5):
            others.append(pool.submit(gathering.run, some(f"b{n}")))
            waits_for(gathering, n + 1)
        desk.go_on.set()
        assert first.result(5) == ["done a"]
        assert [one.result(5) for one in others] == [[f"done b{n}"] for n in range(5)]
    assert desk.batches == [["a"], ["b0", "b1", "b2", "b3"], ["b4"]]


def test_a_plan_that_fails_fails_alone() -> None:
    desk = Desk()
    desk.go_on.set()
    desk.bad = {3}
    done: list[Any] = list(Gathering(desk.execute).run(some(*range(8))))
    assert [done[n] for n in range(8) if n != 3] == [f"done {n}" for n in range(8) if n != 3]
    assert isinstance(done[3], RuntimeError)


def test_threads_and_loops_wait_together() -> None:
    desk = Desk()
    gathering: Any = Gathering(desk.execute)

    async def many() -> list[Any]:
        return await asyncio.gather(*(gathering.run_in_loop(some(n)) for n in range(20)))

    with ThreadPoolExecutor(4) as pool:
        thread = pool.submit(gathering.run, some("t"))
        assert desk.busy.wait(5)
        loop = pool.submit(asyncio.run, many())
        waits_for(gathering, 20)
        last = pool.submit(gathering.run, some("u"))
        waits_for(gathering, 21)
        desk.go_on.set()
        assert thread.result(5) == ["done t"]
        assert loop.result(5) == [[f"done {n}"] for n in range(20)]
        assert last.result(5) == ["done u"]
    assert len(desk.batches) == 2
    assert gathering.run(some("v")) == ["done v"]  # nobody leads any more: the next one may


def test_one_who_is_interrupted_leaves_the_work_to_the_next() -> None:
    desk = Desk()
    gathering: Any = Gathering(desk.execute)
    leaver = Ticket(some("b"))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(gathering.run, some("a"))
        assert desk.busy.wait(5)
        assert not gathering._enter(leaver)
        stays = pool.submit(gathering.run, some("c"))
        waits_for(gathering, 2)
        desk.go_on.set()
        assert first.result(5) == ["done a"]
        leaver.wait()
        assert leaver.leads
        gathering._abandon(leaver)  # as `run` does when it is interrupted
        assert stays.result(5) == ["done c"]
    assert desk.batches == [["a"], ["c"]]


# --- with real payments ----------------------------------------------------------------------


def plan_of(payer: Customer, payee: Customer, amount: int, same: str = "", **more: Any) -> Plan:
    wish = TransferWish(payer, payee, amount, "CNY", customer_actor(payer), same or key())
    return plan_transfer(replace(wish, **more))


def at_once(plans: Sequence[Plan]) -> list[Outcome | Exception]:
    """Each plan from a thread of its own."""
    start = threading.Barrier(len(plans))

    def run(plan: Plan) -> Outcome | Exception:
        start.wait(20)
        try:
            return submit.submit(plan)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(plans)) as pool:
        return list(pool.map(run, plans))


@pytest.mark.usefixtures("committed_db")
def test_many_threads_make_few_commits(customer_factory: CustomerFactory) -> None:
    people = [customer_factory() for _ in range(16)]
    for one in people:
        fund(one, 1_000)
    entries = Entry.objects.filter(action__startswith="money").count()
    plans = [plan_of(people[n % 16], people[(n + 5) % 16], 7, again=True) for n in range(48)]
    outcomes = at_once(plans)
    assert all(isinstance(one, Outcome) and one.ok for one in outcomes), outcomes
    assert Entry.objects.filter(action__startswith="money").count() - entries < 48
    assert [available(one) for one in people] == [1_000] * 16
    assert verify().ok


@pytest.mark.usefixtures("committed_db")
def test_in_one_batch_keys_limits_and_faults_are_each_ones_own(
    customer_factory: CustomerFactory, brand: Any
) -> None:
    payer, payee, other = customer_factory(), customer_factory(), customer_factory()
    may = brand.limits["CNY"].of(0)
    fund(payer, may.day + may.single)
    fund(other, 1_000)
    same = key()
    broken = plan_of(other, payee, 3)
    assert isinstance(broken.subject, NewPayment)
    broken = structs.replace(broken, subject=structs.replace(broken.subject, fee=-1))
    fits = may.day // may.single
    plans = [
        *(plan_of(payer, payee, may.single, again=True) for _ in range(fits + 1)),
        broken,
        plan_of(other, payee, 5, same),
        plan_of(other, payee, 5, same),
        plan_of(other, payee, 6, same),
    ]
    done = submit.submit_many(plans)
    payments, [fault, first, again, conflict] = done[: fits + 1], done[fits + 1 :]
    assert [getattr(one, "reason", one) for one in payments] == [None] * fits + [Reason.LIMIT_DAY]
    assert isinstance(fault, Exception)
    assert "payment_fee_not_negative" in str(fault)
    assert isinstance(first, Outcome)
    assert isinstance(again, Outcome)
    assert (first.ok, again.repeated, again.id) == (True, True, first.id)
    assert isinstance(conflict, RequestConflict)
    assert available(other) == 995
    assert verify().ok


@pytest.mark.usefixtures("committed_db")
def test_an_event_loop_goes_on_meanwhile(customer_factory: CustomerFactory) -> None:
    a, b = customer_factory(), customer_factory()
    fund(a, 1_000)
    plans = [plan_of(a, b, 10, again=True) for _ in range(10)]
    connection.close()

    async def all_of_them() -> list[Outcome]:
        return await asyncio.gather(*(submit.submit_async(plan) for plan in plans))

    assert all(outcome.ok for outcome in asyncio.run(all_of_them()))
    assert (available(a), available(b)) == (900, 100)


@pytest.mark.usefixtures("committed_db")
def test_a_lost_connection_fails_all_and_leaves_nothing(
    customer_factory: CustomerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = customer_factory(), customer_factory()
    fund(a, 1_000)
    plans = [plan_of(a, b, 10, again=True) for _ in range(4)]
    real, tried = executing._execute, []

    def cut(batch: Sequence[Plan]) -> list[Answer]:
        tried.append(len(batch))
        answers = real(batch)
        if len(tried) == 1:
            connection.connection.close()
            raise OperationalError("the connection is gone")
        return answers

    monkeypatch.setattr(executing, "_execute", cut)
    done = submit.submit_many(plans)
    assert tried == [4]  # no storm of tries
    assert all(isinstance(one, OperationalError) for one in done)
    again = submit.submit_many(plans)  # it had been committed: the same keys find it
    assert all(isinstance(one, Outcome) and one.repeated for one in again)
    assert (available(a), available(b)) == (960, 40)
