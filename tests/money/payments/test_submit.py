"""How plans are executed: where they may not run, what one leaves behind, many at once."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from msgspec import structs
from procrastinate.contrib.django.models import ProcrastinateJob

from paydesk.audit.models import Entry
from paydesk.brands import profiles
from paydesk.kit.events.models import Event
from paydesk.money.payments.actions.refund import RefundWish, plan_refund
from paydesk.money.payments.actions.transfer import TransferWish, plan_transfer
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import (
    InsideTransaction,
    NewPayment,
    Outcome,
    Plan,
    RequestConflict,
)
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.payments.submit import submit, submit_many
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.payments.helpers import (
    available,
    customer_actor,
    fund,
    key,
    send,
    staff_actor,
)

pytestmark = pytest.mark.usefixtures("committed_db")


def plan(payer: Customer, payee: Customer, amount: int, same: str = "", **more: Any) -> Plan:
    wish = TransferWish(payer, payee, amount, "CNY", customer_actor(payer), same or key())
    return plan_transfer(replace(wish, **more))


def outcomes(answers: list[Outcome | RequestConflict]) -> list[object]:
    return [
        "conflict" if isinstance(one, RequestConflict) else (one.reason or one.state)
        for one in answers
    ]


def test_refuses_to_run_inside_a_transaction(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    with transaction.atomic(), pytest.raises(InsideTransaction):
        send(payer, payee, 100)
    assert available(payer) == 1_000
    assert Payment.objects.filter(kind="transfer").count() == 0


def test_leaves_one_event_one_audit_row_and_one_job(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    events, entries, jobs = (
        Event.objects.count(),
        Entry.objects.count(),
        ProcrastinateJob.objects.count(),
    )
    outcome = send(payer, payee, 100)
    [event] = Event.objects.order_by("id")[events:]
    assert event.kind == "payment.changed"
    sides = {f"customer:{payer.id}", f"customer:{payee.id}"}
    assert set(event.audience) == sides | {"desk:topay"}
    [entry] = Entry.objects.order_by("id")[entries:]
    assert (entry.action, entry.subject) == ("money.transfer", f"payment:{outcome.id}")
    [job] = ProcrastinateJob.objects.order_by("id")[jobs:]
    sorted_ids = {"of_kind": {"transfer": str(outcome.id)}, "of_purpose": {}}
    told = {"kind": "payments.changed", "ids": sorted_ids}
    assert (job.task_name, job.args) == ("reactions.run", told)


def test_a_payee_never_hears_of_a_failed_try(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    send(payer, payee, 100)
    event = Event.objects.filter(kind="payment.changed").latest("id")
    assert set(event.audience) == {f"customer:{payer.id}", "desk:topay"}


def test_a_batch_commits_once_and_answers_each(customer_factory: CustomerFactory) -> None:
    a, b, c = customer_factory(), customer_factory(), customer_factory()
    fund(a, 1_000)
    fund(b, 1_000)
    same = key()
    plans = [
        plan(a, b, 600),
        plan(c, b, 1),  # has nothing
        plan(b, c, 1_600, same),  # spends what the first one brought
        plan(b, c, 1_600, same),  # the same request again
        plan(b, c, 5, same),  # the same key for something else
        plan(a, c, 300),
    ]
    entries = Entry.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answers = submit_many(plans)
    assert outcomes(answers) == [
        PaymentState.SUCCEEDED,
        Reason.BALANCE_SHORT,
        PaymentState.SUCCEEDED,
        PaymentState.SUCCEEDED,
        "conflict",
        PaymentState.SUCCEEDED,
    ]
    assert isinstance(answers[3], Outcome)
    assert answers[3].repeated
    assert (available(a), available(b), available(c)) == (100, 0, 1_900)
    assert Entry.objects.count() == entries + 1
    assert sum(q["sql"] == "COMMIT" for q in queries.captured_queries) <= 1


def test_a_batch_counts_the_day_across_its_plans(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    limits = profiles.get("topay").limits["CNY"].of(0)
    fund(payer, limits.day + limits.single)
    each = limits.single
    count = limits.day // each + 1
    answers = submit_many([plan(payer, payee, each, again=True) for _ in range(count)])
    assert outcomes(answers)[-1] is Reason.LIMIT_DAY
    assert outcomes(answers)[:-1] == [PaymentState.SUCCEEDED] * (count - 1)


def test_a_batch_never_refunds_more_than_was_paid(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    original = Payment.objects.get(id=send(payer, payee, 1_000).id)
    actor = staff_actor(staff_factory())
    plans = [
        plan_refund(RefundWish(original=original, amount=600, reason="x", actor=actor, key=key()))
        for _ in range(3)
    ]
    assert outcomes(submit_many(plans)) == [
        PaymentState.SUCCEEDED,
        Reason.REFUND_TOO_MUCH,
        Reason.REFUND_TOO_MUCH,
    ]
    original.refresh_from_db()
    assert original.refunded == 600


def test_locks_accounts_before_anything_else(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    ready = plan(payer, payee, 100)
    with CaptureQueriesContext(connection) as queries:
        submit(ready)
    said = [q["sql"] for q in queries.captured_queries]
    first = next(sql for sql in said if "BEGIN" not in sql)
    assert "ledger_lock_accounts" in first


def test_a_plan_that_is_submitted_twice_moves_money_once(
    customer_factory: CustomerFactory,
) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    ready = plan(payer, payee, 100)
    assert submit(ready).ok
    assert submit(ready).repeated
    assert available(payee) == 100


def test_a_row_that_cannot_be_written_stops_everything(customer_factory: CustomerFactory) -> None:
    """What the payments' own rows refuse takes the ledger's posting back with it."""
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    ready = plan(payer, payee, 100)
    assert isinstance(ready.subject, NewPayment)
    wrong = structs.replace(ready, subject=structs.replace(ready.subject, fee=-1))
    with pytest.raises(IntegrityError, match="payment_fee_not_negative"):
        submit(wrong)
    assert available(payer) == 1_000
