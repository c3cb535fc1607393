"""Schedules under a set clock: each time paid once, whoever runs them and whenever."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from paydesk.audit.models import Entry
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.bills import directory
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.screening import LOCKED
from paydesk.money.payments.submit import submit as real_submit
from paydesk.money.risk.models import Decision, KnownRecipient
from paydesk.money.schedules import actions, queries
from paydesk.money.schedules.actions import following, paying, running
from paydesk.money.schedules.actions.changing import NotNow
from paydesk.money.schedules.calendar import Rhythm
from paydesk.money.schedules.models import Occurrence, Schedule
from paydesk.money.schedules.rules import OnMissed
from paydesk.notifications.models import Message
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.payments.helpers import available, customer_actor, fund, key, send
from tests.money.risk.helpers import in_force, rule, seated

pytestmark = pytest.mark.usefixtures("committed_db")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment counted from 27 September, a Sunday; in the past, as the ledger wants it."""
    return datetime(2026, 9, 27, hour, minute, tzinfo=SHANGHAI) + timedelta(days=day - 1)


@pytest.fixture
def chen(customer_factory: CustomerFactory) -> Customer:
    with clock.travel(at(1)):
        customer = customer_factory(name="陈晓雯", identity_level=2)
        fund(customer, 20_000)
        return customer


@pytest.fixture
def zhou(customer_factory: CustomerFactory) -> Customer:
    with clock.travel(at(1)):
        return customer_factory(name="周明", identity_level=2)


def make(chen: Customer, zhou: Customer | None = None, **more: Any) -> Schedule:
    values: dict[str, Any] = {
        "customer": chen, "rhythm": Rhythm.WEEKLY, "first_on": at(9).date(),
        "at": time(9, 30), "currency": "CNY", "actor": customer_actor(chen), "key": key(),
        "recipient": zhou, "amount": 5_000,
    }  # fmt: skip
    return actions.make(actions.ScheduleWish(**(values | more)))


def times(schedule: Schedule) -> list[tuple[int, str, int]]:
    return [
        (one.n, one.state, one.tries)
        for one in Occurrence.objects.filter(schedule=schedule).order_by("n")
    ]


def run(moment: datetime) -> int:
    with clock.travel(moment):
        return actions.run_due()


def test_paid_week_by_week(chen: Customer, zhou: Customer) -> None:
    with clock.travel(at(2)):
        schedule = make(chen, zhou, times=3)
        shown = [moment for _, moment in queries.next_times(schedule)]
    assert shown == [at(9, 9, 30), at(16, 9, 30), at(23, 9, 30)]
    assert run(at(9, 9, 29)) == 0
    assert run(at(9, 9, 30)) == 1
    assert run(at(9, 9, 31)) == 0
    assert available(zhou) == 5_000
    run(at(16, 9, 30))
    run(at(23, 9, 30))
    run(at(30, 9, 30))
    assert times(schedule) == [(0, "done", 1), (1, "done", 1), (2, "done", 1)]
    assert available(zhou) == 15_000
    schedule.refresh_from_db()
    assert (schedule.state, schedule.next_at) == ("finished", None)
    payment = Payment.objects.filter(purpose=f"schedule:{schedule.id}:1").get()
    assert payment.asked_by == "system"


