"""Withdrawals: held at once, sent in time, taken back, refused, returned. The money each time."""

from datetime import date, datetime, timedelta

import pytest

from paydesk.audit.models import Entry
from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import Kind
from paydesk.money.payments import accounts
from paydesk.money.payments import actions as payments
from paydesk.money.payments.actions.review import holds_of
from paydesk.money.payments.models import Attempt, ProviderNotification
from paydesk.money.payments.providers.protocol import About, Answer, Said
from paydesk.money.payments.providers.simulated import signing
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentState
from paydesk.money.payouts import actions
from paydesk.money.payouts.actions import cancelling, returning, sending
from paydesk.money.payouts.models import Withdrawal
from paydesk.notifications.models import Message
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.money.payments.helpers import available, customer_actor, fund, key
from tests.money.payouts.helpers import (
    SHANGHAI,
    bank_account,
    let_pass,
    monday,
    payment_of,
    row_of,
    send,
    withdraw,
)

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def chen(customer_factory: CustomerFactory) -> Customer:
    with clock.travel(monday() - timedelta(days=5)):
        customer = customer_factory(name="陈晓雯", identity_level=2)
        fund(customer, 100_000)
        return customer


def test_money_is_held_now_and_sent_after_the_grace(chen: Customer) -> None:
    with clock.travel(monday()):
        outcome = withdraw(chen, bank_account(chen), 50_000)
        payment = payment_of(outcome)
        assert (outcome.state, outcome.reason) == (PaymentState.PROCESSING, None)
        assert available(chen) == 100_000 - 50_000 - payment.fee
        row = row_of(outcome)
        assert (row.state, row.arrives_on) == ("waiting", date(2026, 11, 17))
        assert actions.send_due() == 0  # the grace: it can still be taken back
        clock.advance(profiles.get("topay").payouts.grace)
        assert actions.send_due() == 1
        assert actions.send_due() == 0
        assert row_of(outcome).state == "sending"
        let_pass(30)
        assert payment_of(outcome).state == "succeeded"
        assert available(chen) == 100_000 - 50_000 - payment.fee
        attempt = Attempt.objects.get(payment_id=outcome.id)
        assert (attempt.direction, attempt.amount) == ("payout", 50_000)
        clearing = accounts.chart("topay").clearing("CNY", attempt.provider)
        assert ledger.balance(clearing).posted == 50_000 - 100_000  # what came in, less this
        mail = Message.objects.filter(template="payouts/sent").get()
        assert "工商银行" in mail.text
        assert "0128" in mail.text


def test_the_account_number_is_in_no_table(chen: Customer) -> None:
    with clock.travel(monday()):
        account = bank_account(chen)
        withdraw(chen, account)
        clock.advance(timedelta(hours=1))
        actions.send_due()
    attempt = Attempt.objects.get(direction="payout")
    stored = f"{attempt.terms} {attempt.shown} {attempt.token} {attempt.payment.details}"
    assert "622202" not in stored
    assert "陈晓雯" not in stored
    assert b"622202" not in bytes(account.number_sealed)


@pytest.mark.parametrize(
    ("asked", "cut_off", "goes_out_on"),
    [
        (monday(18), monday(17), date(2026, 11, 17)),
        (monday(13) + timedelta(days=5), monday(12) + timedelta(days=5), date(2026, 11, 23)),
        (monday(9) + timedelta(days=6), monday(0) + timedelta(days=6), date(2026, 11, 23)),
    ],
)
def test_past_the_cut_off_it_goes_out_later(
    chen: Customer, asked: datetime, cut_off: datetime, goes_out_on: date
) -> None:
    with clock.travel(asked):
        outcome = withdraw(chen, bank_account(chen), 50_000)
        assert (outcome.state, outcome.reason) == (PaymentState.PROCESSING, Reason.PAST_CUTOFF)
        assert datetime.fromisoformat(outcome.facts["cut_off"]) == cut_off
        assert outcome.facts["goes_out_on"] == goes_out_on.isoformat()
        assert available(chen) <= 50_000
        clock.advance(timedelta(minutes=30))
        assert actions.send_due() == 0
    opening = datetime(goes_out_on.year, goes_out_on.month, goes_out_on.day, 9, tzinfo=SHANGHAI)
    with clock.travel(opening):
        assert let_pass(1) == 1
        let_pass(30)
        assert payment_of(outcome).state == "succeeded"


