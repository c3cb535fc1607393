"""An account that may send again: what is disputed or called back of it is held at once, in a job
deferred with the very change, instead of whenever the next sweep comes.

Not in the change itself: money moves in a transaction of its own, and the accounts of a dispute are
the house's too, whose locks nobody may take after a customer's.
"""

import logging
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from procrastinate.contrib.django import app as jobs
from procrastinate.types import JSONValue

from paydesk.kit.sweeping import each
from paydesk.money.refunds.actions import disputed_money, recalls
from paydesk.money.refunds.models import Dispute, Recall
from paydesk.money.refunds.rules import ENDED, UNDECIDED
from paydesk.people import queries as people

JOB = "refunds.freed"
SOON = 10
"""Before whatever else waits for a worker: meanwhile the money can leave."""
log = logging.getLogger(__name__)
_OPEN = Q(state__in=UNDECIDED) | Q(state__in=ENDED, settled_at=None)


def customer_may_send(*, customer_id: str, brand: str, **_: object) -> None:
    """In the transaction that changed a customer's restrictions: have it held once nothing blocks
    sending any more."""
    customer = UUID(customer_id)
    if people.blocks_of(customer).send:
        return
    disputes = Dispute.objects.filter(
        _OPEN, brand=brand, payment__payee=customer, payment__merchant=None
    )
    called_back = Recall.objects.filter(brand=brand, payment__payee=customer, state="open", held=0)
    _defer(disputes.values_list("id", flat=True), called_back.values_list("id", flat=True))


def merchant_may_send(*, merchant_id: str, brand: str, active: bool) -> None:
    """In the transaction that changed how a merchant stands: likewise."""
    if active:
        found = Dispute.objects.filter(_OPEN, brand=brand, payment__merchant=UUID(merchant_id))
        _defer(found.values_list("id", flat=True), ())


def _defer(disputes: Iterable[UUID], called_back: Iterable[UUID]) -> None:
    told: list[JSONValue] = [str(one) for one in disputes]
    asked: list[JSONValue] = [str(one) for one in called_back]
    if told or asked:
        job = jobs.configure_task(JOB, allow_unknown=False, priority=SOON)
        job.defer(disputes=told, recalls=asked)


def hold(*, disputes: Iterable[str], called_back: Iterable[str]) -> int:
    """Hold what is there of these, and settle the disputes that have ended; how many were. Runs
    outside any transaction. Harmless to repeat, as it has to be where a recall raises: disputes
    have a sweep besides. Raises what the first recall raised, after all were tried."""
    found = Dispute.objects.filter(id__in=disputes).order_by("opened_at")
    done = each(disputed_money.go_on, list(found))
    faults: list[Exception] = []
    for one in Recall.objects.filter(id__in=called_back).order_by("asked_at"):
        try:
            done += recalls.secure(one)
        except Exception as fault:
            log.exception("a recall could not be held: %s", one)
            faults.append(fault)
    if faults:
        raise faults[0]
    return done