def test_all_that_falls_due_together_is_run_together(
    chen: Customer, zhou: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    with clock.travel(at(2)):
        for _ in range(5):
            make(chen, zhou, amount=1_000)
    assert run(at(9, 9, 30)) == 5
    assert available(zhou) == 5_000


def test_once_at_a_moment(chen: Customer, zhou: Customer) -> None:
    with clock.travel(at(2)):
        schedule = make(chen, zhou, rhythm=Rhythm.ONCE)
    run(at(9, 10))
    run(at(16, 10))
    assert available(zhou) == 5_000
    schedule.refresh_from_db()
    assert schedule.state == "finished"


def test_short_balance_is_tried_again_and_told(chen: Customer, zhou: Customer) -> None:
    with clock.travel(at(2)):
        schedule = make(chen, zhou, amount=30_000, times=1)
    run(at(9, 9, 30))
    [one] = Occurrence.objects.filter(schedule=schedule)
    assert (one.state, one.tries) == ("running", 1)
    assert one.next_try_at == at(9, 13, 30)
    assert one.payment is not None
    assert (one.payment.state, one.payment.reason) == ("failed", "balance_short")
    assert Message.objects.filter(template="schedules/tried_again").count() == 1
    assert run(at(9, 13)) == 0
    with clock.travel(at(9, 13, 20)):
        fund(chen, 20_000)
    assert run(at(9, 13, 30)) == 1
    assert times(schedule) == [(0, "done", 2)]
    assert available(zhou) == 30_000


def test_given_up_after_the_last_try(chen: Customer, zhou: Customer) -> None:
    with clock.travel(at(2)):
        schedule = make(chen, zhou, amount=30_000, times=1)
    for moment in (at(9, 9, 30), at(9, 13, 30), at(10, 9, 30), at(11, 9, 30), at(20)):
        run(moment)
    assert times(schedule) == [(0, "failed", 4)]
    assert Message.objects.filter(template="schedules/failed").count() == 1
    assert available(chen) == 20_000


def test_what_can_not_heal_is_not_tried_again(chen: Customer, zhou: Customer) -> None:
    with clock.travel(at(2)):
        schedule = make(chen, zhou)
        people.place_freeze(zhou, reason="stolen", actor=SYSTEM("topay"))
    run(at(9, 9, 30))
    assert times(schedule) == [(0, "failed", 1)]
    [one] = queries.occurrences(schedule)
    assert one.payment is not None
    assert one.payment.reason == "recipient_restricted"


def test_missed_while_nobody_worked(chen: Customer, zhou: Customer) -> None:
    with clock.travel(at(2)):
        late, strict = make(chen, zhou), make(chen, zhou, on_missed=OnMissed.SKIP, amount=100)
    run(at(24, 18))  # three times have passed; the last of them hours ago
    assert times(late) == [(0, "missed", 0), (1, "missed", 0), (2, "done", 1)]
    assert times(strict) == [(0, "missed", 0), (1, "missed", 0), (2, "missed", 0)]
    assert available(zhou) == 5_000
    assert Message.objects.filter(template="schedules/missed").count() == 5


def test_paused_and_resumed(chen: Customer, zhou: Customer) -> None:
    me = customer_actor(chen)
    with clock.travel(at(2)):
        schedule = actions.pause(make(chen, zhou), actor=me)
    run(at(17))
    assert times(schedule) == []
    with clock.travel(at(17)):
        schedule = actions.resume(schedule, actor=me)
        with pytest.raises(NotNow):
            actions.resume(schedule, actor=me)
    assert (schedule.next_n, schedule.next_at) == (2, at(23, 9, 30))
    run(at(23, 10))
    assert times(schedule) == [(2, "done", 1)]


def test_skipped_once_however_often_it_is_pressed(chen: Customer, zhou: Customer) -> None:
    me = customer_actor(chen)
    with clock.travel(at(2)):
        schedule = make(chen, zhou, times=2)
        actions.skip(schedule, 0, actor=me)
        with pytest.raises(NotNow):
            actions.skip(schedule, 0, actor=me)
    run(at(9, 10))
    run(at(16, 10))
    assert times(schedule) == [(0, "skipped", 0), (1, "done", 1)]
    assert available(zhou) == 5_000


def test_cancelled_while_it_waits_for_another_try(chen: Customer, zhou: Customer) -> None:
    with clock.travel(at(2)):
        schedule = make(chen, zhou, amount=30_000)
    run(at(9, 9, 30))
    with clock.travel(at(9, 10)):
        actions.cancel(schedule, actor=customer_actor(chen))
        fund(chen, 50_000)
    run(at(9, 14))
    run(at(16, 10))
    assert times(schedule) == [(0, "skipped", 1)]
    assert available(zhou) == 0


def test_a_crash_after_the_payment_pays_no_second_time(
    chen: Customer, zhou: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.travel(at(2)):
        schedule = make(chen, zhou, times=1)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(running, "record", dies)
        with pytest.raises(KeyboardInterrupt):
            run(at(9, 9, 30))
    assert available(zhou) == 5_000
    assert run(at(9, 9, 31)) == 0  # still leased
    assert run(at(9, 9, 33)) == 1
    assert times(schedule) == [(0, "done", 1)]
    assert available(zhou) == 5_000


def test_two_workers_at_once(
    chen: Customer, zhou: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease is taken away, so that both make the very same try at the very same time."""
    with clock.travel(at(2)):
        schedule = make(chen, zhou, times=1)
    monkeypatch.setattr(running, "LEASE", timedelta(seconds=-1))
    meet, problems = threading.Barrier(2), list[BaseException]()

    def both(plan: Any) -> Any:
        meet.wait(10)
        return real_submit(plan)

    monkeypatch.setattr(paying, "submit", both)

    def work(one: Occurrence) -> None:
        try:
            with clock.travel(at(9, 9, 30)):
                following.record(one, paying.pay(one))
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    with clock.travel(at(9, 9, 30)):
        running._fall_due(schedule.id)
        due = Occurrence.objects.get().id
        claimed = [one for _ in range(2) if (one := running._claim(due))]
    assert len(claimed) == 2
    workers = [threading.Thread(target=work, args=(one,)) for one in claimed]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert problems == []
    assert times(schedule) == [(0, "done", 1)]
    assert available(zhou) == 5_000
    assert Payment.objects.filter(kind="transfer").count() == 1


def test_a_bill_every_month(chen: Customer) -> None:
    biller = directory.get("topay", "power")
    assert biller
    bill: dict[str, Any] = {"biller": "power", "reference": biller.samples["due"]}
    bill |= {"amount": None}
    bill |= {"recipient": None, "rhythm": Rhythm.MONTHLY, "first_on": at(4).date()}
    with clock.travel(at(2)):
        schedule, small = make(chen, most=50_000, **bill), make(chen, most=1, **bill)
        fund(chen, 100_000)
    run(at(4, 9, 30))
    run(at(4, 10) + timedelta(days=31))
    assert times(schedule) == [(0, "done", 1), (1, "done", 1)]
    assert Payment.objects.filter(kind="bill", state="succeeded").count() == 2
    # The bill was paid by the other schedule, or is more than this one may pay.
    assert {one.why for one in queries.occurrences(small)} <= {"over_most", "nothing_due"}
    assert not Payment.objects.filter(purpose__contains=str(small.id)).exists()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"first_on": at(1).date()}, "past"),
        ({"first_on": date(2029, 1, 1)}, "too_far"),
        ({"ends_on": at(8).date()}, "never"),
        ({"recipient": None}, "recipient_unknown"),
        ({"amount": None}, "amount"),
        ({"biller": "nobody", "reference": "1"}, "no_biller"),
        ({"biller": "power", "reference": "1300000376"}, "reference"),
        ({"biller": "power", "reference": "1300000377"}, "amount"),
        ({"biller": "mobile", "reference": "13800000037", "amount": 1}, "amount"),
    ],
)
def test_what_can_not_be_scheduled(
    chen: Customer, zhou: Customer, more: dict[str, Any], code: str
) -> None:
    with clock.travel(at(2)), pytest.raises(actions.NotPossible) as refused:
        make(chen, zhou, **more)
    assert refused.value.code == code
    assert not Schedule.objects.exists()


def test_to_oneself_and_made_twice(chen: Customer, zhou: Customer) -> None:
    with clock.travel(at(2)):
        with pytest.raises(actions.NotPossible, match="to_self"):
            make(chen, chen)
        same = key()
        assert make(chen, zhou, key=same).id == make(chen, zhou, key=same).id
    assert Schedule.objects.count() == 1


def test_making_a_schedule_is_judged_as_paying_now(
    chen: Customer, zhou: Customer, staff_factory: StaffFactory
) -> None:
    """Nobody sits there when it is paid: whoever took over a session can't wait for that."""
    in_force(staff_factory, rule("proof", "second_factor", {"amount": {"at_least": {"CNY": 100}}}))
    tomorrow = (clock.now() + timedelta(days=1)).astimezone(SHANGHAI).date()
    with seated(), pytest.raises(actions.NotPossible) as stopped:
        make(chen, zhou, first_on=tomorrow)
    assert stopped.value.code == "prove"
    assert not Schedule.objects.exists()
    [kept] = Entry.objects.filter(action="schedules.stopped")
    assert kept.details["rule"] == "proof"
    with seated(stepped_up_at=clock.now() - timedelta(minutes=1)):
        assert make(chen, zhou, first_on=tomorrow).next_at
    in_force(staff_factory, rule("never", "lock", {"amount": {"at_least": {"CNY": 100}}}))
    with seated(stepped_up_at=clock.now()), pytest.raises(actions.NotPossible) as stopped:
        make(chen, zhou, first_on=tomorrow)
    assert stopped.value.code == "stopped"


def test_schedules_count_for_the_speed_rules_as_payments_do(
    chen: Customer, customer_factory: CustomerFactory
) -> None:
    """Of new recipients the fifth within an hour asks for a second factor, scheduled or not."""
    with clock.travel(at(2)):
        others = [customer_factory() for _ in range(6)]
        with seated():
            made = [make(chen, one, rhythm=Rhythm.ONCE, amount=100) for one in others[:4]]
            for _ in range(2):
                with pytest.raises(actions.NotPossible) as stopped:
                    make(chen, others[4], rhythm=Rhythm.ONCE, amount=100)
                assert stopped.value.code == "prove"
            direct = send(chen, others[5], 100)
            assert make(chen, others[0], amount=100).next_at  # the fifth payment, no fifth person
        assert (direct.reason, direct.facts["rule"]) == (Reason.SPEED_RULE, "many_recipients")
        with seated(stepped_up_at=clock.now()):
            assert make(chen, others[4], rhythm=Rhythm.ONCE, amount=100).next_at
    kept = {one.payment_id: one.passed for one in Decision.objects.filter(customer_id=chen.id)}
    assert [kept[one.id] for one in made] == [True] * 4
    assert sorted(kept.values()) == [False] * 3 + [True] * 6
    assert not KnownRecipient.objects.exists()  # nobody got anything yet


def test_payments_count_for_the_schedules_that_follow(
    chen: Customer, customer_factory: CustomerFactory
) -> None:
    with clock.travel(at(2)), seated():
        for _ in range(4):
            assert send(chen, customer_factory(), 100).ok
        with pytest.raises(actions.NotPossible) as stopped:
            make(chen, customer_factory(), amount=100)
    assert stopped.value.code == "prove"


def test_what_a_schedule_pays_is_not_counted_again(chen: Customer, zhou: Customer) -> None:
    with clock.travel(at(2)), seated():
        made = make(chen, zhou, rhythm=Rhythm.ONCE)
    run(at(9, 9, 30))
    assert available(zhou) == 5_000
    assert [one.payment_id for one in Decision.objects.all()] == [made.id]


def test_the_same_schedule_asked_for_again_is_judged_once(chen: Customer, zhou: Customer) -> None:
    same = key()
    with clock.travel(at(2)), seated():
        assert make(chen, zhou, key=same).id == make(chen, zhou, key=same).id
    assert Decision.objects.count() == 1


def test_many_at_once_are_judged_one_after_the_other(
    chen: Customer, customer_factory: CustomerFactory
) -> None:
    with clock.travel(at(1)):
        others = [customer_factory() for _ in range(8)]
    tomorrow = (clock.now() + timedelta(days=1)).astimezone(SHANGHAI).date()

    def wish(other: Customer) -> str:
        try:
            with seated():
                make(chen, other, first_on=tomorrow, amount=100)
        except actions.NotPossible as stopped:
            return stopped.code
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(len(others)) as pool:
        said = sorted(pool.map(wish, others))
    assert said == ["made"] * 4 + ["prove"] * 4


def test_a_rule_that_locks_stops_whoever_makes_schedules(
    chen: Customer, zhou: Customer, staff_factory: StaffFactory
) -> None:
    in_force(staff_factory, rule("thief", "lock", {"amount": {"at_least": {"CNY": 100}}}))
    with clock.travel(at(2)), seated(), pytest.raises(actions.NotPossible):
        make(chen, zhou)
    [job] = ProcrastinateJob.objects.filter(task_name="reactions.run", args__kind=LOCKED)
    assert job.args["ids"]["customer_id"] == str(chen.id)


def test_a_paused_schedule_does_not_stand_before_the_others(
    chen: Customer, zhou: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.travel(at(2)):
        first, second = make(chen, zhou), make(chen, zhou, at=time(9, 31))
    monkeypatch.setattr(paying, "_transfer", _no_answer)
    run(at(9, 9, 30))
    monkeypatch.undo()
    with clock.travel(at(9, 9, 30)):
        actions.pause(first, actor=customer_actor(chen))
    monkeypatch.setattr(running, "BATCH", 1)
    run(at(9, 9, 40))
    assert [state for _, state, _ in times(first)] == ["running"]
    assert [state for _, state, _ in times(second)] == ["done"]


def _no_answer(*_: object) -> None:
    raise ConnectionError("nobody answered")
