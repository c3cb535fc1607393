"""What risk decides, on the real path: allowed, proved, paused, held, stopped, listed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from paydesk import wiring
from paydesk.kit import clock
from paydesk.money.ledger.verify import verify
from paydesk.money.orders.actions.disbursing import DisburseWish, plan_disbursements
from paydesk.money.orders.actions.paying import Pay, pay_order
from paydesk.money.payments import actions, screening
from paydesk.money.payments.actions.transfer import TransferWish, plan_transfer
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.payments.submit import submit_many
from paydesk.money.risk import actions as risk
from paydesk.money.risk.models import Decision, Hit, KnownRecipient, Review
from paydesk.notifications.models import Message
from paydesk.people import actions as people
from paydesk.people import queries as people_queries
from paydesk.people.models import RestrictionKind
from tests.factories import CustomerFactory, StaffFactory
from tests.money.orders.shops import fund as give
from tests.money.orders.shops import order, shop
from tests.money.payments.helpers import (
    available,
    customer_actor,
    fund,
    key,
    send,
    staff_actor,
    top_up,
)
from tests.money.risk.helpers import in_force, rule, seated

pytestmark = pytest.mark.usefixtures("committed_db")

FROM_ONE_YUAN = {"amount": {"at_least": {"CNY": 100}}}


def test_nobody_sits_there_so_no_speed_rule_is_asked(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    in_force(staff_factory, rule("all", "lock", FROM_ONE_YUAN))
    payer = customer_factory()
    fund(payer, 1_000)
    assert send(payer, customer_factory(), 500).ok
    assert not Decision.objects.exists()


def test_what_was_decided_is_kept_with_its_facts(customer_factory: CustomerFactory) -> None:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 10_000)
    since = clock.now() - timedelta(hours=1)
    with seated(device_since=since):
        first, again = send(payer, payee, 500), send(payer, payee, 600)
    kept = Decision.objects.get(payment_id=first.id)
    assert (kept.customer_id, kept.recipient_id, kept.amount) == (payer.id, payee.id, 500)
    assert (kept.outcome, kept.version, kept.passed) == ("allow", 0, True)
    assert (kept.known_recipient, kept.device_since) == (False, since)
    assert kept.received == 10_000
    assert Decision.objects.get(payment_id=again.id).known_recipient
    assert KnownRecipient.objects.count() == 1


def test_a_second_factor_lets_the_retry_pass(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    in_force(staff_factory, rule("proof", "second_factor", FROM_ONE_YUAN))
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    with seated():
        stopped = send(payer, payee, 500)
    assert (stopped.state, stopped.reason) == (PaymentState.FAILED, Reason.SPEED_RULE)
    assert stopped.facts == {"rule": "proof", "explanation": "speed", "second_factor": True}
    with seated(stepped_up_at=clock.now() - timedelta(minutes=1)):
        passed = actions.retry(
            Payment.objects.get(id=stopped.id), actor=customer_actor(payer), key=key()
        )
    assert passed.state is PaymentState.SUCCEEDED
    assert available(payee) == 500
    kept = Decision.objects.get(payment_id=passed.id)
    assert (kept.outcome, kept.codes) == ("allow", ["proof"])


@pytest.mark.parametrize("approve", [True, False])
def test_a_review_holds_the_money_until_somebody_has_looked(
    customer_factory: CustomerFactory, staff_factory: StaffFactory, approve: bool
) -> None:
    in_force(staff_factory, rule("look", "review", FROM_ONE_YUAN))
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    with seated():
        outcome = send(payer, payee, 600)
    assert (outcome.state, outcome.reason) == (PaymentState.PROCESSING, Reason.FRAUD_SCREEN)
    assert outcome.facts["review"] == str(outcome.id)
    assert (available(payer), available(payee)) == (400, 0)
    review = Review.objects.get(payment_id=outcome.id)
    assert (review.state, review.rule, review.why) == ("open", "look", "fraud_screen")
    boss = staff_factory(role="supervisor")
    done = actions.decide(Payment.objects.get(id=outcome.id), approve, staff_actor(boss))
    assert done.state is (PaymentState.SUCCEEDED if approve else PaymentState.FAILED)
    assert (available(payer), available(payee)) == ((400, 600) if approve else (1_000, 0))
    review.refresh_from_db()
    assert (review.state, review.decided_by) == ("approved" if approve else "refused", boss)
    assert verify().breaks == ()


def test_a_review_that_the_ledger_refused_waits_for_nobody(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    in_force(staff_factory, rule("look", "review", FROM_ONE_YUAN))
    with seated():
        outcome = send(customer_factory(), customer_factory(), 600)
    assert outcome.reason is Reason.BALANCE_SHORT
    assert not Review.objects.exists()
    assert Decision.objects.get().passed is False


def test_a_lock_stops_the_payment_and_the_sender(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    in_force(staff_factory, rule("thief", "lock", FROM_ONE_YUAN))
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    with seated():
        outcome = send(payer, payee, 500)
    assert (outcome.state, outcome.reason) == (PaymentState.FAILED, Reason.FRAUD_SCREEN)
    assert outcome.facts == {"rule": "thief", "explanation": "speed", "locked": True}
    wiring.reactions.run_afterwards(
        screening.LOCKED, {"customer_id": str(payer.id), "brand": "topay"}
    )
    [held] = people_queries.active_restrictions(payer.id)
    assert (held.kind, held.scope, held.reason) == (RestrictionKind.RISK, "send", "risk_signal")
    after = send(payer, payee, 50)
    assert after.reason is Reason.SENDER_RESTRICTED
    assert after.facts["restrictions"][0]["kind"] == "risk"
    assert Message.objects.filter(user_id=payer.user_id, template="people/restricted").exists()


def test_trying_one_card_after_the_other_is_slowed_down(customer_factory: CustomerFactory) -> None:
    start = clock.now() - timedelta(hours=1)
    with clock.travel(start), seated():
        payer = customer_factory()
        for n in range(5):
            clock.advance(timedelta(seconds=30))
            assert top_up(payer, 100, token="sim_card_0005").reason is Reason.CARD_DECLINED, n
        clock.advance(timedelta(seconds=30))
        stopped = top_up(payer, 100)
    assert stopped.reason is Reason.SPEED_RULE
    assert stopped.facts["rule"] == "card_testing"
    # The oldest of the five tries leaves the ten minutes then.
    assert stopped.facts["until"] == (start + timedelta(minutes=10, seconds=30)).isoformat()
    with clock.travel(start + timedelta(minutes=21)), seated():
        assert top_up(payer, 100).ok


def test_a_batch_counts_its_own_payments(customer_factory: CustomerFactory) -> None:
    """A rule of six within ten minutes stops the sixth of ten that come at once."""
    payer = customer_factory()
    fund(payer, 10_000)
    payees = [customer_factory() for _ in range(4)]
    with seated():
        plans = [
            plan_transfer(
                TransferWish(payer, payees[n % 4], 100 + n, "CNY", customer_actor(payer), key())
            )
            for n in range(10)
        ]
    answers = submit_many(plans)
    assert [a.ok for a in answers] == [True] * 5 + [False] * 5  # type: ignore[union-attr]


def test_it_costs_the_same_few_statements_for_one_and_for_many(
    customer_factory: CustomerFactory,
) -> None:
    payers = [customer_factory() for _ in range(12)]
    with seated():
        plans = [
            plan_transfer(TransferWish(one, payers[n - 1], 100, "CNY", customer_actor(one), key()))
            for n, one in enumerate(payers)
        ]
    counts = []
    for some in (plans[:1], plans):
        with CaptureQueriesContext(connection) as captured:
            screening.screen(some, [None] * len(some), clock.now())
        counts.append(len(captured))
    assert counts == [5, 5]


@pytest.mark.parametrize("side", ["payer", "payee"])
def test_a_name_on_a_list_holds_the_payment_whoever_asks(
    customer_factory: CustomerFactory, staff_factory: StaffFactory, side: str
) -> None:
    listed, other = customer_factory(name="Velkanov Radomir"), customer_factory()
    risk.screen_customer(customer_id=str(listed.id), brand="topay")
    risk.screen_customer(customer_id=str(other.id), brand="topay")
    hit = Hit.objects.get()
    assert (hit.customer, hit.entry, hit.score) == (listed, "SIM-0001", 100)
    payer, payee = (listed, other) if side == "payer" else (other, listed)
    fund_plainly(payer, 1_000)
    outcome = send(payer, payee, 300)
    assert (outcome.state, outcome.reason) == (PaymentState.PROCESSING, Reason.SCREENING)
    assert outcome.facts == {"review": str(outcome.id)}
    boss = staff_factory(role="supervisor")
    risk.decide_hit(hit, same_person=False, staff=boss)
    assert send(payer, payee, 301).ok


@pytest.mark.parametrize("approve", [True, False])
def test_a_merchant_is_known_to_the_lists_by_its_owner(
    customer_factory: CustomerFactory, staff_factory: StaffFactory, approve: bool
) -> None:
    payer, seller = customer_factory(), shop(customer_factory(name="Velkanov Radomir"))
    risk.screen_customer(customer_id=str(seller.owner_id), brand="topay")
    fund(payer, 1_000)
    one = order(seller, 600)
    held = pay_order(Pay(one, payer, customer_actor(payer), key()))
    assert (held.state, held.reason) == (PaymentState.PROCESSING, Reason.SCREENING)
    boss = staff_factory(role="supervisor")
    done = actions.decide(Payment.objects.get(id=held.id), approve, staff_actor(boss))
    assert done.state is (PaymentState.SUCCEEDED if approve else PaymentState.FAILED)
    assert available(payer) == (400 if approve else 1_000)
    one.refresh_from_db()
    assert one.state == ("paid" if approve else "open")


def test_what_a_merchant_pays_costs_one_statement_for_one_and_for_many(
    customer_factory: CustomerFactory,
) -> None:
    seller = shop(customer_factory())
    give(seller, 10_000)
    wishes = [
        DisburseWish(
            "topay", seller.id, seller.owner_id, customer_factory().number, 100, "CNY",
            reference="salary", note="", key=key(),
        )
        for _ in range(12)
    ]  # fmt: skip
    plans = plan_disbursements(wishes)
    counts = []
    for some in (plans[:1], plans):
        with seated(), CaptureQueriesContext(connection) as captured:
            judged = screening.screen(some, [None] * len(some), clock.now())
        counts.append(len(captured))
        assert judged.verdicts == {}
    assert counts == [1, 1]


def fund_plainly(customer: object, amount: int) -> None:
    """Money in a listed customer's wallet: it was there before the list named them."""
    held = list(Hit.objects.all())
    Hit.objects.all().delete()
    fund(customer, amount)  # type: ignore[arg-type]
    Hit.objects.bulk_create(held)


def test_changed_contact_data_pauses_larger_payments(customer_factory: CustomerFactory) -> None:
    payer = customer_factory()
    fund(payer, 500_000)
    at = clock.now()
    payer.user.contact_changed_at = at - timedelta(hours=1)
    payer.user.save(update_fields=["contact_changed_at"])
    with seated():
        stopped = send(payer, customer_factory(), 100_000)
        small = send(payer, customer_factory(), 99_999)
    assert stopped.reason is Reason.SPEED_RULE
    assert stopped.facts["until"] == (at + timedelta(hours=23)).isoformat()
    assert small.ok
    assert people