def test_taken_back_before_it_is_sent(chen: Customer) -> None:
    with clock.travel(monday(18)):
        outcome = withdraw(chen, bank_account(chen), 50_000)
        clock.advance(timedelta(hours=30))  # a hold is released days after it was placed
        done = actions.cancel(row_of(outcome), actor=customer_actor(chen))
        assert done.state is PaymentState.CANCELLED
        assert available(chen) == 100_000
        assert row_of(outcome).state == "cancelled"
        assert actions.send_due() == 0
        with pytest.raises(actions.NotCancellable):
            actions.cancel(row_of(outcome), actor=customer_actor(chen))


def test_what_is_sent_is_not_taken_back(chen: Customer) -> None:
    with clock.travel(monday()):
        outcome = withdraw(chen, bank_account(chen))
        clock.advance(timedelta(minutes=5))
        actions.send_due()
        with pytest.raises(actions.NotCancellable):
            actions.cancel(row_of(outcome), actor=customer_actor(chen))


def test_a_cancel_that_was_cut_short_is_finished(chen: Customer) -> None:
    with clock.travel(monday(18)):
        outcome = withdraw(chen, bank_account(chen), 50_000)
        cancelling._intend(row_of(outcome), customer_actor(chen))
        clock.advance(timedelta(hours=15))
        assert actions.send_due() == 0
        assert cancelling.finish_due() == 1
        assert (payment_of(outcome).state, available(chen)) == ("cancelled", 100_000)
        assert cancelling.finish_due() == 0


def test_a_claim_that_was_cut_short_is_asked_about(chen: Customer) -> None:
    with clock.travel(monday()):
        outcome = withdraw(chen, bank_account(chen), 50_000)
        clock.advance(timedelta(minutes=2))
        from_claim = sending._claim(outcome.id)
        assert from_claim is not None
        assert actions.send_due() == 0
        for _ in range(10):  # the provider never heard of it: nothing left
            clock.advance(timedelta(minutes=3))
            payments.sweep()
        assert payment_of(outcome).state == "failed"
        assert available(chen) == 100_000


def refused(outcome: object, chen: Customer) -> dict[str, object]:
    assert outcome.state is PaymentState.FAILED  # type: ignore[attr-defined]  # an Outcome
    assert available(chen) == 100_000
    assert not Withdrawal.objects.exists()
    assert not holds_of(payment_of(outcome))  # type: ignore[arg-type]
    return dict(outcome.facts)  # type: ignore[attr-defined]  # an Outcome


def test_a_new_account_cools_off(chen: Customer) -> None:
    with clock.travel(monday()):
        account = bank_account(chen)
    with clock.travel(account.added_at + timedelta(hours=1)):
        outcome = withdraw(chen, account)
    assert outcome.reason is Reason.SPEED_RULE
    assert refused(outcome, chen) == {
        "rule": "new_bank_account",
        "until": account.usable_from.isoformat(),
        "second_factor": False,
    }


def test_identity_must_be_verified(chen: Customer) -> None:
    with clock.travel(monday()):
        people.set_identity_level(chen, level=0, actor=SYSTEM("topay"))
        outcome = withdraw(chen, bank_account(chen))
    assert outcome.reason is Reason.IDENTITY_UNFINISHED
    assert refused(outcome, chen) == {"level": 0, "needed": 1}


def test_another_name_than_the_customers(chen: Customer) -> None:
    with clock.travel(monday()):
        account = bank_account(chen)
        chen.name = "陈小文"  # changed after the account was added
        outcome = withdraw(chen, account)
    assert outcome.reason is Reason.NAME_DIFFERS
    refused(outcome, chen)


