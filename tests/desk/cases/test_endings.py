"""The case of a refund request or a recall ends with it: once, by whoever decided, and not while
the customer waits for words."""

from collections.abc import Callable

import pytest

from paydesk.desk.cases import actions
from paydesk.desk.cases.actions import Intent
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import CaseRefused, State
from paydesk.entry.cli.errands import run_waiting_jobs
from paydesk.kit import ids
from paydesk.money.payments.models import Payment
from paydesk.money.refunds import actions as refunds
from paydesk.money.refunds.models import Recall, RefundRequest
from paydesk.money.refunds.rules import RecallWhy, Why
from paydesk.people.models import Customer, StaffMember
from tests.desk.cases.conftest import as_customer, as_staff, say
from tests.factories import CustomerFactory, StaffFactory
from tests.money.orders.shops import shop
from tests.money.payments.helpers import customer_actor, fund, send
from tests.money.refunds.helpers import asked, bought, by_card

pytestmark = pytest.mark.usefixtures("stage")


@pytest.fixture
def buyer(customer_factory: CustomerFactory) -> Customer:
    customer = customer_factory()
    fund(customer, 100_000)
    return customer


@pytest.fixture
def wish(buyer: Customer, customer_factory: CustomerFactory) -> RefundRequest:
    made = asked(buyer, bought(buyer, shop(customer_factory()), 8_800), 8_800)
    run_waiting_jobs()
    return made


