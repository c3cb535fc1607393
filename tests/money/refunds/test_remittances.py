"""Remittances on their way back, at their own rate: asked for, or held where they arrived."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.brands import profiles
from paydesk.desk.cases.models import Case
from paydesk.desk.diagnosis import proof
from paydesk.desk.diagnosis.shapes import Booked
from paydesk.entry.cli.errands import run_waiting_jobs
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.exchange import queries as exchange
from paydesk.money.ledger.models import Account
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import actions as payments
from paydesk.money.payments import shares
from paydesk.money.payments.actions import across
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.payments.verify import forgotten_holds
from paydesk.money.refunds import actions, jobs, queries
from paydesk.money.refunds.actions import NotAskable, freed
from paydesk.money.refunds.models import Recall, RefundRequest
from paydesk.money.refunds.rules import Objection, RecallWhy, State, Why
from paydesk.notifications.models import Message
from paydesk.people import actions as people
from paydesk.people.models import Customer, StaffMember
from paydesk.people.rules import ApprovedDecision
from tests.factories import CustomerFactory, StaffFactory
from tests.money.exchange.helpers import convert, quote, remitted
from tests.money.payments.helpers import (
    approve_unfreeze,
    available,
    customer_actor,
    fund,
    key,
    send,
)
from tests.money.refunds.helpers import asked, mails, steps

FUNDS, GOT = 100_000, 5_000
LIMIT = profiles.get("topay").limits["CNY"].agent_refund
US = SYSTEM("topay")


@pytest.fixture(autouse=True)
def sound(committed_db: None) -> Iterator[None]:
    """Whatever happened, each currency sums to zero and nothing is held of what has ended."""
    yield
    sums: dict[str, int] = {}
    for account in Account.objects.filter(brand="topay"):
        sums[account.currency] = sums.get(account.currency, 0) + account.posted
    assert set(sums.values()) <= {0}
    assert not verify().breaks
    assert not forgotten_holds()


@pytest.fixture
def sent(customer_factory: CustomerFactory, staff_factory: StaffFactory) -> Payment:
    """50 dollars, all of them with their recipient."""
    return remitted(customer_factory(), customer_factory(), GOT, staff_factory)


@pytest.fixture
def boss(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(role="supervisor")


def fresh(payment: Payment) -> Payment:
    return Payment.objects.select_related("payer", "payee").get(id=payment.id)


def sides(payment: Payment) -> tuple[Customer, Customer]:
    assert payment.payer
    assert payment.payee
    return payment.payer, payment.payee


def called_back(payment: Payment, why: RecallWhy = RecallWhy.FRAUD) -> Recall:
    payer, _ = sides(payment)
    return actions.recall(
        customer=payer, payment=payment, why=why, text="冒充房东", actor=customer_actor(payer)
    )


def given_back(payment: Payment, amount: int) -> Reason | None:
    """Two colleagues refund (part of) it, as from its case."""
    decision = ApprovedDecision(
        request_id=ids.uuid7(),
        action=payments.REFUND,
        subject=f"payment:{payment.id}",
        requested_by=ids.uuid7(),
        requested_at=clock.now(),
        approved_by=ids.uuid7(),
        approved_at=clock.now(),
    )
    return payments.refund(
        original=fresh(payment), amount=amount, reason="x", actor=US, key=key(), approval=decision
    ).reason


def spend(payment: Payment, amount: int, make: CustomerFactory) -> Customer:
    """The recipient sends some of the dollars on; to whom."""
    other = make()
    fund(other, 1_000)
    assert convert(quote(other, 500)).ok  # who has dollars can be sent some
    assert send(sides(payment)[1], other, amount, currency="USD").ok
    return other


# --- held ----------------------------------------------------------------------------------


def test_a_fresh_fraud_holds_the_recipient_s_share(sent: Payment) -> None:
    payer, thief = sides(sent)
    row = called_back(sent)
    held = Payment.objects.get(purpose=row.purpose)
    assert (row.held, queries.held_share(row)) == (sent.amount, (GOT, "USD"))
    assert (held.state, held.reason) == (PaymentState.PROCESSING, Reason.RECALLED)
    assert (held.got, held.gave) == ((sent.amount, "CNY"), (GOT, "USD"))
    assert (available(thief, "USD"), available(payer)) == (0, FUNDS - sent.amount - sent.fee)
    assert called_back(sent).id == row.id
    assert available(thief, "USD") == 0
    assert given_back(sent, 100) is Reason.REFUND_TOO_MUCH  # it is on its way already


def test_a_supervisor_gives_it_back_at_its_own_rate(sent: Payment, boss: StaffMember) -> None:
    payer, thief = sides(sent)
    row = called_back(sent)
    for _ in range(2):
        done = actions.decide_recall(row, staff=boss, give_back=True, answer="已核实")
    assert (done.state, queries.came_back(done)) == ("returned", sent.amount)
    assert (available(payer), available(thief, "USD")) == (FUNDS - sent.fee, 0)
    assert exchange.liquidity("topay") == {"CNY": 0, "USD": 100_000}
    back = Payment.objects.get(purpose=row.purpose)
    given, came = proof.prove(back, thief.pk), proof.prove(back, payer.pk)
    assert isinstance(given, Booked)
    assert isinstance(came, Booked)
    assert (given.moved, given.currency) == (-GOT, "USD")
    assert (came.moved, came.currency) == (sent.amount, "CNY")
    payments.confirm([back.id])
    assert "US$50.00" in Message.objects.get(template="payments/refund_given").text


def test_or_sets_it_free(sent: Payment, boss: StaffMember) -> None:
    row = called_back(sent)
    done = actions.decide_recall(row, staff=boss, give_back=False, answer="证据不足")
    assert (done.state, available(sides(sent)[1], "USD")) == ("refused", GOT)
    assert fresh(sent).refunded == 0
    assert queries.held_share(row) is None


def test_of_what_was_spent_the_rest_is_held_and_what_comes_later_is_refunded_besides(
    sent: Payment, boss: StaffMember, customer_factory: CustomerFactory
) -> None:
    payer, thief = sides(sent)
    other = spend(sent, 1_999, customer_factory)
    row = called_back(sent)
    share = queries.held_share(row)
    assert share
    assert (share[0], available(thief, "USD")) == (3_001, 0)
    assert send(other, thief, 1_999, currency="USD").ok
    assert given_back(sent, 1_000) is None
    assert given_back(sent, 777) is None
    done = actions.decide_recall(row, staff=boss, give_back=True, answer="已核实")
    assert (done.state, queries.came_back(done)) == ("partly", row.held + 1_777)
    assert available(thief, "USD") == GOT - shares.share(GOT, sent.amount, row.held + 1_777)
    assert given_back(sent, sent.amount - row.held - 1_777) is None
    assert (available(payer), available(thief, "USD")) == (FUNDS - sent.fee, 0)


def test_set_free_between_other_parts_the_whole_still_is_what_was_got(
    sent: Payment, boss: StaffMember, customer_factory: CustomerFactory
) -> None:
    payer, thief = sides(sent)
    assert given_back(sent, 3) is None
    other = spend(sent, 1_000, customer_factory)
    row = called_back(sent)
    assert send(other, thief, 1_000, currency="USD").ok
    assert given_back(sent, 5) is None
    actions.decide_recall(row, staff=boss, give_back=False, answer="证据不足")
    assert abs(available(thief, "USD") - (GOT - shares.share(GOT, sent.amount, 8))) <= 1
    assert given_back(sent, sent.amount - 8) is None
    assert (available(payer), available(thief, "USD")) == (FUNDS - sent.fee, 0)


@pytest.mark.parametrize(
    ("why", "hours"), [(RecallWhy.MISTAKE, 0), (RecallWhy.FRAUD, 73)], ids=["mistake", "late"]
)
def test_a_mistake_and_a_late_report_hold_nothing(
    sent: Payment, why: RecallWhy, hours: int
) -> None:
    with clock.travel(clock.now() + timedelta(hours=hours)):
        assert called_back(sent, why).held == 0
    assert available(sides(sent)[1], "USD") == GOT


def test_while_the_recipient_is_frozen_it_waits(sent: Payment) -> None:
    _, thief = sides(sent)
    people.place_freeze(thief, reason="fraud", actor=US)
    row = called_back(sent)
    assert row.held == 0
    approve_unfreeze(thief)
    run_waiting_jobs()
    row.refresh_from_db()
    assert (row.held, available(thief, "USD")) == (sent.amount, 0)
    freed.hold(disputes=[], called_back=[str(row.id)])  # again
    jobs.sweep(0)
    assert queries.held_share(row) == (GOT, "USD")


def test_no_more_is_held_than_liquidity_could_give_back(
    sent: Payment, customer_factory: CustomerFactory
) -> None:
    other = spend(sent, 1_000, customer_factory)
    stock = exchange.liquidity("topay")["CNY"]
    assert convert(quote(other, 1_000, pay="USD", get="CNY")).ok  # bought some of the yuan
    left = exchange.liquidity("topay")["CNY"]
    assert left < stock
    row = called_back(sent)
    assert 0 < row.held <= left


@pytest.fixture
def overtaken(sent: Payment, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Another part of it goes back between the next plan and its locks; whether each plan that was
    submitted was carried out or refused, rather than not the right one any more."""
    real, done = across.submit, []

    def slower(plan: Any) -> Any:
        if not done:
            done.append(False)
            assert given_back(sent, 1) is None
        done.append(False)
        answer = real(plan)
        done[-1] = True
        return answer

    monkeypatch.setattr(across, "submit", slower)
    return done


