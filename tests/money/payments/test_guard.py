"""Attacks on the payments' rows with raw SQL, as the app's own role."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from paydesk.kit import clock, ids
from paydesk.money.payments import actions
from paydesk.money.payments.models import Payment, ProviderNotification
from tests.factories import CustomerFactory
from tests.money.payments.helpers import fund, send, top_up

pytestmark = pytest.mark.usefixtures("committed_db")


def attack(sql: str, *values: object) -> None:
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def paid(customer_factory: CustomerFactory) -> Payment:
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    return Payment.objects.get(id=send(payer, payee, 500).id)


@pytest.mark.parametrize(
    "change",
    [
        "amount = 1",
        "currency = 'USD'",
        "payee_id = payer_id",
        "brand = 'gopay'",
        "asked_by = 'system'",
        "request_key = 'other-key'",
        "state = 'failed', reason = 'balance_short'",
        "finished_at = now()",
        "facts = '{}'::jsonb || '{\"a\": 1}'",
        "refunded = 500",
        "note = 'other'",
    ],
)
def test_a_finished_payment_never_changes(paid: Payment, change: str) -> None:
    attack(f"UPDATE payments_payment SET {change} WHERE id = %s", paid.id)


def test_nothing_is_deleted(paid: Payment) -> None:
    attack("DELETE FROM payments_payment WHERE id = %s", paid.id)
    attack("TRUNCATE payments_payment CASCADE")


COPY = """
    INSERT INTO payments_payment SELECT (jsonb_populate_record(p, %s::jsonb)).*
    FROM payments_payment p WHERE id = %s
"""


def copy(paid: Payment, **changes: object) -> tuple[str, str, object]:
    fields = {
        "id": str(ids.uuid7()),
        "number": ids.public_number(14),
        "request_key": str(ids.uuid7()),
    } | changes
    return COPY, json.dumps(fields), paid.id


def refund_of(paid: Payment, amount: int, **more: object) -> tuple[str, str, object]:
    return copy(paid, kind="refund", original_id=str(paid.id), amount=amount, **more)


def test_the_copy_itself_is_possible(paid: Payment) -> None:
    """So that the attacks below fail for what they try, not for their form."""
    with connection.cursor() as cursor:
        sql, *values = copy(paid)
        cursor.execute(sql, values)
        sql, *values = refund_of(paid, 500)
        cursor.execute(sql, values)
    paid.refresh_from_db()
    assert paid.refunded == 500


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 0},
        {"amount": -5},
        {"state": "gone"},
        {"kind": "gift"},
        {"kind": "refund"},  # without an original
        {"finished_at": None},
        {"booked_at": None},
        {"state": "failed", "reason": ""},
        {"state": "processing"},  # unfinished, but with an end
        {"refunded": 501},
    ],
)
def test_impossible_payments(paid: Payment, change: dict[str, object]) -> None:
    attack(*copy(paid, **change))


def test_refunds_never_exceed_what_was_paid(paid: Payment) -> None:
    attack(*refund_of(paid, 501))
    with connection.cursor() as cursor:
        sql, *values = refund_of(paid, 300)
        cursor.execute(sql, values)
    attack(*refund_of(paid, 201))


def test_only_what_was_paid_is_refunded_and_never_a_refund(paid: Payment) -> None:
    attack(*refund_of(paid, 1, currency="USD"))
    attack(*refund_of(paid, 1, brand="gopay"))
    with connection.cursor() as cursor:
        sql, *values = refund_of(paid, 100)
        cursor.execute(sql, values)
    attack(*refund_of(Payment.objects.get(kind="refund"), 1))


def test_a_refund_that_is_written_again_counts_once(paid: Payment) -> None:
    """A state that is set to what it was moves no money."""
    with connection.cursor() as cursor:
        sql, *values = refund_of(paid, 200)
        cursor.execute(sql, values)
        refund = Payment.objects.get(kind="refund")
        again = "UPDATE payments_payment SET state = 'succeeded' WHERE id = %s"
        cursor.execute(again, [refund.id])
    paid.refresh_from_db()
    assert paid.refunded == 200


def test_the_same_request_twice(paid: Payment) -> None:
    attack(*copy(paid, request_key=paid.request_key))


def test_a_notification_is_kept_as_it_came(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=1)):
        top_up(customer_factory(), token="sim_card_0923")
        clock.advance(timedelta(seconds=30))
        actions.sweep()
    stored = ProviderNotification.objects.get()
    for change in ("raw = 'x'", "verified = false, refusal = 'stale'", "applied_at = NULL"):
        attack(f"UPDATE payments_providernotification SET {change} WHERE id = %s", stored.id)
    attack("DELETE FROM payments_providernotification WHERE id = %s", stored.id)
