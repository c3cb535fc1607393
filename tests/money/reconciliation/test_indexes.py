"""What the reconciliation page lists is found by index, however many payments are finished."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from paydesk.money.payments import queries as payments
from paydesk.money.reconciliation import waiting

pytestmark = pytest.mark.django_db


def plan_of(read: Callable[[str], object]) -> str:
    """How the database reads payments, where it prefers any index to the whole table."""
    with CaptureQueriesContext(connection) as asked:
        read("topay")
    [sql] = [one["sql"] for one in asked if 'FROM "payments_payment"' in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("read", [payments.owed_to_closed, waiting.uncredited])
def test_unfinished_payments_are_read_by_their_index(read: Callable[[str], object]) -> None:
    plan = plan_of(read)
    assert "payment_unfinished" in plan
    assert "Seq Scan on payments_payment" not in plan