def test_a_hold_that_was_overtaken_is_made_anew(sent: Payment, overtaken: list[bool]) -> None:
    assert called_back(sent).held == sent.amount - 1
    assert available(sides(sent)[1], "USD") == 0
    assert len(overtaken) > 2


def test_a_refund_that_was_overtaken_is_made_anew(
    sent: Payment, overtaken: list[bool], staff_factory: StaffFactory
) -> None:
    """Its share, a cent for a fen, was taken before: the database refuses that, nobody hears it."""
    payer, payee = sides(sent)
    done = actions.decide(asked(payer, sent, 1), staff=staff_factory(), grant=1)
    assert done.state == State.ARRIVED
    assert available(payee, "USD") == GOT - 1
    assert overtaken[-2:] == [False, True]
    assert steps(done) == ["asked", "granted", "sent", "arrived"]


COPY = """
    INSERT INTO payments_payment SELECT (jsonb_populate_record(p, %s::jsonb)).*
    FROM payments_payment p WHERE id = %s
"""


@pytest.mark.parametrize(
    "change",
    [{"received_amount": GOT - 1}, {"received_amount": GOT + 1}, {"amount": 8_000}, {}],
)
def test_the_database_holds_the_rate_of_what_is_held(
    sent: Payment, change: dict[str, object]
) -> None:
    fields: dict[str, object] = {
        "kind": "refund",
        "state": "processing",
        "finished_at": None,
        "booked_at": None,
        "original_id": str(sent.id),
    }

    def copy(more: dict[str, object]) -> None:
        own = {name: str(ids.uuid7()) for name in ("id", "request_key")}
        own["number"] = ids.public_number(14)
        with connection.cursor() as cursor:
            cursor.execute(COPY, [json.dumps(fields | own | more), sent.id])

    if not change:  # all of it is held: nothing is left to go back
        copy({})
        change = {"amount": 1, "received_amount": None, "received_currency": ""}
    with pytest.raises(DatabaseError, match="at its own rate"):
        copy(change)


