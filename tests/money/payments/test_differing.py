"""A payout or refund of which the provider told another amount is ended by a person, once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from paydesk.audit.models import Entry
from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import actions
from paydesk.money.payments.actions import differing
from paydesk.money.payments.actions.differing import END, Ending, NothingToEnd
from paydesk.money.payments.actions.refund import ApprovalNeeded
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.providers.protocol import About, Answer, Said
from paydesk.money.payments.providers.simulated import signing
from paydesk.money.payouts import actions as payouts
from paydesk.money.refunds import actions as refunds
from paydesk.money.refunds.models import RefundRequest
from paydesk.money.refunds.rules import State
from paydesk.people.models import Customer, StaffMember
from paydesk.people.rules import ApprovedDecision
from tests.factories import CustomerFactory, StaffFactory
from tests.money.payments.helpers import available, fund, staff_actor
from tests.money.payouts.helpers import bank_account, let_pass, monday, payment_of, withdraw
from tests.money.refunds.helpers import asked, by_card, follow_all

pytestmark = pytest.mark.usefixtures("committed_db")
STAFF = SYSTEM("topay")


def tell(attempt: Attempt, said: Said, amount: int, about: About, event: str = "evt_x") -> None:
    """The provider tells this of an amount."""
    answer = Answer(said, amount, attempt.currency, "ref")
    raw = signing.write("topay", event, attempt.id, answer, about=about)
    actions.receive_notification("simulated", "topay", raw, signing.sign("topay", raw, clock.now()))


def differing_withdrawal(customer: Customer, amount: int = 20_000, told: int = 19_900) -> Payment:
    """A withdrawal on its way of which the bank tells another amount."""
    outcome = withdraw(customer, bank_account(customer), amount)
    clock.advance(timedelta(minutes=2))
    assert payouts.send_due() == 1
    tell(Attempt.objects.get(payment_id=outcome.id), Said.PAID, told, About.PAYOUT)
    payment = payment_of(outcome)
    assert (payment.state, payment.reason) == ("processing", "amount_differs")
    return payment


@pytest.fixture
def chen(customer_factory: CustomerFactory) -> Iterator[Customer]:
    """A customer with money, on a working Monday."""
    with clock.travel(monday() - timedelta(days=5)):
        customer = customer_factory(name="陈晓雯", identity_level=2)
        fund(customer, 100_000)
    with clock.travel(monday()):
        yield customer


def end(payment: Payment, ending: Ending, actor: Actor = STAFF) -> Outcome:
    return differing.end(payment, ending, actor=actor, note="回单 8812")


@pytest.mark.parametrize("ending", list(Ending))
def test_a_person_says_what_became_of_it(
    chen: Customer, staff_factory: StaffFactory, ending: Ending
) -> None:
    payment = differing_withdrawal(chen)
    cost = payment.amount + payment.fee
    assert available(chen) == 100_000 - cost
    let_pass(3600)  # nothing that time brings ends it
    payment.refresh_from_db()
    assert payment.state == "processing"
    boss: StaffMember = staff_factory(role="supervisor")
    outcome = end(payment, ending, staff_actor(boss))
    sent = ending is Ending.SENT
    assert outcome.state == ("succeeded" if sent else "failed")
    payment.refresh_from_db()
    attempt = Attempt.objects.get(payment=payment)
    assert (payment.state, payment.reason) == (
        ("succeeded", "") if sent else ("failed", "amount_differs")
    )
    assert attempt.state == ("paid" if sent else "refused")
    assert payment.facts["decided"] == ending.value
    assert available(chen) == 100_000 - (cost if sent else 0)
    line = Entry.objects.get(subject=f"payment:{payment.id}", actor=str(staff_actor(boss)))
    assert line.action == f"money.decide_{payment.state}"
    with pytest.raises(NothingToEnd):
        end(payment, Ending.SENT)
    let_pass(3600)
    assert available(chen) == 100_000 - (cost if sent else 0)
    assert verify().ok


def test_two_decisions_at_once_are_one(chen: Customer) -> None:
    """The second was read before the first was written."""
    payment = differing_withdrawal(chen)
    stale = Payment.objects.get(id=payment.id)
    assert end(payment, Ending.GIVEN_BACK).state == "failed"
    with pytest.raises(NothingToEnd):
        end(Payment.objects.get(id=payment.id), Ending.SENT)
    assert stale.state == "processing"
    again = end(stale, Ending.SENT)
    assert (again.state, again.repeated) == ("failed", True)
    assert available(chen) == 100_000


def test_the_provider_s_own_word_counts_no_more(chen: Customer) -> None:
    payment = differing_withdrawal(chen)
    attempt = Attempt.objects.get(payment=payment)
    tell(attempt, Said.PAID, attempt.amount, About.PAYOUT, "evt_y")
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == ("processing", "amount_differs")


@pytest.mark.parametrize("ending", list(Ending))
def test_a_refund_request_goes_on(
    customer_factory: CustomerFactory, staff_factory: StaffFactory, ending: Ending
) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        buyer = customer_factory()
        paid = by_card(buyer, "4749", amount=5_000)
        request = refunds.decide(asked(buyer, paid, 5_000), staff=staff_factory(), grant=5_000)
        assert request.state == State.SENDING
        refund = Payment.objects.get(purpose=request.purpose)
        tell(Attempt.objects.get(payment=refund), Said.PAID, 4_000, About.REFUND)
        refund.refresh_from_db()
        assert (refund.reason, available(buyer)) == ("amount_differs", 0)
        end(refund, ending)
        follow_all()
    sent = ending is Ending.SENT
    request = RefundRequest.objects.get(id=request.id)
    assert request.state == (State.ARRIVED if sent else State.ASKED)
    assert available(buyer) == (0 if sent else 5_000)
    assert Payment.objects.get(id=paid.id).refunded == (5_000 if sent else 0)
    assert verify().ok


def test_above_the_limit_a_second_person_agrees_to_this_very_ending(chen: Customer) -> None:
    limit = profiles.get("topay").limits["CNY"].agent_refund
    payment = differing_withdrawal(chen, 20_000, limit + 1)  # what was told counts as well
    with pytest.raises(ApprovalNeeded):
        end(payment, Ending.SENT)
    yes = ApprovedDecision(
        request_id=ids.uuid7(),
        action=END,
        subject=differing.subject(payment, Ending.SENT),
        requested_by=ids.uuid7(),
        requested_at=clock.now(),
        approved_by=ids.uuid7(),
        approved_at=clock.now(),
    )
    with pytest.raises(ApprovalNeeded):
        differing.end(payment, Ending.GIVEN_BACK, actor=STAFF, approval=yes)
    assert differing.end(payment, Ending.SENT, actor=STAFF, approval=yes).state == "succeeded"


def test_what_does_not_wait_is_not_ended(chen: Customer) -> None:
    paid = Payment.objects.filter(payee=chen, kind="topup").first()
    assert paid
    under_way = payment_of(withdraw(chen, bank_account(chen)))
    for payment in (paid, under_way):
        with pytest.raises(NothingToEnd):
            end(payment, Ending.SENT)
    assert under_way.state == "processing"