@pytest.fixture
def agent(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(name="林小北")


@pytest.fixture
def boss(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(role="supervisor")


def case_of(owner: RefundRequest | Recall) -> Case:
    return Case.objects.get(customer=owner.customer, payment_id=owner.payment_id)


def codes(case: Case) -> list[str]:
    return [one.data["code"] for one in case.entries.order_by("sequence") if "code" in one.data]


@pytest.mark.parametrize(("grant", "said"), [(8_800, "arrived"), (0, "refused")])
def test_a_decided_request_solves_its_case(
    wish: RefundRequest, agent: StaffMember, grant: int, said: str
) -> None:
    assert case_of(wish).waiting_since is not None
    actions.decide_request(case_of(wish), agent, wish.id, grant=grant, answer="已核实")
    run_waiting_jobs()
    case = case_of(wish)
    assert (case.state, case.assignee_id, case.rank_at) == (State.SOLVED, agent.pk, None)
    assert case.first_responded_at is not None
    assert codes(case)[-2:] == [f"request_{said}", "solved"]


def test_also_one_that_was_decided_outside_its_case(
    wish: RefundRequest, agent: StaffMember
) -> None:
    refunds.decide(wish, staff=agent, grant=8_800)
    run_waiting_jobs()
    case = case_of(wish)
    assert (case.state, case.assignee_id) == (State.SOLVED, agent.pk)


def test_it_is_said_once_however_often_it_is_told(wish: RefundRequest, agent: StaffMember) -> None:
    refunds.decide(wish, staff=agent, grant=8_800)
    run_waiting_jobs()
    before = codes(case_of(wish))
    for _ in range(2):
        actions.open_for_request(wish.id, wish.brand)
        actions.request_ended(wish.id, wish.brand)
    assert codes(case_of(wish)) == before


def test_a_withdrawn_request_ends_by_itself(wish: RefundRequest) -> None:
    refunds.withdraw(wish, actor=as_customer(wish.customer))
    run_waiting_jobs()
    case = case_of(wish)
    assert (case.state, case.assignee_id, case.rank_at) == (State.SOLVED, None, None)
    assert codes(case)[-2:] == ["request_withdrawn", "solved_itself"]


def test_withdrawn_before_there_was_a_case_it_needs_none(
    buyer: Customer, customer_factory: CustomerFactory
) -> None:
    made = asked(buyer, bought(buyer, shop(customer_factory()), 8_800), 8_800)
    refunds.withdraw(made, actor=as_customer(buyer))
    run_waiting_jobs()
    assert not Case.objects.filter(payment_id=made.payment_id).exists()


def test_a_customer_who_wrote_is_answered_by_a_person(
    wish: RefundRequest, agent: StaffMember
) -> None:
    say(case_of(wish), as_customer(wish.customer), "还要多久？")
    refunds.decide(wish, staff=agent, grant=8_800)
    run_waiting_jobs()
    case = case_of(wish)
    assert (case.state, case.waiting_since is None) == (State.OPEN, False)
    assert codes(case)[-1] == "request_arrived"


def test_whom_an_agent_has_answered_does_not_wait(wish: RefundRequest, agent: StaffMember) -> None:
    say(case_of(wish), as_customer(wish.customer), "还要多久？")
    say(case_of(wish), as_staff(agent), "马上")
    refunds.decide(wish, staff=agent, grant=8_800)
    run_waiting_jobs()
    assert case_of(wish).state == State.SOLVED


def test_another_request_for_the_same_payment_keeps_it_open(
    wish: RefundRequest, agent: StaffMember, buyer: Customer
) -> None:
    refunds.decide(wish, staff=agent, grant=800)
    again = asked(buyer, Payment.objects.get(id=wish.payment_id), 7_000, why=Why.OTHER)
    assert again.state == "asked"
    run_waiting_jobs()
    live = Case.objects.filter(payment_id=wish.payment_id).exclude(state=State.SOLVED)
    assert [case.state for case in live] == [State.OPEN]


def test_a_case_of_a_top_up_that_has_no_way_back_ends_with_it(
    buyer: Customer, agent: StaffMember
) -> None:
    made = asked(buyer, by_card(buyer, "4747"), 5_000)
    run_waiting_jobs()
    done = actions.decide_request(case_of(made), agent, made.id, grant=5_000, answer="")
    run_waiting_jobs()
    assert done.state == "refused"
    case = case_of(made)
    assert (case.state, case.assignee_id, case.rank_at) == (State.SOLVED, agent.pk, None)
    assert codes(case)[-2:] == ["request_stays", "solved"]


def test_what_could_not_be_paid_waits_for_a_person_again(
    wish: RefundRequest, agent: StaffMember
) -> None:
    say(case_of(wish), as_staff(agent), "正在办理")
    assert case_of(wish).state == State.WAITING_CUSTOMER
    actions.request_failed(wish.id, wish.brand)
    case = case_of(wish)
    assert (case.state, case.waiting_since is None) == (State.OPEN, False)


@pytest.fixture
def recalled(buyer: Customer, customer_factory: CustomerFactory) -> Recall:
    payment = Payment.objects.get(id=send(buyer, customer_factory(), 5_000).id)
    made = refunds.recall(
        customer=buyer,
        payment=payment,
        why=RecallWhy.FRAUD,
        text="冒充客服",
        actor=customer_actor(buyer),
    )
    run_waiting_jobs()
    return made


Decide = Callable[[Recall, StaffMember, bool], object]


def in_its_case(row: Recall, boss: StaffMember, give_back: bool) -> object:
    return actions.decide_recall(case_of(row), boss, row.id, give_back=give_back, answer="已核实")


def outside(row: Recall, boss: StaffMember, give_back: bool) -> object:
    return refunds.decide_recall(row, staff=boss, give_back=give_back)


@pytest.mark.parametrize("decide", [in_its_case, outside])
@pytest.mark.parametrize("give_back", [True, False])
def test_a_decided_recall_solves_its_case(
    recalled: Recall, boss: StaffMember, decide: Decide, give_back: bool
) -> None:
    decide(recalled, boss, give_back)
    run_waiting_jobs()
    case = case_of(recalled)
    assert (case.state, case.assignee_id) == (State.SOLVED, boss.pk)
    outcome = "returned" if give_back else "refused"
    assert codes(case)[-2:] == [f"recall_ended_{outcome}", "solved"]
    before = len(codes(case))
    actions.open_for_recall(recalled.id, recalled.brand)
    actions.recall_ended(recalled.id, recalled.brand)
    assert len(codes(case)) == before


def test_a_recall_that_holds_nothing_ends_with_what_was_refunded(
    buyer: Customer, boss: StaffMember, customer_factory: CustomerFactory
) -> None:
    payment = Payment.objects.get(id=send(buyer, customer_factory(), 5_000).id)
    row = refunds.recall(
        customer=buyer,
        payment=payment,
        why=RecallWhy.MISTAKE,
        text="转错了人",
        actor=customer_actor(buyer),
    )
    run_waiting_jobs()
    with pytest.raises(CaseRefused, match="nothing_held"):
        in_its_case(row, boss, True)
    actions.refund(case_of(row), boss, payment.id, Intent(ids.uuid7(), 3_000))
    in_its_case(row, boss, True)
    run_waiting_jobs()
    said = case_of(row).entries.get(data__code="recall_ended_partly").data["params"]
    assert (said["amount"], case_of(row).state) == (3_000, State.SOLVED)


def test_a_recall_s_customer_who_wrote_keeps_the_case_open(
    recalled: Recall, boss: StaffMember
) -> None:
    say(case_of(recalled), as_customer(recalled.customer), "请快一点")
    outside(recalled, boss, True)
    run_waiting_jobs()
    case = case_of(recalled)
    assert (case.state, codes(case)[-1]) == (State.OPEN, "recall_ended_returned")