# --- asked for -----------------------------------------------------------------------------


def test_asked_for_with_evidence_a_person_grants_a_part(
    sent: Payment, staff_factory: StaffFactory
) -> None:
    payer, payee = sides(sent)
    request = asked(payer, sent, sent.amount, why=Why.WRONG_RECIPIENT)
    assert (request.state, request.verdict) == (State.ASKED, "")  # never by a rule
    upload = SimpleUploadedFile("聊天记录.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")
    actions.add_evidence(request, upload=upload, actor=customer_actor(payer))
    run_waiting_jobs()
    assert Case.objects.get(customer=payer).payment_id == sent.id
    done = actions.decide(request, staff=staff_factory(), grant=LIMIT)
    assert (done.state, done.granted) == (State.ARRIVED, LIMIT)
    assert available(payer) == FUNDS - sent.amount - sent.fee + LIMIT
    assert available(payee, "USD") == GOT - shares.share(GOT, sent.amount, LIMIT)
    assert steps(done) == ["asked", "evidence", "granted", "sent", "arrived"]
    assert mails(payer) == ["asked", "granted", "sent", "arrived"]
    run_waiting_jobs()
    assert "原汇率" in Message.objects.get(template="payments/refunded").text
    assert "US$" in Message.objects.get(template="payments/refund_given").text


