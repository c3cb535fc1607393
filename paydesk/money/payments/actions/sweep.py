"""What time brings: unknown outcomes asked for, notifications caught up on, holds expired.

Every step takes work that is due in the database, so it may run twice, late or in parallel.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from paydesk.kit import clock
from paydesk.kit.sweeping import each
from paydesk.money.payments.actions.hold import expire_holds
from paydesk.money.payments.actions.notify import apply_notification, receive_notification
from paydesk.money.payments.actions.settle import query_attempt
from paydesk.money.payments.models import Attempt, ProviderNotification
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.simulated import adapter as simulated
from paydesk.money.payments.settling import pause

BATCH = 100
CATCH_UP_AFTER = timedelta(seconds=10)


def sweep(brand: str = "") -> int:
    """Do all that is due now, in one brand or in all; answers how many things were done."""
    only = {"brand": brand} if brand else {}
    done = simulated.deliver_due(_send, **only) if registry.offers(registry.SIMULATED) else 0
    left = _left_over(**only)
    each(apply_notification, left)
    due = _claim_due(**only)
    each(query_attempt, due)
    return done + len(left) + len(due) + expire_holds(**only)


def _send(brand: str, raw: bytes, headers: Mapping[str, str]) -> None:
    receive_notification(simulated.Simulated.code, brand, raw, headers)


def _left_over(**only: str) -> list[UUID]:
    """Believed notifications that were stored but not applied, say because of a crash."""
    found = ProviderNotification.objects.filter(
        verified=True, applied_at=None, received_at__lte=clock.now() - CATCH_UP_AFTER, **only
    )
    return list(found.order_by("received_at").values_list("id", flat=True)[:BATCH])


@transaction.atomic
def _claim_due(**only: str) -> list[UUID]:
    """Attempts to ask about now. Each is given its next turn first, so that two workers do not
    ask the same and one whose question crashes is asked about again."""
    at = clock.now()
    due = list(
        Attempt.objects.filter(next_query_at__lte=at, **only)
        .order_by("next_query_at")
        .select_for_update(skip_locked=True)[:BATCH]
    )
    for attempt in due:
        attempt.next_query_at = at + pause(attempt.queries)
    Attempt.objects.bulk_update(due, ["next_query_at"])
    return [attempt.id for attempt in due]
