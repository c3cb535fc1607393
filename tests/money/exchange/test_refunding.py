"""Remittances given back: at their own rate, both legs or none, and never more than was paid."""

import json
from uuid import UUID

import pytest
from django.db import DatabaseError, connection

from paydesk.brands import profiles
from paydesk.kit import ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.exchange import queries
from paydesk.money.exchange.rules import Side
from paydesk.money.ledger.models import Account
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import actions, shares
from paydesk.money.payments import queries as payments
from paydesk.money.payments.actions.refund import RefundWish, plan_refund
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.notifications.models import Message
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.exchange.helpers import convert, liquidity, quote, rates, remit
from tests.money.payments.helpers import approve_unfreeze, available, fund, key, send

pytestmark = pytest.mark.usefixtures("committed_db")
FUNDS = 100_000
GOT = 2_500
LIMIT = profiles.get("topay").limits["CNY"].agent_refund


@pytest.fixture
def sent(staff_factory: StaffFactory, customer_factory: CustomerFactory) -> Payment:
    """A remittance of 25 dollars for some 180 yuan."""
    rates()
    liquidity(staff_factory, 1_000_000, "USD")
    payer, payee = customer_factory(), customer_factory()
    fund(payer, FUNDS)
    offer = quote(payer, GOT, side=Side.GET, kind=PaymentKind.REMITTANCE)
    return _fresh(remit(offer, payee).id)


def _fresh(payment: UUID) -> Payment:
    return Payment.objects.select_related("payer", "payee").get(id=payment)


def sides(payment: Payment) -> tuple[Customer, Customer]:
    assert payment.payer
    assert payment.payee
    return payment.payer, payment.payee


def give_back(original: Payment, amount: int, **more: object) -> Outcome:
    values = {"key": key(), "actor": SYSTEM("topay"), "reason": "汇错了"} | more
    return actions.refund(original=_fresh(original.id), amount=amount, **values)  # type: ignore[arg-type]  # named values


def assert_sound() -> None:
    """Every currency sums to zero, and the ledger proves itself."""
    found: dict[str, int] = {}
    for account in Account.objects.filter(brand="topay"):
        found[account.currency] = found.get(account.currency, 0) + account.posted
    assert set(found.values()) == {0}
    assert not verify().breaks


def test_the_whole_of_it_puts_everything_but_the_fee_where_it_was(sent: Payment) -> None:
    payer, payee = sides(sent)
    outcome = give_back(sent, sent.amount)
    assert outcome.state is PaymentState.SUCCEEDED, outcome
    assert sent.fee > 0
    assert available(payer) == FUNDS - sent.fee
    assert available(payee, "USD") == 0
    assert queries.liquidity("topay") == {"CNY": 0, "USD": 1_000_000}
    assert_sound()
    row = _fresh(outcome.id)
    assert (row.got, row.gave) == ((sent.amount, "CNY"), (GOT, "USD"))
    assert (row.payer_id, row.payee_id, row.fee) == (payee.id, payer.id, 0)
    assert payments.refundable(_fresh(sent.id)) == 0


def test_parts_follow_the_rate_and_add_up_to_the_whole(sent: Payment) -> None:
    payer, payee = sides(sent)
    assert payments.refundable(sent) == sent.amount
    back = 0
    for part in (5_001, 1, 3, 2_777):
        assert give_back(sent, part).ok
        back += part
        assert available(payer) == FUNDS - sent.fee - sent.amount + back
        assert available(payee, "USD") == GOT - shares.share(GOT, sent.amount, back)
    assert give_back(sent, sent.amount - back).ok
    assert (available(payer), available(payee, "USD")) == (FUNDS - sent.fee, 0)
    assert_sound()
    more = give_back(sent, 1)
    assert more.reason is Reason.REFUND_TOO_MUCH


def test_what_rounding_took_before_is_not_taken_again(sent: Payment) -> None:
    _, payee = sides(sent)
    assert give_back(sent, 1).ok
    left = available(payee, "USD")
    again = give_back(sent, 1)  # seven fen are a cent
    assert (again.ok, available(payee, "USD")) == (True, left)
    row = _fresh(again.id)
    assert (row.payer, row.received_amount) == (None, None)
    actions.confirm([again.id])
    assert payee.masked_name in Message.objects.get(template="payments/refunded").text
    assert not Message.objects.filter(template="payments/refund_given").exists()