def test_above_the_limit_two_people_grant_it(
    sent: Payment, staff_factory: StaffFactory, boss: StaffMember
) -> None:
    payer, payee = sides(sent)
    request = asked(payer, sent, sent.amount)
    done = actions.decide(request, staff=staff_factory(), grant=sent.amount)
    assert done.state == State.APPROVAL
    approvals.decide(Request.objects.get(id=done.approval_id), staff=boss, approve=True)
    run_waiting_jobs()
    assert RefundRequest.objects.get(id=request.id).state == State.ARRIVED
    assert (available(payer), available(payee, "USD")) == (FUNDS - sent.fee, 0)


def test_what_the_recipient_spent_does_not_come_and_a_person_decides_again(
    sent: Payment, staff_factory: StaffFactory, customer_factory: CustomerFactory
) -> None:
    payer, _ = sides(sent)
    spend(sent, GOT, customer_factory)
    request = asked(payer, sent, 10_000)
    done = actions.decide(request, staff=staff_factory(), grant=10_000)
    assert (done.state, done.granted) == (State.ASKED, None)
    assert steps(done) == ["asked", "granted", "failed"]
    assert Payment.objects.get(purpose=request.purpose).reason == Reason.BALANCE_SHORT
    assert available(payer) == FUNDS - sent.amount - sent.fee
    refused = actions.decide(done, staff=staff_factory(), grant=0, answer="对方已用掉")
    assert refused.state == State.REFUSED


def test_only_in_time_by_the_payer_once_and_what_is_left(
    sent: Payment, customer_factory: CustomerFactory
) -> None:
    payer, payee = sides(sent)
    days = profiles.get("topay").refunds.ask_days

    def stands(who: Customer, amount: int | None = None) -> Objection | None:
        return queries.objection(fresh(sent), who, amount)

    assert stands(payee) is Objection.NOT_YOURS
    assert stands(payer, sent.amount + 1) is Objection.TOO_MUCH
    with clock.travel(clock.now() + timedelta(days=days, seconds=-1)):
        assert stands(payer) is None
    with clock.travel(clock.now() + timedelta(days=days, seconds=1)):
        assert stands(payer) is Objection.TOO_OLD
        with pytest.raises(NotAskable):
            asked(payer, sent, 100)
    asked(payer, sent, 100)
    assert stands(payer) is Objection.UNDER_WAY


def test_what_is_held_is_not_asked_for_besides(sent: Payment) -> None:
    called_back(sent)
    assert queries.objection(fresh(sent), sides(sent)[0]) is Objection.NOTHING_LEFT
