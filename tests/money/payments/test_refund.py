"""Refunds: whole, in part, never more than was paid, and above a limit only with a second yes."""

import pytest

from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments import actions, queries
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.people import actions as people
from paydesk.people.models import StaffMember
from paydesk.people.rules import ApprovedDecision
from tests.factories import CustomerFactory, StaffFactory
from tests.money.payments.helpers import available, fund, key, send, staff_actor

pytestmark = pytest.mark.usefixtures("committed_db")

LIMIT = profiles.get("topay").limits["CNY"].agent_refund


@pytest.fixture
def paid(customer_factory: CustomerFactory) -> Payment:
    """A transfer of three times what an agent may refund alone."""
    payer, payee = customer_factory(), customer_factory()
    fund(payer, LIMIT * 3)
    return Payment.objects.select_related("payer", "payee").get(id=send(payer, payee, LIMIT * 3).id)


@pytest.fixture
def agent(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory()


def give_back(original: Payment, agent: StaffMember, amount: int, **more: object) -> Outcome:
    values = {"key": key(), "reason": "重复收费"} | more
    return actions.refund(
        original=original,
        amount=amount,
        actor=staff_actor(agent),
        **values,  # type: ignore[arg-type]  # named values
    )


def decision(original: Payment, **more: object) -> ApprovedDecision:
    values = {
        "request_id": ids.uuid7(),
        "action": actions.REFUND,
        "subject": f"payment:{original.id}",
        "requested_by": ids.uuid7(),
        "requested_at": clock.now(),
        "approved_by": ids.uuid7(),
        "approved_at": clock.now(),
    } | more
    return ApprovedDecision(**values)  # type: ignore[arg-type]  # named values


def test_in_part_and_then_the_rest(paid: Payment, agent: StaffMember) -> None:
    assert paid.payer
    first = give_back(paid, agent, LIMIT)
    assert first.state is PaymentState.SUCCEEDED
    assert available(paid.payer) == LIMIT
    row = Payment.objects.get(id=first.id)
    assert (row.original_id, row.payer_id, row.payee_id) == (paid.id, paid.payee_id, paid.payer_id)
    rest = give_back(paid, agent, LIMIT * 2, approval=decision(paid))
    assert rest.ok
    paid.refresh_from_db()
    assert paid.refunded == paid.amount
    assert queries.refundable(paid) == 0
    assert give_back(paid, agent, 1, approval=decision(paid)).reason is Reason.REFUND_TOO_MUCH


def test_above_the_limit_only_with_a_second_person(paid: Payment, agent: StaffMember) -> None:
    with pytest.raises(actions.ApprovalNeeded) as needed:
        give_back(paid, agent, LIMIT + 1)
    assert needed.value.limit == LIMIT
    outcome = give_back(paid, agent, LIMIT + 1, approval=decision(paid))
    assert outcome.ok
    assert Payment.objects.get(id=outcome.id).approval_id


def test_small_parts_do_not_get_round_the_limit(paid: Payment, agent: StaffMember) -> None:
    assert give_back(paid, agent, LIMIT).ok
    outcome = give_back(paid, agent, 1)
    assert (outcome.state, outcome.reason) == (PaymentState.FAILED, Reason.APPROVAL_NEEDED)


def test_a_decision_about_something_else_is_none(paid: Payment, agent: StaffMember) -> None:
    same = ids.uuid7()
    for wrong in (
        decision(paid, subject=f"payment:{ids.uuid7()}"),
        decision(paid, action="unfreeze"),
        decision(paid, requested_by=same, approved_by=same),
    ):
        with pytest.raises(actions.ApprovalNeeded) as needed:
            give_back(paid, agent, LIMIT + 1, approval=wrong)
        assert needed.value.objection


def test_one_decision_pays_once(paid: Payment, agent: StaffMember) -> None:
    once = decision(paid)
    same = key()
    first = give_back(paid, agent, LIMIT + 1, approval=once, key=same)
    again = give_back(paid, agent, LIMIT + 1, approval=once, key=same)
    assert (again.id, again.repeated) == (first.id, True)
    with pytest.raises(Exception, match="payment_approval_once"):
        give_back(paid, agent, 1, approval=once)
    paid.refresh_from_db()
    assert paid.refunded == LIMIT + 1


def test_a_payee_who_spent_it_can_not_pay(
    paid: Payment, agent: StaffMember, customer_factory: CustomerFactory
) -> None:
    assert paid.payee
    assert send(paid.payee, customer_factory(), LIMIT * 3).ok
    outcome = give_back(paid, agent, LIMIT)
    assert (outcome.state, outcome.reason) == (PaymentState.FAILED, Reason.BALANCE_SHORT)
    paid.refresh_from_db()
    assert paid.refunded == 0


def test_a_frozen_payer_can_not_be_paid(paid: Payment, agent: StaffMember) -> None:
    assert paid.payer
    people.place_freeze(paid.payer, reason="stolen", actor=SYSTEM("topay"))
    assert give_back(paid, agent, LIMIT).reason is Reason.RECIPIENT_RESTRICTED


def test_only_a_transfer_that_succeeded(
    agent: StaffMember, customer_factory: CustomerFactory
) -> None:
    payer, payee = customer_factory(), customer_factory()
    failed = Payment.objects.get(id=send(payer, payee, 5).id)
    fund(payer, 100)
    topup = Payment.objects.filter(kind="topup").get()
    for original in (failed, topup):
        with pytest.raises(actions.NotRefundable):
            give_back(original, agent, 1)


def test_under_an_id_that_was_chosen_before(paid: Payment, agent: StaffMember) -> None:
    chosen = ids.uuid7()
    assert give_back(paid, agent, 5, payment_id=chosen).id == chosen
