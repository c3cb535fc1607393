"""Reserving money in a wallet, releasing it, and letting it go when its time is over."""

from datetime import datetime
from uuid import UUID

from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.kit.sweeping import each
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes
from paydesk.money.payments.models import Hold
from paydesk.money.payments.plans import HoldEnd, NewHold, Outcome, Plan
from paydesk.money.payments.states import HoldReason, HoldState
from paydesk.money.payments.submit import submit
from paydesk.people.models import Customer

BATCH = 100


def place_hold(
    *,
    customer: Customer,
    amount: int,
    currency: str,
    reason: HoldReason,
    expires_at: datetime,
    actor: Actor,
    hold_id: UUID | None = None,
) -> Outcome:
    """Reserve `amount` minor units until `expires_at`; the customer can't spend them meanwhile.

    `hold_id`: give the same one when trying again. The outcome has a reason (balance_short,
    balance_held) when there is not so much to reserve; then nothing is recorded but the audit.
    Raises ValueError for an amount that is not positive or an expiry that is not ahead.
    """
    if amount <= 0 or expires_at <= clock.now():
        raise ValueError("a hold takes a positive amount and an expiry ahead")
    known = accounts.chart(customer.brand, customer)
    source, target = known.wallet(customer, currency), known.suspense(currency)
    new = NewHold(
        id=hold_id or ids.uuid7(),
        customer=customer.id,
        account=source,
        amount=amount,
        currency=currency,
        reason=HoldReason(reason),
        expires_at=expires_at,
    )
    item = Item(new.id, Kind.HOLD, source, target, amount, codes.HOLD, expires_at=expires_at)
    return submit(Plan(customer.brand, actor, new, (source, target), items=(item,)))


def release_hold(hold: Hold, *, actor: Actor) -> Outcome:
    """Give reserved money free again. Idempotent: an ended hold stays as it ended."""
    return submit(_end(hold, HoldState.RELEASED, actor))


def expire_holds(**only: str) -> int:
    """End the holds whose time is over, of those with `only` these values; answers how many."""
    due = Hold.objects.filter(state=HoldState.HELD, expires_at__lte=clock.now(), **only)
    return each(_expire, list(due.order_by("expires_at")[:BATCH]))


def _expire(hold: Hold) -> bool:
    submit(_end(hold, HoldState.EXPIRED, SYSTEM(hold.brand)))
    return True


def _end(hold: Hold, state: HoldState, actor: Actor) -> Plan:
    kind = Kind.EXPIRE if state is HoldState.EXPIRED else Kind.VOID
    target = accounts.chart(hold.brand).suspense(hold.currency)
    item = Item(
        ids.uuid7(), kind, hold.account_id, target, hold.amount, codes.HOLD, pending_id=hold.id
    )
    return Plan(
        hold.brand, actor, HoldEnd(hold.id, state), (hold.account_id, target), items=(item,)
    )
