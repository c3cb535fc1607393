"""The queue: who is next, that two agents never get one case, that nobody starves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections, transaction

from paydesk.desk.cases import actions, queries
from paydesk.desk.cases.actions import timeline, upkeep
from paydesk.desk.cases.models import Case, Miss
from paydesk.desk.cases.queries import Tab
from paydesk.desk.cases.rules import CAPACITY, CaseRefused, State, Topic
from paydesk.kit import clock
from paydesk.people.models import StaffMember
from tests.desk.cases.conftest import CaseFactory, as_customer, as_staff, say
from tests.factories import CustomerFactory, StaffFactory

pytestmark = pytest.mark.usefixtures("staffed")


@pytest.mark.usefixtures("committed_db")
def test_agents_who_reach_at_once_get_different_cases(
    case_factory: CaseFactory, staff_factory: StaffFactory
) -> None:
    for _ in range(6):
        case_factory()
    agents = [staff_factory() for _ in range(6)]

    def reach(n: int) -> UUID | None:
        try:
            case = actions.next_for(agents[n])
            return case.pk if case else None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(reach, range(6)))
    assert len(set(got)) == 6
    assert None not in got


@pytest.mark.usefixtures("committed_db")
def test_a_case_that_is_being_taken_is_passed_over(
    case_factory: CaseFactory, staff_factory: StaffFactory
) -> None:
    first, second = case_factory(), case_factory()
    agent = staff_factory()

    def reach() -> UUID | None:
        try:
            case = actions.next_for(agent)
            return case.pk if case else None
        finally:
            connections.close_all()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        timeline.locked(first.pk)  # a colleague is at it
        assert pool.submit(reach).result(timeout=10) == second.pk


@pytest.mark.usefixtures("committed_db")
def test_two_who_take_one_case_can_not_both_have_it(
    case_factory: CaseFactory, staff_factory: StaffFactory
) -> None:
    case, agents = case_factory(), [staff_factory() for _ in range(4)]

    def take(n: int) -> bool:
        try:
            return actions.take(case, agents[n]).assignee_id == agents[n].pk
        except CaseRefused as error:
            return error.code != "already_taken"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(4))) == 1


@pytest.mark.usefixtures("db")
class TestOrder:
    def test_the_longest_wait_is_first(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        first = case_factory()
        clock.advance(timedelta(minutes=1))
        case_factory()
        taken = actions.next_for(staff_factory())
        assert taken is not None
        assert taken.pk == first.pk

    def test_a_stolen_account_passes_but_nobody_starves(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        patient = case_factory()
        clock.advance(timedelta(minutes=59))
        urgent = case_factory(topic=Topic.THEFT)
        agent = staff_factory()
        first = actions.next_for(agent)
        assert first is not None
        assert first.pk == urgent.pk
        clock.advance(timedelta(minutes=2))
        case_factory(topic=Topic.THEFT)  # ranked an hour before it came: after `patient`
        second = actions.next_for(agent)
        assert second is not None
        assert second.pk == patient.pk

    def test_only_brands_of_ones_own(
        self,
        case_factory: CaseFactory,
        customer_factory: CustomerFactory,
        staff_factory: StaffFactory,
    ) -> None:
        case_factory(customer=customer_factory(brand="gopay"))
        assert actions.next_for(staff_factory()) is None
        assert actions.next_for(staff_factory(brands=["gopay"])) is not None

    def test_only_brands_that_were_asked_for(
        self,
        case_factory: CaseFactory,
        customer_factory: CustomerFactory,
        staff_factory: StaffFactory,
    ) -> None:
        case_factory()
        second = case_factory(customer=customer_factory(brand="gopay"))
        agent = staff_factory(brands=["topay", "gopay"])
        assert actions.next_for(agent, ["dingpay"]) is None
        taken = actions.next_for(agent, ["gopay", "dingpay"])
        assert taken is not None
        assert taken.pk == second.pk

    def test_who_has_enough_gets_no_more(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        agent = staff_factory()
        for _ in range(CAPACITY + 1):
            case_factory()
        for _ in range(CAPACITY):
            actions.next_for(agent)
        with pytest.raises(CaseRefused, match="full"):
            actions.next_for(agent)

    def test_position_counts_who_stands_before(self, case_factory: CaseFactory) -> None:
        first = case_factory()
        clock.advance(timedelta(seconds=5))
        second = case_factory()
        assert (queries.position(first), queries.position(second)) == (1, 2)
        assert queries.wait(second) is None  # nothing was taken lately: nothing honest to say

    def test_a_wait_is_told_once_there_is_something_to_go_by(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        agent = staff_factory()
        for _ in range(6):
            case_factory()
            clock.advance(timedelta(minutes=2))
            actions.next_for(agent)
        wait = queries.wait(case_factory())
        assert wait is not None
        assert timedelta(0) <= wait.least <= timedelta(minutes=2) <= wait.most


@pytest.mark.usefixtures("db")
class TestOutOfHours:
    """Topay's chat is shut at night, Dingpay's never."""

    NIGHT = datetime(2025, 11, 19, 17, 0, tzinfo=UTC)  # 01:00 in Shanghai
    BRANDS = ("topay", "dingpay")

    def waiting(self, agent: StaffMember) -> list[UUID]:
        return [row.case.pk for row in queries.rows(agent.pk, self.BRANDS, Tab.WAITING)[0]]

    def test_those_whom_somebody_is_there_for_come_first(
        self,
        case_factory: CaseFactory,
        customer_factory: CustomerFactory,
        staff_factory: StaffFactory,
    ) -> None:
        agent, ding = staff_factory(brands=list(self.BRANDS)), customer_factory(brand="dingpay")
        with clock.travel(self.NIGHT):
            shut = [case_factory()]
            clock.advance(timedelta(minutes=1))
            shut.append(case_factory())
            urgent = case_factory(topic=Topic.THEFT)
            clock.advance(timedelta(hours=1))
            served = [case_factory(customer=ding)]
            clock.advance(timedelta(minutes=1))
            served.append(case_factory(customer=ding))
            clock.advance(timedelta(minutes=5))
            order = [urgent, *served, *shut]
            assert self.waiting(agent) == [case.pk for case in order]
            assert [queries.position(case) for case in order] == [1, 1, 2, 2, 3]
            given = [actions.next_for(agent) for _ in order]
            assert given == order

    def test_at_the_opening_they_have_their_whole_wait_back(
        self,
        case_factory: CaseFactory,
        customer_factory: CustomerFactory,
        staff_factory: StaffFactory,
    ) -> None:
        agent = staff_factory(brands=list(self.BRANDS))
        with clock.travel(self.NIGHT):
            shut = case_factory()
            clock.advance(timedelta(hours=1))
            served = case_factory(customer=customer_factory(brand="dingpay"))
            clock.advance(timedelta(minutes=1))
            assert self.waiting(agent) == [served.pk, shut.pk]
            clock.advance(timedelta(hours=12))
            assert self.waiting(agent) == [shut.pk, served.pk]


@pytest.mark.usefixtures("db")
class TestHandingOver:
    def test_to_a_colleague(self, case_factory: CaseFactory, staff_factory: StaffFactory) -> None:
        case, one, other = case_factory(), staff_factory(), staff_factory()
        case = actions.take(case, one)
        assert actions.hand_over(case, one, to=other).assignee_id == other.pk

    def test_to_the_queue_keeps_the_place(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case, agent = case_factory(), staff_factory()
        ranked = case.rank_at
        case = actions.take(case, agent)
        clock.advance(timedelta(minutes=4))
        case = actions.hand_over(case, agent)
        assert (case.assignee_id, case.rank_at) == (None, ranked)

    def test_not_to_somebody_of_another_brand(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case, agent = case_factory(), staff_factory()
        with pytest.raises(CaseRefused, match="not_a_colleague"):
            actions.hand_over(case, agent, to=staff_factory(brands=["gopay"]))

    def test_an_agent_does_not_hand_on_a_colleagues_case(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case = actions.take(case_factory(), staff_factory())
        with pytest.raises(PermissionDenied):
            actions.hand_over(case, staff_factory())
        assert actions.hand_over(case, staff_factory(role="supervisor")).assignee_id is None


@pytest.mark.usefixtures("db")
class TestUpkeep:
    def test_who_vanished_gives_back_what_waits(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        gone, there = staff_factory(), staff_factory()
        left, kept = actions.take(case_factory(), gone), actions.take(case_factory(), there)
        actions.seen_at_desk(gone)
        clock.advance(timedelta(minutes=4))
        actions.seen_at_desk(there)
        assert upkeep.give_back_abandoned() == 1
        left.refresh_from_db()
        kept.refresh_from_db()
        assert (left.assignee_id, kept.assignee_id) == (None, there.pk)

    def test_a_missed_first_answer_is_noted_once(self, case_factory: CaseFactory) -> None:
        case = case_factory()
        assert upkeep.note_missed_deadlines() == 0
        clock.advance(timedelta(minutes=10))
        assert upkeep.note_missed_deadlines() == 1
        assert upkeep.note_missed_deadlines() == 0
        assert [miss.due_at for miss in Miss.objects.filter(case=case)] == [case.first_response_due]

    def test_a_late_first_answer_is_a_miss_without_the_job(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case = case_factory()
        clock.advance(timedelta(minutes=10))
        say(case, as_staff(staff_factory()))
        assert Miss.objects.filter(case=case).count() == 1

    def test_an_answer_in_time_is_no_miss(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case = case_factory()
        clock.advance(timedelta(minutes=2))
        say(case, as_staff(staff_factory()))
        clock.advance(timedelta(hours=2))
        assert upkeep.note_missed_deadlines() == 0
        assert not Miss.objects.exists()

    def test_solved_for_a_week_is_closed_and_takes_no_more(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case, agent = case_factory(), staff_factory()
        say(case, as_staff(agent))
        actions.solve(case, agent)
        clock.advance(timedelta(days=8))
        assert upkeep.close_long_solved() == 1
        with pytest.raises(CaseRefused, match="closed"):
            say(case, as_customer(case.customer))


@pytest.mark.usefixtures("db")
class TestInbox:
    def test_tabs(self, case_factory: CaseFactory, staff_factory: StaffFactory) -> None:
        agent = staff_factory()
        mine, waiting = actions.take(case_factory(), agent), case_factory()
        say(waiting, as_customer(waiting.customer), "在吗")

        def numbers(tab: Tab) -> set[str]:
            rows, _more = queries.rows(agent.pk, ["topay"], tab)
            return {row.case.number for row in rows}

        assert numbers(Tab.MINE) == {mine.number}
        assert numbers(Tab.WAITING) == {waiting.number}
        assert numbers(Tab.ALL) == {mine.number, waiting.number}
        row = queries.rows(agent.pk, ["topay"], Tab.WAITING)[0][0]
        assert (row.preview, row.unread) == ("在吗", 1)
        counts = queries.counts(agent.pk, ["topay"])
        assert (counts.mine, counts.waiting) == (1, 1)

    def test_other_brands_are_not_there(
        self,
        case_factory: CaseFactory,
        customer_factory: CustomerFactory,
        staff_factory: StaffFactory,
    ) -> None:
        other = case_factory(customer=customer_factory(brand="gopay"))
        agent = staff_factory()
        assert queries.rows(agent.pk, ["topay"], Tab.ALL) == ([], False)
        assert queries.search(agent.pk, ["topay"], other.number, []) == []


@pytest.mark.usefixtures("db")
def test_solving_needs_an_answer_first(
    case_factory: CaseFactory, staff_factory: StaffFactory
) -> None:
    case, agent = case_factory(), staff_factory()
    with pytest.raises(CaseRefused, match="unanswered"):
        actions.solve(case, agent)
    say(case, as_staff(agent))
    assert actions.solve(case, agent).state == State.SOLVED
    assert Case.objects.get(pk=case.pk).waiting_since is None


@pytest.mark.usefixtures("db")
def test_who_solved_it_by_mistake_takes_it_up_again(
    case_factory: CaseFactory, staff_factory: StaffFactory
) -> None:
    agent, colleague = staff_factory(), staff_factory()
    case = actions.take(case_factory(), agent)
    say(case, as_staff(agent))
    solved = actions.solve(case, agent)
    with pytest.raises(PermissionDenied):
        actions.reopen(solved, colleague)
    again = actions.reopen(solved, agent)
    assert (again.state, again.assignee_id, again.solved_at) == (State.OPEN, agent.pk, None)
