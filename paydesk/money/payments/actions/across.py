"""A remittance on its way back: both legs in one linked group, at its own rate. Out of liquidity to
its payer, and its recipient's share into liquidity; held as it would be paid, where nobody has
decided yet.

What a share is depends on what went back, or is held to go back, before it. A plan that was made
before another's part is refused by the database (sql/refunds.sql), and made anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Count, Q, Sum
from msgspec.structs import replace

from paydesk.kit import ids
from paydesk.kit.actors import Actor
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes, shares
from paydesk.money.payments.checks import CanReceive, CanSend, Check
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit

OWN_RATE = "remittance_own_rate"
"""What the database calls its refusal of a share that is not the right one any more."""
_TRIES = 8
_NOTHING_MOVED = (PaymentState.FAILED, PaymentState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Begun:
    """What of a remittance went back, or is held to: `back` in minor units of what was paid,
    `given` of what its recipient got. `parts`: how many there were, those set free too."""

    back: int
    given: int
    parts: int


class _Legs(NamedTuple):
    """The accounts, in the order of the items: liquidity to payer, payee to liquidity."""

    gives: UUID
    target: UUID
    source: UUID
    takes: UUID


def begun(original: Payment) -> Begun:
    """How far a remittance has gone back by now."""
    parts = Payment.objects.filter(original=original, kind=PaymentKind.REFUND)
    stand = ~Q(state__in=_NOTHING_MOVED)
    found: dict[str, Any] = parts.aggregate(
        back=Sum("amount", filter=stand, default=0),
        given=Sum("received_amount", filter=stand, default=0),
        parts=Count("id", filter=~Q(state=PaymentState.FAILED)),
    )
    return Begun(int(found["back"]), int(found["given"]), int(found["parts"]))


def most(original: Payment, left: int) -> int:
    """How much of a remittance could be held now, in minor units of what was paid: for the `left`
    ones that its recipient has of the other currency, and out of what liquidity has."""
    assert original.received_amount
    if left <= 0:
        return 0
    before = begun(original)
    rest = original.taken - before.back
    stock = ledger.balance(accounts.chart(original.brand).liquidity(original.currency))
    all_back = shares.most(original.received_amount, original.taken, before.given, left)
    found = min(rest, all_back - before.back, stock.available)
    return found if found > 0 and _share(original, before, found) > 0 else 0


def plan(
    original: Payment,
    new: NewPayment,
    actor: Actor,
    *,
    before: Begun,
    checks: tuple[Check, ...],
    held: bool = False,
) -> Plan:
    """The plan by which `new.amount` minor units of what was paid go back, after what went back
    `before`; or by which both legs are `held` until it is decided whether they do."""
    assert original.payer
    assert original.payee
    known = accounts.chart(original.brand, original.payer, original.payee)
    legs = _Legs(
        known.liquidity(original.currency),
        known.wallet(original.payer, original.currency),
        known.wallet(original.payee, original.received_currency),
        known.liquidity(original.received_currency),
    )
    share = _share(original, before, new.amount)
    if share > 0:
        new = replace(new, received_amount=share, received_currency=original.received_currency)
    else:  # the rounding of an earlier part has taken it
        new = replace(new, payer=None)
    if not held:
        checks += (
            CanSend(legs.source, original.payee.id),
            CanReceive(legs.target, original.payer.id),
        )
    return Plan(
        original.brand,
        actor,
        new,
        tuple(legs),
        checks,
        _items(new, legs, share, Kind.HOLD if held else Kind.PLAIN),
        shortfalls=((legs.gives, Reason.NO_LIQUIDITY),),
    )


def _share(original: Payment, before: Begun, amount: int) -> int:
    assert original.received_amount
    back = before.back + amount
    return shares.next_share(original.received_amount, original.taken, back, before.given)


def _items(new: NewPayment, legs: _Legs, share: int, kind: Kind) -> tuple[Item, ...]:
    main = Item(new.id, kind, legs.gives, legs.target, new.amount, codes.REFUND)
    if not share:
        return (main,)
    taken = ids.sibling(new.id, "taken")
    other = Item(taken, kind, legs.source, legs.takes, share, codes.REFUND)
    return main._replace(linked=True), other


def submit_anew(make: Callable[[], Plan]) -> Outcome:
    """Submit what `make` plans; planned anew where another part went, or was set free, in between.
    Errors as in `submit`."""
    for _ in range(_TRIES - 1):
        try:
            return submit(make())
        except IntegrityError as error:
            diagnosis = getattr(error.__cause__, "diag", None)
            if diagnosis is None or diagnosis.constraint_name != OWN_RATE:
                raise
    return submit(make())