def test_a_recipient_who_has_not_enough_of_it_can_not_pay(
    sent: Payment, customer_factory: CustomerFactory
) -> None:
    payer, payee = sides(sent)
    other = customer_factory()
    fund(other, 1_000)
    assert convert(quote(other, 500)).ok  # who has dollars can be sent some
    assert send(payee, other, 2_000, currency="USD").ok
    outcome = give_back(sent, sent.amount)
    assert (outcome.state, outcome.reason) == (PaymentState.FAILED, Reason.BALANCE_SHORT)
    assert outcome.facts["short"] == 2_000
    assert outcome.facts["currency"] == "USD"
    assert available(payer) == FUNDS - sent.fee - sent.amount
    assert _fresh(sent.id).refunded == 0
    assert_sound()
    assert give_back(sent, sent.amount // 10).ok  # what is there still goes back


def test_a_frozen_side_stops_it(sent: Payment) -> None:
    for side, reason in zip(
        sides(sent), (Reason.RECIPIENT_RESTRICTED, Reason.SENDER_RESTRICTED), strict=True
    ):
        people.place_freeze(side, reason="stolen", actor=SYSTEM("topay"))
        assert give_back(sent, 100).reason is reason
        approve_unfreeze(side)


def test_without_liquidity_in_what_was_paid_nothing_moves(
    sent: Payment, customer_factory: CustomerFactory
) -> None:
    """Row 36: another customer has bought the yuan meanwhile."""
    other = customer_factory()
    fund(other, 1_000)
    assert convert(quote(other, 1_000 // 2)).ok
    _, payee = sides(sent)
    assert send(payee, other, 1_000, currency="USD").ok
    assert convert(quote(other, 1_000, pay="USD", get="CNY")).ok
    assert give_back(sent, sent.amount // 2).ok
    outcome = give_back(sent, sent.amount // 2)
    assert outcome.reason is Reason.NO_LIQUIDITY
    assert outcome.facts == {"amount": sent.amount // 2, "currency": "CNY"}
    assert_sound()


def test_above_the_limit_only_with_a_second_person(
    staff_factory: StaffFactory, customer_factory: CustomerFactory
) -> None:
    rates()
    liquidity(staff_factory, 10_000_000, "USD")
    payer = customer_factory()
    fund(payer, 1_000_000)
    sent = _fresh(remit(quote(payer, 300_000, kind=PaymentKind.REMITTANCE), customer_factory()).id)
    with pytest.raises(actions.ApprovalNeeded):
        give_back(sent, LIMIT + 1)
    assert give_back(sent, LIMIT).ok
    assert give_back(sent, 1).reason is Reason.APPROVAL_NEEDED


def test_of_two_who_begin_at_the_same_point_one_is_refused(sent: Payment) -> None:
    plans = [
        plan_refund(RefundWish(sent, 8_000, "汇错了", SYSTEM("topay"), key())) for _ in range(2)
    ]
    first, second = (submit(plan) for plan in plans)
    assert (first.ok, second.reason) == (True, Reason.DUPLICATE)
    assert second.facts["first"] == first.number
    assert _fresh(sent.id).refunded == 8_000
    assert_sound()


def test_a_remittance_that_failed_is_not_refunded(
    sent: Payment, customer_factory: CustomerFactory
) -> None:
    payer, payee = sides(sent)
    failed = remit(quote(payer, 900_000, kind=PaymentKind.REMITTANCE), payee)
    assert not failed.ok
    with pytest.raises(actions.NotRefundable):
        give_back(_fresh(failed.id), 100)


def test_both_sides_are_written_to_in_their_own_currency(sent: Payment) -> None:
    payer, payee = sides(sent)
    outcome = give_back(sent, sent.amount)
    actions.confirm([outcome.id])
    told = {
        one.user_id: one.text
        for one in Message.objects.filter(template__startswith="payments/refund")
    }
    assert "$25.00" in told[payee.user_id]
    assert "原汇率" in told[payer.user_id]
    assert "$25.00" not in told[payer.user_id]


COPY = """
    INSERT INTO payments_payment SELECT (jsonb_populate_record(p, %s::jsonb)).*
    FROM payments_payment p WHERE id = %s
"""


def _copy(sent: Payment, **changes: object) -> None:
    fields = {
        "id": str(ids.uuid7()),
        "number": ids.public_number(14),
        "request_key": str(ids.uuid7()),
        "kind": "refund",
        "original_id": str(sent.id),
    }
    with connection.cursor() as cursor:
        cursor.execute(COPY, [json.dumps(fields | changes), sent.id])


@pytest.mark.parametrize(
    "change",
    [
        {"received_amount": GOT - 1},
        {"received_amount": GOT + 1},
        {"received_amount": None, "received_currency": ""},
        {"received_currency": "CNY"},
        {"amount": 8_000},
    ],
)
def test_the_database_holds_the_rate(sent: Payment, change: dict[str, object]) -> None:
    with pytest.raises(DatabaseError):
        _copy(sent, **change)
    _copy(sent)  # so that the attack failed for what it tried


def test_nothing_else_is_given_back_in_another_currency(
    sent: Payment, customer_factory: CustomerFactory
) -> None:
    payer, payee = sides(sent)
    transfer = _fresh(send(payer, payee, 500).id)
    with pytest.raises(DatabaseError, match="in the currency that its giver got"):
        _copy(transfer, received_amount=70, received_currency="USD")
