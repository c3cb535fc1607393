"""What is owed and no wallet can take is paid back by bank, once, by two people, and has ended."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from paydesk.approvals import actions as approvals
from paydesk.approvals.actions import DecisionNotPossible
from paydesk.audit.models import Entry
from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.ledger.rules import AccountCode
from paydesk.money.ledger.verify import verify
from paydesk.money.merchants.actions import onboarding
from paydesk.money.merchants.rules import Standing
from paydesk.money.payments import accounts
from paydesk.money.payments import actions as payments
from paydesk.money.payments import queries as paid
from paydesk.money.payments.actions import reconcile
from paydesk.money.payments.models import Payment
from paydesk.money.payouts import actions as payouts
from paydesk.money.payouts import queries as withdrawals
from paydesk.money.payouts.actions import returning
from paydesk.money.payouts.models import Withdrawal
from paydesk.money.reconciliation import actions, waiting
from paydesk.money.reconciliation.actions import crediting, paying_back
from paydesk.money.refunds import actions as refunds
from paydesk.money.refunds import jobs, owed
from paydesk.money.refunds.models import Dispute, ReturnedRefund
from paydesk.people.models import Customer, StaffMember
from tests.factories import CustomerFactory, StaffFactory
from tests.money.orders.shops import order, pay_by_provider, shop
from tests.money.payments.helpers import available, fund, top_up
from tests.money.payments.helpers import send as transfer
from tests.money.payments.test_reconcile import differing, tell
from tests.money.payouts.helpers import bank_account, monday, payment_of, send, withdraw
from tests.money.reconciliation.paid_back import (
    NOTE,
    TRANSFER,
    ask,
    close,
    in_currency,
    lies,
    pay_back,
    too_late,
)
from tests.money.refunds.helpers import asked, by_card, losses, told

BANK, CLEARING = AccountCode.BANK, AccountCode.PROVIDER_CLEARING


@pytest.fixture(autouse=True)
def sound(committed_db: None) -> Iterator[None]:
    yield
    assert not verify().breaks


@pytest.fixture
def chen(customer_factory: CustomerFactory) -> Customer:
    with clock.travel(clock.now() - timedelta(hours=2)):
        return customer_factory(name="陈晓雯")


@pytest.fixture
def one(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(role="supervisor")


@pytest.fixture
def two(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(role="supervisor")


def test_a_top_up_that_came_too_late(chen: Customer, one: StaffMember, two: StaffMember) -> None:
    payment = too_late(chen)
    assert [one.id for one in paid.owed_to_closed("topay")] == [payment.id]
    before = lies(BANK), lies(CLEARING)
    by = pay_back(payment, one, two)
    assert by
    assert (lies(BANK) - before[0], lies(CLEARING) - before[1]) == (-10_000, 10_000)
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == ("failed", "paid_not_credited")
    assert payment.facts["paid_back"] == "bank"
    assert (by.kind, by.payer, by.amount, by.confirmed_at) == ("withdrawal", chen, 10_000, None)
    assert by.details["reference"] == TRANSFER.reference
    assert paid.owed_to_closed("topay") == []
    [ended] = waiting.paid_back("topay")
    request = ended.request
    assert (request.requested_by, request.decided_by, request.reason) == (one, two, NOTE)
    line = Entry.objects.get(subject=f"payment:{by.id}", action__startswith="money.")
    assert line.actor == f"staff:{two.id}"
    with pytest.raises(actions.NothingOwed):
        ask(payment, one)


def test_a_small_amount_takes_two_as_well(chen: Customer, one: StaffMember) -> None:
    payment = too_late(chen, 100)
    request = ask(payment, one)
    with pytest.raises(DecisionNotPossible):
        approvals.decide(request, staff=one, approve=True)
    payment.refresh_from_db()
    assert payment.state == "processing"
    assert waiting.asked_back("topay") == {f"payment:{payment.id}:by_bank"}


def test_a_no_leaves_it_owed(chen: Customer, one: StaffMember, two: StaffMember) -> None:
    payment = too_late(chen)
    approvals.decide(ask(payment, one), staff=two, approve=False)
    assert waiting.owed(payment)
    assert waiting.paid_back("topay") == []
    assert pay_back(payment, one, two)


def test_who_may_not_reconcile_may_not_pay_back(
    chen: Customer, staff_factory: StaffFactory
) -> None:
    with pytest.raises(PermissionDenied):
        ask(too_late(chen), staff_factory(role="agent"))


def test_what_a_wallet_can_take_is_credited_instead(chen: Customer, one: StaffMember) -> None:
    payment = differing(chen)
    with pytest.raises(actions.NothingOwed):
        ask(payment, one)
    assert actions.credit(payment, note=NOTE, staff=one)
    with pytest.raises(actions.NothingOwed):
        ask(payment, one)


def test_another_amount_for_one_who_closed(
    chen: Customer, one: StaffMember, two: StaffMember
) -> None:
    payment = differing(chen)
    close(chen)
    [row] = waiting.uncredited("topay")
    assert (row.by_bank, row.amount) == (True, 9_990)
    with pytest.raises(reconcile.NothingToReconcile):
        actions.credit(payment, note=NOTE, staff=one)
    by = pay_back(payment, one, two)
    assert by
    assert (by.amount, by.retry_of_id) == (9_990, payment.id)
    payment.refresh_from_db()
    assert (payment.state, waiting.uncredited("topay")) == ("failed", [])


def test_ended_halfway_it_is_ended_by_the_next_try(
    chen: Customer, one: StaffMember, two: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = too_late(chen)
    request = approvals.decide(ask(payment, one), staff=two, approve=True)
    submit_many = reconcile.submit_many
    with monkeypatch.context() as patched:
        patched.setattr(reconcile, "submit_many", lambda plans: submit_many(plans[:1]))
        paying_back.carry_out(request.id)
    payment.refresh_from_db()
    assert payment.state == "processing"
    paying_back.carry_out(request.id)
    payment.refresh_from_db()
    assert (payment.state, payment.facts["paid_back"]) == ("failed", "bank")
    assert Payment.objects.filter(kind="withdrawal").count() == 1


def test_a_refund_that_came_back(chen: Customer, one: StaffMember, two: StaffMember) -> None:
    request = asked(chen, by_card(chen, "4751"), 5_000)
    refund = Payment.objects.get(purpose=refunds.decide(request, staff=one, grant=5_000).purpose)
    close(chen)
    refunds.returned(attempt_id=str(refund.attempts.get().id), code="expired_card")
    assert len(owed.owed_to_closed("topay")) == 1
    by = pay_back(refund, one, two)
    assert by
    assert (by.amount, ReturnedRefund.objects.get().credit) == (5_000, by)
    assert owed.owed_to_closed("topay") == []
    assert refunds.credit_due() == 0
    with pytest.raises(actions.NothingOwed):
        ask(refund, one)


@pytest.fixture
def wang(customer_factory: CustomerFactory) -> Customer:
    with clock.travel(monday() - timedelta(days=5)):
        made = customer_factory(name="王芳", identity_level=2)
        fund(made, 50_000)
    return made


def sent(wang: Customer) -> Payment:
    """All that she has, on its way to her bank."""
    fee = payment_of(withdraw(wang, bank_account(wang), 100_000)).fee  # refused: too much
    return send(withdraw(wang, bank_account(wang, "0136"), 50_000 - fee))


def come_back(payment: Payment) -> None:
    attempt = Withdrawal.objects.get(payment=payment).attempt_id
    assert attempt
    payouts.take_return(attempt, code="AC04", amount=payment.amount, currency="CNY", at=clock.now())


def test_a_withdrawal_that_came_back(wang: Customer, one: StaffMember, two: StaffMember) -> None:
    with clock.travel(monday()):
        payment = sent(wang)
        close(wang)
        come_back(payment)
    assert len(withdrawals.owed_to_closed("topay")) == 1
    by = pay_back(payment, one, two)
    row = Withdrawal.objects.get(payment=payment)
    assert (row.state, row.credit) == ("returned", by)
    assert withdrawals.owed_to_closed("topay") == []
    assert payouts.credit_due() == 0


def test_credited_before_it_closed_and_not_noted_it_is_owed_no_more(
    wang: Customer,
    customer_factory: CustomerFactory,
    one: StaffMember,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with clock.travel(monday()):
        payment = sent(wang)
        come_back(payment)
        with monkeypatch.context() as dying:
            dying.setattr(returning, "_done", lambda *_: 1 / 0)
            payouts.credit_due()
        transfer(wang, customer_factory(), available(wang))
        close(wang)
    assert withdrawals.owed_to_closed("topay") == []
    payment.refresh_from_db()
    with pytest.raises(actions.NothingOwed):
        ask(payment, one)
    payouts.credit_due()
    row = Withdrawal.objects.get(payment=payment)
    assert row.credit
    assert (row.state, row.credit.purpose) == ("returned", row.return_purpose)


class TestAnotherCurrency:
    def test_two_people_credit_it_in_a_wallet_of_that_currency(
        self, chen: Customer, one: StaffMember, two: StaffMember
    ) -> None:
        payment = Payment.objects.get(id=top_up(chen, token="sim_card_0921").id)
        in_currency(payment, 1_400, "USD")
        [row] = waiting.uncredited("topay")
        assert (row.amount, row.currency, row.by_bank, row.second) == (1_400, "USD", False, True)
        assert accounts.wallet(chen, "USD") is None
        assert actions.credit(payment, note=NOTE, staff=one) is None
        asked = approvals.decide(waiting_for_two(), staff=two, approve=True)
        for _ in range(2):
            crediting.carry_out(asked.id)
        assert available(chen, "USD") == 1_400
        assert available(chen) == 0
        payment.refresh_from_db()
        assert (payment.state, waiting.uncredited("topay")) == ("failed", [])

    def test_no_single_person_may(self, chen: Customer) -> None:
        payment = Payment.objects.get(id=top_up(chen, token="sim_card_0921").id)
        in_currency(payment, 1_400, "USD")
        with pytest.raises(payments.ApprovalNeeded):
            reconcile.credit_what_was_paid(payment, actor=reconcile.SYSTEM("topay"))

    def test_one_that_the_brand_does_not_offer_is_paid_back(
        self, chen: Customer, one: StaffMember, two: StaffMember
    ) -> None:
        payment = Payment.objects.get(id=top_up(chen, token="sim_card_0921").id)
        in_currency(payment, 1_300, "EUR")
        [row] = waiting.uncredited("topay")
        assert (row.currency, row.by_bank) == ("EUR", True)
        with pytest.raises(reconcile.NothingToReconcile):
            actions.credit(payment, note=NOTE, staff=one)
        assert pay_back(payment, one, two)
        assert (lies(BANK, "EUR"), lies(CLEARING, "EUR")) == (-1_300, 1_300)
        payment.refresh_from_db()
        assert payment.state == "failed"
        assert (available(chen), waiting.uncredited("topay")) == (0, [])

    def test_closed_since_it_was_agreed_to_nothing_is_credited(
        self, chen: Customer, one: StaffMember, two: StaffMember
    ) -> None:
        payment = Payment.objects.get(id=top_up(chen, token="sim_card_0921").id)
        in_currency(payment, 1_400, "USD")
        actions.credit(payment, note=NOTE, staff=one)
        close(chen)
        crediting.carry_out(approvals.decide(waiting_for_two(), staff=two, approve=True).id)
        assert [row.by_bank for row in waiting.uncredited("topay")] == [True]


def test_told_another_amount_since_it_was_agreed_to_nothing_is_credited(
    chen: Customer, one: StaffMember, two: StaffMember
) -> None:
    much = profiles.get("topay").limits["CNY"].agent_refund + 10
    with clock.travel(clock.now() - timedelta(hours=1)):
        payment = Payment.objects.get(id=top_up(chen, much, token="sim_card_0922").id)
        for seconds in (30, 60):
            clock.advance(timedelta(seconds=seconds))
            payments.sweep()
    payment.refresh_from_db()
    assert payment.state == "failed"
    tell(payment.attempts.get(), much)
    assert actions.credit(payment, note=NOTE, staff=one) is None
    asked_for = waiting_for_two()
    tell(payment.attempts.get(), much + 90, event="evt_later")
    crediting.carry_out(approvals.decide(asked_for, staff=two, approve=True).id)
    assert available(chen) == 0


def waiting_for_two() -> approvals.Request:
    return approvals.Request.objects.get(state="pending")


def test_a_purchase_to_a_merchant_that_closed_is_its_payer_s(
    chen: Customer,
    customer_factory: CustomerFactory,
    one: StaffMember,
    staff_factory: StaffFactory,
) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        tea = shop(customer_factory())
    payment = pay_by_provider(order(tea, 8_800), chen)
    onboarding.move(tea, Standing.CLOSED, staff=staff_factory(role="admin"))
    tell(payment.attempts.get(), 8_800)
    payment.refresh_from_db()
    [row] = waiting.uncredited("topay")
    assert (row.getter, row.amount, row.by_bank) == (chen, 8_800, False)
    assert actions.credit(payment, note=NOTE, staff=one)
    payment.refresh_from_db()
    assert (payment.state, available(chen)) == ("failed", 8_800)
    assert waiting.uncredited("topay") == []


class TestDisputed:
    @pytest.mark.parametrize("state", ["open", "reviewed", "lost"])
    def test_it_is_not_paid_back(
        self, chen: Customer, one: StaffMember, two: StaffMember, state: str
    ) -> None:
        payment = too_late(chen)
        told(payment, state)
        with pytest.raises(actions.Disputed):
            ask(payment, one)
        if state != "lost":
            told(payment, "won")
            assert pay_back(payment, one, two)

    @pytest.mark.parametrize("state", ["open", "lost"])
    def test_a_refund_is_not_paid_back_while_its_charge_is_disputed(
        self, chen: Customer, one: StaffMember, two: StaffMember, state: str
    ) -> None:
        charge = by_card(chen, "4751")
        request = asked(chen, charge, 5_000)
        refund = Payment.objects.get(
            purpose=refunds.decide(request, staff=one, grant=5_000).purpose
        )
        close(chen)
        refunds.returned(attempt_id=str(refund.attempts.get().id), code="expired_card")
        asked_back = ask(refund, one)
        told(charge, state)
        paying_back.carry_out(approvals.decide(asked_back, staff=two, approve=True).id)
        assert waiting.paid_back("topay") == []
        with pytest.raises(actions.Disputed):
            ask(refund, one)

    def test_one_that_is_open_counts_before_one_that_is_lost(self, chen: Customer) -> None:
        payment = too_late(chen)
        told(payment, "open", id="dp_1", amount=4_000)
        told(payment, "lost", id="dp_2", amount=6_000)
        assert owed.disputed([payment])[payment.id].state == "open"

    def test_disputed_since_it_was_asked_for_it_waits(
        self, chen: Customer, one: StaffMember, two: StaffMember
    ) -> None:
        payment = too_late(chen)
        request = ask(payment, one)
        told(payment, "open")
        paying_back.carry_out(approvals.decide(request, staff=two, approve=True).id)
        payment.refresh_from_db()
        assert (payment.state, waiting.paid_back("topay")) == ("processing", [])

    def test_lost_after_it_was_paid_back_the_house_bears_it(
        self, chen: Customer, one: StaffMember, two: StaffMember
    ) -> None:
        payment = too_late(chen)
        assert pay_back(payment, one, two)
        told(payment, "open")
        jobs.sweep(0)
        told(payment, "lost")
        assert (losses(), bool(Dispute.objects.get().settled_at)) == (10_000, True)
        assert not Payment.objects.filter(kind="refund", payee=chen).exists()

    def test_open_since_it_was_agreed_to_nobody_is_credited(
        self, chen: Customer, one: StaffMember, two: StaffMember
    ) -> None:
        limit = profiles.get("topay").limits["CNY"].agent_refund
        payment = differing(chen, limit + 20, limit + 10)
        assert actions.credit(payment, note=NOTE, staff=one) is None
        told(payment, "open", amount=limit + 10)
        crediting.carry_out(approvals.decide(waiting_for_two(), staff=two, approve=True).id)
        assert available(chen) == 0
        with pytest.raises(actions.Disputed):
            actions.credit(payment, note=NOTE, staff=one)
