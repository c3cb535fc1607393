"""Looks again at what a provider settled before we had booked it: by then it may be booked."""

from uuid import UUID

from django.db import transaction

from paydesk.kit import clock
from paydesk.kit.sweeping import each
from paydesk.money.payments.models import Attempt
from paydesk.money.payments.states import AttemptState, Direction
from paydesk.money.reconciliation.actions.match import signed
from paydesk.money.reconciliation.models import Difference, Line
from paydesk.money.reconciliation.rules import Cause

_BEFORE_US = (Cause.MISSING_HERE, Cause.NOT_BOOKED)


def recheck(brand: str) -> int:
    """Match open differences of a brand with what was booked since; answers how many."""
    waiting = Difference.objects.filter(
        brand=brand,
        cause__in=_BEFORE_US,
        state=Difference.State.OPEN,
        line__reference__isnull=False,
    )
    return each(_again, list(waiting.values_list("id", flat=True)))


@transaction.atomic
def _again(difference_id: UUID) -> bool:
    found = (
        Difference.objects.select_for_update(of=("self",))
        .select_related("line")
        .get(id=difference_id)
    )
    line = found.line
    if found.state != Difference.State.OPEN or line is None or line.reference is None:
        return False
    attempt = Attempt.objects.filter(
        id=line.reference, brand=found.brand, provider=found.provider, state=AttemptState.PAID
    ).first()
    if attempt is None or Line.objects.filter(attempt=attempt, settles=True).exists():
        return False
    ours = signed(Direction(attempt.direction), attempt.amount)
    if (ours, attempt.currency) != (line.amount, line.currency):
        found.cause, found.amount, found.attempt = Cause.AMOUNT, line.amount - ours, attempt
    else:
        found.cause, found.amount, found.attempt = Cause.LATE, 0, attempt
        found.state, found.explained_at = Difference.State.EXPLAINED, clock.now()
    line.attempt, line.settles = attempt, True
    line.save(update_fields=["attempt", "settles"])
    found.save()
    return True
