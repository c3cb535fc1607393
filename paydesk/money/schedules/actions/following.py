"""What comes of a try: kept with the occurrence, tried again by rule, told to the customer."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.kit.money import format_amount
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import FINISHED, PaymentState
from paydesk.money.schedules import texts
from paydesk.money.schedules.actions.paying import Tried
from paydesk.money.schedules.models import Occurrence
from paydesk.money.schedules.rules import OccurrenceState, retry_at
from paydesk.people.telling import local_time, mail

BATCH = 100


@transaction.atomic
def record(one: Occurrence, tried: Tried) -> None:
    """Keep what came of a try. Of two that made the same try the first records it."""
    row = (
        Occurrence.objects.select_for_update(of=("self",))
        .filter(id=one.id, state=OccurrenceState.RUNNING, tries=one.tries)
        .first()
    )
    if row is None:
        return
    row.tries += 1
    if tried.outcome is None:
        _without_payment(row, tried.why)
    else:
        row.payment_id = tried.outcome.id
        assert isinstance(tried.outcome.state, PaymentState)
        _with_payment(row, tried.outcome.state, tried.outcome.reason)


def _without_payment(row: Occurrence, why: str) -> None:
    row.why = why
    if why == "nothing_due":
        _end(row, OccurrenceState.DONE)
    else:
        _failed(row, Reason.PROVIDER_DOWN if why == "biller_down" else None)


def _with_payment(row: Occurrence, state: PaymentState, reason: Reason | None) -> None:
    row.why = ""
    if state is PaymentState.SUCCEEDED:
        _end(row, OccurrenceState.DONE)
    elif state in FINISHED:
        _failed(row, reason)
    else:
        row.state, row.next_try_at = OccurrenceState.WAITING, None
        _keep(row)


def _failed(row: Occurrence, reason: Reason | None) -> None:
    again = retry_at(reason, row.tries, clock.now())
    if again is None:
        _end(row, OccurrenceState.FAILED)
        tell_of(row, "schedules/failed")
        return
    row.state, row.next_try_at = OccurrenceState.RUNNING, again
    _keep(row)
    if row.tries == 1:
        tell_of(row, "schedules/tried_again")


def _end(row: Occurrence, state: OccurrenceState) -> None:
    row.state, row.next_try_at, row.ended_at = state, None, clock.now()
    _keep(row)


def _keep(row: Occurrence) -> None:
    row.save(update_fields=["state", "tries", "next_try_at", "payment", "why", "ended_at"])


@transaction.atomic
def follow(payment_ids: Iterable[UUID]) -> None:
    """Take notice of scheduled payments that ended among these. Idempotent."""
    waiting = (
        Occurrence.objects.select_for_update(of=("self",))
        .select_related("payment", "schedule__customer__user")
        .filter(payment__in=list(payment_ids), state=OccurrenceState.WAITING)
    )
    for row in waiting.order_by("id"):
        payment = row.payment
        if payment and payment.state in FINISHED:
            reason = Reason(payment.reason) if payment.reason else None
            _with_payment(row, PaymentState(payment.state), reason)


def catch_up() -> int:
    """Follow the payments that ended while nobody looked; answers how many."""
    ended = Occurrence.objects.filter(
        state=OccurrenceState.WAITING, payment__finished_at__isnull=False
    )
    found = [one for one in ended.values_list("payment_id", flat=True)[:BATCH] if one]
    if found:
        follow(found)
    return len(found)


def tell_of(row: Occurrence, template: str) -> None:
    """Write to the customer about one time of a schedule, in the caller's transaction."""
    schedule = row.schedule
    user = schedule.customer.user
    mail(
        user,
        template,
        actor=SYSTEM(row.brand),
        params={
            "what": texts.title(schedule, user.lang),
            "amount": format_amount(schedule.amount or schedule.most or 0, schedule.currency),
            "due": local_time(user, row.due_at),
            "again": local_time(user, row.next_try_at) if row.next_try_at else "",
            "number": row.payment.number if row.payment else "",
        },
    )
