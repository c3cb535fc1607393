"""A remittance called back: as a mistake it is refunded from its case under the rules of every
refund, which ends the recall; as a fraud what is held of it is decided about; where the recipient
has none of it any more, everybody is told so."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.audit.models import Entry as Audited
from paydesk.brands import profiles
from paydesk.desk.cases import actions, texts
from paydesk.desk.cases.actions import Intent
from paydesk.desk.cases.models import Case, Deed
from paydesk.desk.cases.rules import CaseRefused, State
from paydesk.desk.diagnosis.queries import explain
from paydesk.entry.cli.errands import run_waiting_jobs
from paydesk.kit import clock, ids
from paydesk.kit.money import format_amount
from paydesk.money.payments import queries as payments
from paydesk.money.payments.models import Payment
from paydesk.money.refunds import actions as refunds
from paydesk.money.refunds.models import Recall
from paydesk.money.refunds.rules import RecallWhy, Why
from paydesk.money.refunds.rules import State as Standing
from paydesk.notifications.models import Message
from paydesk.people.models import Customer, StaffMember
from tests.factories import CustomerFactory, StaffFactory
from tests.money.exchange.helpers import convert, quote, remitted
from tests.money.payments.helpers import available, customer_actor, fund, send

pytestmark = pytest.mark.usefixtures("committed_db")
FUNDS, GOT = 100_000, 5_000
LIMIT = profiles.get("topay").limits["CNY"].agent_refund


@pytest.fixture
def recalled(customer_factory: CustomerFactory, staff_factory: StaffFactory) -> Recall:
    """50 dollars, for more than an agent may refund alone, sent to the wrong person."""
    payer = customer_factory()
    payment = remitted(payer, customer_factory(), GOT, staff_factory)
    assert payment.amount > LIMIT
    return called_back(payment, payer, RecallWhy.MISTAKE)


def called_back(payment: Payment, payer: Customer, why: RecallWhy) -> Recall:
    row = refunds.recall(
        customer=payer, payment=payment, why=why, text="不是我要付的人", actor=customer_actor(payer)
    )
    run_waiting_jobs()
    return row


@pytest.fixture
def boss(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(role="supervisor")


def recipient(row: Recall) -> Customer:
    assert row.payment.payee
    return row.payment.payee


def case_of(row: Recall) -> Case:
    return Case.objects.get(customer=row.customer, payment_id=row.payment_id)


def refund(row: Recall, staff: StaffMember, amount: int) -> Deed:
    intent = Intent(ids.uuid7(), amount, "收款人同意退回")
    return actions.refund(case_of(row), staff, row.payment_id, intent)


def line(row: Recall, code: str, lang: str) -> str:
    entry = case_of(row).entries.get(data__code=code)
    with translation.override(lang):
        return texts.line(entry.data, brand="topay", staff=True)


def test_two_people_refund_it_and_the_recall_is_accepted(
    recalled: Recall, boss: StaffMember, staff_factory: StaffFactory
) -> None:
    payment, case = recalled.payment, case_of(recalled)
    with pytest.raises(CaseRefused, match="nothing_held"):
        actions.decide_recall(case, boss, recalled.id, give_back=True, answer="")
    deed = refund(recalled, staff_factory(), payment.amount)
    assert deed.approval_id
    assert available(recalled.customer) == FUNDS - payment.amount - payment.fee
    approvals.decide(Request.objects.get(id=deed.approval_id), staff=boss, approve=True)
    run_waiting_jobs()
    assert available(recalled.customer) == FUNDS - payment.fee
    assert available(recipient(recalled), "USD") == 0
    done = actions.decide_recall(case, boss, recalled.id, give_back=True, answer="已退回")
    run_waiting_jobs()
    assert done.state == "returned"
    assert case_of(recalled).state == State.SOLVED
    assert not case_of(recalled).entries.get(data__code="refund_paid").internal
    assert Audited.objects.filter(action="case.refund_finished", subject=case.subject).exists()
    told = Message.objects.get(template="payments/refunded")
    assert (told.user_id, "原汇率" in told.text) == (recalled.customer.user_id, True)
    assert "US$50.00" in Message.objects.get(template="payments/refund_given").text


def test_one_person_refunds_within_the_limit_only(
    recalled: Recall, staff_factory: StaffFactory
) -> None:
    agent = staff_factory()
    with pytest.raises(CaseRefused, match="too_much"):
        refund(recalled, agent, recalled.payment.amount + 1)
    with pytest.raises(PermissionDenied):
        refund(recalled, staff_factory(brands=["gopay"]), 100)
    assert refund(recalled, agent, LIMIT).outcome == "done"
    assert refund(recalled, agent, 1).approval_id


def test_what_is_spent_can_not_be_taken_back_and_everybody_hears_it(
    recalled: Recall, boss: StaffMember, customer_factory: CustomerFactory
) -> None:
    other = customer_factory()
    fund(other, 1_000)
    assert convert(quote(other, 500)).ok  # who has dollars can be sent some
    assert send(recipient(recalled), other, GOT, currency="USD").ok
    deed = refund(recalled, boss, LIMIT)
    assert deed.outcome == "balance_short"
    assert "已用掉或转走" in line(recalled, "refund_failed", "zh-hans")
    assert "spent or sent on" in line(recalled, "refund_failed", "en")
    why = explain(Payment.objects.get(number=deed.number), lang="en", audience="staff")
    assert why.row == 1
    assert "US$0.00" in why.text
    case = case_of(recalled)
    actions.decide_recall(case, boss, recalled.id, give_back=False, answer="对方已转走")
    run_waiting_jobs()
    assert "报警" in line(recalled, "recall_ended_refused", "zh-hans")
    assert "police" in line(recalled, "recall_ended_refused", "en")
    told = Message.objects.get(template="refunds/recall_refused")
    for words in ("已用掉或转走", "对方已转走", "报警", recalled.number):
        assert words in told.text
    assert case_of(recalled).state == State.SOLVED


def test_a_refusal_while_the_money_is_there_does_not_say_it_is_gone(
    recalled: Recall, boss: StaffMember
) -> None:
    case = case_of(recalled)
    actions.decide_recall(case, boss, recalled.id, give_back=False, answer="对方不同意")
    run_waiting_jobs()
    assert "用掉" not in line(recalled, "recall_ended_refused", "zh-hans")
    told = Message.objects.get(template="refunds/recall_refused")
    assert "用掉" not in told.text
    assert "对方不同意" in told.text


def test_a_refusal_after_a_part_was_refunded_tells_of_the_rest_alone(
    recalled: Recall, boss: StaffMember
) -> None:
    payment, case = recalled.payment, case_of(recalled)
    assert refund(recalled, boss, LIMIT).outcome == "done"
    actions.decide_recall(case, boss, recalled.id, give_back=False, answer="对方只肯退这些")
    run_waiting_jobs()
    back = format_amount(LIMIT, payment.currency)
    assert f"其中 {back} 已退回" in line(recalled, "recall_ended_refused", "zh-hans")
    told = Message.objects.get(template="refunds/recall_refused").text
    assert format_amount(payment.taken - LIMIT, payment.currency) in told
    assert format_amount(payment.taken, payment.currency) not in told


def test_a_refusal_after_all_was_refunded_is_no_loss(
    recalled: Recall, boss: StaffMember, staff_factory: StaffFactory
) -> None:
    case, deed = case_of(recalled), refund(recalled, staff_factory(), recalled.payment.amount)
    approvals.decide(Request.objects.get(id=deed.approval_id), staff=boss, approve=True)
    run_waiting_jobs()
    actions.decide_recall(case, boss, recalled.id, give_back=False, answer="")
    run_waiting_jobs()
    assert line(recalled, "recall_ended_returned", "zh-hans")
    assert not Message.objects.filter(template="refunds/recall_refused").exists()


def test_a_fraud_is_decided_about_from_its_case(
    boss: StaffMember, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    payer, payee = customer_factory(), customer_factory()
    row = called_back(remitted(payer, payee, GOT, staff_factory), payer, RecallWhy.FRAUD)
    assert available(payee, "USD") == 0
    with pytest.raises(PermissionDenied):
        actions.decide_recall(case_of(row), staff_factory(), row.id, give_back=True, answer="")
    done = actions.decide_recall(case_of(row), boss, row.id, give_back=True, answer="已核实")
    run_waiting_jobs()
    assert (done.state, case_of(row).state) == ("returned", State.SOLVED)
    assert available(payer) == FUNDS - row.payment.fee
    assert format_amount(row.payment.amount, "CNY") in line(row, "recall_asked", "zh-hans")


def test_one_that_is_too_old_is_not_refunded_any_more(
    boss: StaffMember, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    """As its payer can't ask for it either; what was asked for in time still is granted."""
    days = timedelta(days=profiles.get("topay").refunds.ask_days)
    with clock.travel(clock.now() - days - timedelta(minutes=1)):  # money never moves back in time
        payer = customer_factory()
        payment = remitted(payer, customer_factory(), GOT, staff_factory)
        row = called_back(payment, payer, RecallWhy.MISTAKE)
        wish = refunds.ask(
            customer=payer,
            payment=payment,
            amount=100,
            why=Why.OTHER,
            text="",
            actor=customer_actor(payer),
            key="asked-in-time",
        )
    assert payment.booked_at
    with clock.travel(payment.booked_at + days):
        assert payments.refundable(payment) == payment.amount
    assert payments.refundable(payment) == 0
    with pytest.raises(CaseRefused, match="too_old"):
        refund(row, boss, 100)
    done = actions.decide_request(case_of(row), boss, wish.id, grant=100, answer="")
    assert (done.state, payments.refundable(payment)) == (Standing.ARRIVED, 0)