def test_a_country_that_is_served_no_longer(
    chen: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.travel(monday()):
        account = bank_account(chen)
        type(account).objects.filter(id=account.id).update(country="DE")
        account.refresh_from_db()
        account.scheme = "swift"
        account.branch = "COBADEFF"
        outcome = withdraw(chen, account)
    assert outcome.reason is Reason.BANK_NOT_SERVED
    assert refused(outcome, chen) == {"country": "DE", "bank": "icbc"}


def test_details_that_are_wrong_now(chen: Customer) -> None:
    with clock.travel(monday()):
        account = bank_account(chen)
        account.bank = "closed"  # left the directory
        outcome = withdraw(chen, account)
    assert outcome.reason is Reason.BANK_DETAILS
    assert refused(outcome, chen) == {"field": "bank", "problem": "bank_differs"}


def test_too_little_and_too_small(chen: Customer) -> None:
    with clock.travel(monday()):
        account = bank_account(chen)
        small = withdraw(chen, account, 99)
        assert small.reason is Reason.AMOUNT_SMALL
        assert small.facts == {"minimum": 100, "amount": 99, "currency": "CNY"}
        short = withdraw(chen, account, 100_001)
        assert short.reason is Reason.BALANCE_SHORT
        assert available(chen) == 100_000


def test_the_fee_counts_when_the_balance_is_just_the_amount(chen: Customer) -> None:
    with clock.travel(monday()):
        outcome = withdraw(chen, bank_account(chen), 100_000)
    fee = payment_of(outcome).fee
    assert (outcome.reason is Reason.BALANCE_SHORT) == (fee > 0)


def test_asked_twice_is_held_once(chen: Customer) -> None:
    with clock.travel(monday()):
        account, same = bank_account(chen), key()
        first = withdraw(chen, account, key=same)
        again = withdraw(chen, account, key=same)
        assert (again.id, again.repeated) == (first.id, True)
        assert Withdrawal.objects.count() == 1


def test_somebody_elses_account(chen: Customer, customer_factory: CustomerFactory) -> None:
    other = customer_factory(name="李强", identity_level=2)
    with clock.travel(monday()), pytest.raises(ValueError, match="somebody else"):
        withdraw(chen, bank_account(other))


def returned(outcome: object, at: datetime) -> bool:
    told = {"code": "MD07", "amount": 50_000, "currency": "CNY"}
    return actions.take_return(row_of(outcome).attempt_id, at=at, **told)  # type: ignore[arg-type]


def test_returned_by_the_bank_comes_back_once(chen: Customer) -> None:
    with clock.travel(monday()):
        outcome = withdraw(chen, bank_account(chen), 50_000)
        fee = send(outcome).fee
        clock.advance(timedelta(days=2))
        at = clock.now()
        assert returned(outcome, at)
        assert not returned(outcome, at)
        assert actions.credit_due() == 1
        assert actions.credit_due() == 0
        assert available(chen) == 100_000 - fee
        row = row_of(outcome)
        assert row.state == "returned"
        credit = row.credit
        assert credit is not None
        assert (credit.kind, credit.state, credit.reason) == (
            "refund",
            "succeeded",
            "bank_returned",
        )
        assert credit.facts == {
            "code": "MD07",
            "returned_at": at.isoformat(),
            "amount": 50_000,
            "currency": "CNY",
        }
        moved = ledger.transfer(credit.id)
        assert moved is not None
        assert (moved.kind, moved.amount) == (Kind.PLAIN, 50_000)
        assert Message.objects.filter(template="payouts/returned").count() == 1


def test_a_return_waits_while_the_wallet_is_frozen(chen: Customer) -> None:
    with clock.travel(monday()):
        outcome = withdraw(chen, bank_account(chen), 50_000)
        send(outcome)
        people.place_freeze(chen, reason="stolen", actor=SYSTEM("topay"))
        assert returned(outcome, clock.now())
        assert actions.credit_due() == 0
        assert row_of(outcome).state == "returning"


def test_a_frozen_wallet_keeps_no_other_waiting(
    chen: Customer, customer_factory: CustomerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returning, "BATCH", 1)
    with clock.travel(monday() - timedelta(days=5)):
        other = customer_factory(name="周明", identity_level=2)
        fund(other, 100_000)
    with clock.travel(monday()):
        first = withdraw(chen, bank_account(chen), 50_000)
        send(first)
        second = withdraw(other, bank_account(other), 50_000)
        send(second)
        people.place_freeze(chen, reason="stolen", actor=SYSTEM("topay"))
        assert returned(first, clock.now())
        clock.advance(timedelta(minutes=1))
        assert returned(second, clock.now())
        assert actions.credit_due() == 1
    assert (row_of(first).state, row_of(second).state) == ("returning", "returned")


def test_only_what_was_paid_can_come_back(chen: Customer) -> None:
    with clock.travel(monday()):
        outcome = withdraw(chen, bank_account(chen), 50_000)
        clock.advance(timedelta(minutes=2))
        attempt = sending._claim(outcome.id)
        assert attempt is not None
        assert not returned(outcome, clock.now())
        assert actions.credit_due() == 0


@pytest.mark.parametrize(
    ("last4", "reason", "facts"),
    [
        ("0001", Reason.BANK_DETAILS, {"code": "AC01"}),
        ("0107", Reason.BANK_DETAILS, {"code": "RC07"}),
        ("0203", Reason.BANK_NOT_SERVED, {"code": "AG03"}),
        ("0101", Reason.NAME_DIFFERS, {"code": "BE01"}),
    ],
)
def test_refused_by_the_bank(
    chen: Customer, last4: str, reason: Reason, facts: dict[str, str]
) -> None:
    with clock.travel(monday()):
        outcome = withdraw(chen, bank_account(chen, last4), 50_000)
        assert let_pass(120) == 1
        payment = payment_of(outcome)
        assert (payment.state, payment.reason) == ("failed", reason)
        assert facts.items() <= payment.facts.items()
        assert available(chen) == 100_000
        assert Message.objects.filter(template="payouts/refused").count() == 1


@pytest.mark.parametrize("paid", [False, True])
def test_a_return_of_another_amount_waits_for_a_person(chen: Customer, *, paid: bool) -> None:
    with clock.travel(monday()):
        outcome = withdraw(chen, bank_account(chen), 50_000)
        if paid:
            send(outcome)
        else:
            clock.advance(timedelta(minutes=2))
            assert actions.send_due() == 1
        before = available(chen)
        attempt = Attempt.objects.get(payment_id=outcome.id)
        back = Answer(Said.RETURNED, 100, "CNY", "b1", "MD07")
        raw = signing.write("topay", "evt_back", attempt.id, back, about=About.PAYOUT)
        headers = signing.sign("topay", raw, clock.now())
        payments.receive_notification("simulated", "topay", raw, headers)
        let_pass(60)
        payment, row = payment_of(outcome), row_of(outcome)
        assert (available(chen), row.state) == (before, "sending")
        if paid:
            assert (payment.state, payment.reason) == ("succeeded", "")
            assert ProviderNotification.objects.filter(result="amount_differs").count() == 1
            assert Entry.objects.filter(action="money.contradiction").count() == 1
        else:
            assert (payment.state, payment.reason) == ("processing", "amount_differs")
            assert (payment.facts["ordered"], payment.facts["notified"]) == (50_000, 100)
        told = {"code": "MD07", "amount": 100, "currency": "CNY"}
        assert not actions.take_return(attempt.id, at=clock.now(), **told)  # type: ignore[arg-type]


def test_the_answer_got_lost(chen: Customer) -> None:
    with clock.travel(monday()):
        outcome = withdraw(chen, bank_account(chen, "0011"), 50_000)
        let_pass(120)
        assert payment_of(outcome).state == "unknown"
        with pytest.raises(actions.NotCancellable):
            actions.cancel(row_of(outcome), actor=customer_actor(chen))
        let_pass(60)
        assert payment_of(outcome).state == "succeeded"


def test_the_bank_tells_of_a_return(chen: Customer) -> None:
    with clock.travel(monday()):
        outcome = withdraw(chen, bank_account(chen, "0043"), 50_000)
        send(outcome)
        for _ in range(3):
            let_pass(60)
        row = row_of(outcome)
        assert (row.state, row.return_code) == ("returned", "MD07")
        assert available(chen) == 100_000 - payment_of(outcome).fee


def test_only_one_retry_succeeds(chen: Customer) -> None:
    """However long after, and to whichever of the customer's accounts."""
    with clock.travel(monday()):
        account, other = bank_account(chen), bank_account(chen, "0136")
        failed = payment_of(withdraw(chen, account, 200_000))
        assert failed.reason == Reason.BALANCE_SHORT
        fund(chen, 500_000)
        done = withdraw(chen, account, 200_000, retry_of=failed)
        assert done.state is PaymentState.PROCESSING, done
        clock.advance(timedelta(hours=1))
        left = available(chen)
        for to in (account, other):
            again = withdraw(chen, to, 200_000, retry_of=failed)
            assert (again.reason, again.facts["first"]) == (Reason.DUPLICATE, done.number)
        assert available(chen) == left
        # Another sum is another withdrawal.
        assert withdraw(chen, account, 199_999, retry_of=failed).state is PaymentState.PROCESSING
        assert Withdrawal.objects.count() == 2
