"""Changes many rows of one kind with one statement. Knows columns, no rules."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from paydesk.money.payments.models import Hold, Payment
from paydesk.money.payments.plans import Settlement
from paydesk.money.payments.states import FINISHED, AttemptState, PaymentState

Said = Sequence[tuple[Settlement, PaymentState]]
"""What was said about each payment, and what it is in now."""

_PAYMENTS = """
UPDATE payments_payment p
SET state = u.state, reason = u.reason, facts = u.facts, finished_at = u.finished_at,
    booked_at = u.booked_at, captured = u.captured, details = u.details
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]::jsonb[], %s::timestamptz[],
    %s::timestamptz[], %s::bigint[], %s::text[]::jsonb[])
    AS u(id, state, reason, facts, finished_at, booked_at, captured, details)
WHERE p.id = u.id
"""
# Silence takes neither the name that the provider gave nor what the payer has to do.
_ATTEMPTS = """
UPDATE payments_attempt a
SET state = u.state, response_code = u.code, checks = u.checks,
    action = CASE WHEN u.action = '{}' AND u.finished_at IS NULL THEN a.action ELSE u.action END,
    provider_reference = CASE u.reference WHEN '' THEN a.provider_reference ELSE u.reference END,
    finished_at = u.finished_at, next_query_at = u.next_query_at, queries = a.queries + u.asked
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]::jsonb[], %s::text[]::jsonb[],
    %s::text[], %s::timestamptz[], %s::timestamptz[], %s::int[])
    AS u(id, state, code, checks, action, reference, finished_at, next_query_at, asked)
WHERE a.id = u.id
"""
_NOTIFICATIONS = """
UPDATE payments_providernotification t
SET applied_at = %s, attempt_id = u.attempt, result = u.result
FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS u(id, attempt, result)
WHERE t.id = u.id AND t.applied_at IS NULL
"""
_HOLDS = """
UPDATE payments_hold h SET state = u.state, ended_at = u.ended_at, ended_by = u.ended_by
FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::text[])
    AS u(id, state, ended_at, ended_by)
WHERE h.id = u.id
"""
_CONFIRMED = """
UPDATE payments_payment p SET confirmed_at = u.at
FROM unnest(%s::uuid[], %s::timestamptz[]) AS u(id, at)
WHERE p.id = u.id
"""


def confirmed(rows: Sequence[tuple[UUID, datetime]]) -> None:
    """Store when these payments were confirmed to both sides."""
    _many(_CONFIRMED, rows)


def payments(rows: Sequence[Payment]) -> None:
    """Store state, reason, facts, times, captured amount and details of these payments."""
    _many(
        _PAYMENTS,
        [
            (
                one.id,
                str(one.state),
                str(one.reason),
                json.dumps(one.facts),
                one.finished_at,
                one.booked_at,
                one.captured,
                json.dumps(one.details),
            )
            for one in rows
        ],
    )


def attempts(said: Said, at: datetime) -> None:
    """Store what providers said on the attempts that were made."""
    final = {AttemptState.PAID, AttemptState.REFUSED}
    _many(
        _ATTEMPTS,
        [
            (
                one.attempt,
                str(one.attempt_state),
                one.response_code,
                json.dumps(one.checks),
                json.dumps(one.action),
                one.reference,
                at if one.attempt_state in final else None,
                None if state in FINISHED else one.query_at,
                int(one.asked_again),
            )
            for one, state in said
            if one.attempt
        ],
    )


def notifications(said: Said, at: datetime) -> None:
    """Mark the notifications that brought these words as applied."""
    rows = [(one.notification, one.attempt, str(state)) for one, state in said if one.notification]
    _many(_NOTIFICATIONS, rows, before=(at,))


def holds(rows: Sequence[Hold]) -> None:
    """Store the ends of these holds."""
    _many(_HOLDS, [(one.id, str(one.state), one.ended_at, one.ended_by) for one in rows])


def _many(sql: str, rows: Sequence[tuple[Any, ...]], before: Iterable[Any] = ()) -> None:
    """Run `sql` with the columns of `rows` as arrays, after the parameters `before`."""
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*before, *columns])
