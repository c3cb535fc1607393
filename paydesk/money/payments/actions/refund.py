"""Giving a transfer or a remittance back, whole or in part: a new transfer the other way, linked to
the first. A remittance goes back at its own rate, in the currency that its payer paid in; like any
payment's, its fee stays.
"""

from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

from paydesk.brands import profiles
from paydesk.kit import ids
from paydesk.kit.actors import Actor
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes
from paydesk.money.payments.actions import across, asking
from paydesk.money.payments.checks import CanReceive, CanSend, Once, RefundRoom
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan
from paydesk.money.payments.states import GIVEN_BACK, PaymentKind, PaymentState
from paydesk.people.rules import ApprovedDecision, Objection, objection_to

REFUND = "refund"
"""Action code of the approval that a refund above the brand's limit needs; its subject is
`payment:<uuid>` of the original."""


class NotRefundable(ValueError):
    """Only a transfer or a remittance that succeeded can be refunded."""


class ApprovalNeeded(Exception):
    """The refunds of this payment together exceed what needs no second person; `limit` says what
    does not (minor units). `objection`: why the decision that was given does not carry it."""

    def __init__(self, limit: int, objection: Objection | None = None) -> None:
        super().__init__(objection.value if objection else f"over {limit}")
        self.limit = limit
        self.objection = objection


@dataclass(frozen=True, slots=True)
class RefundWish:
    """What `refund` is asked for: `amount` minor units of what was paid, back from the payee to the
    payer. `reason` is the staff's note, kept with the refund; `payment_id` the id that a
    committed intent chose for it."""

    original: Payment
    amount: int
    reason: str
    actor: Actor
    key: str
    approval: ApprovedDecision | None = None
    payment_id: UUID | None = None


@asking.with_fields_of(RefundWish)
def refund(wish: RefundWish) -> Outcome:
    """Give a transfer or a remittance back, whole or in part. Whoever calls has checked the
    permission.

    Of a remittance the payer gets `amount` minor units of the currency that was paid, and the
    payee gives as much of theirs as that had bought. Raises ApprovalNeeded, NotRefundable,
    plans.RequestConflict, plans.InsideTransaction, ValueError for an amount that is not positive.
    A payee who can't pay, too little liquidity, or less left to refund, is a refusal that is
    recorded as a failed refund.
    """
    return across.submit_anew(lambda: plan_refund(wish))


def plan_refund(wish: RefundWish) -> Plan:
    """The plan that `refund` submits; errors as there."""
    original, brand = wish.original, profiles.get(wish.original.brand)
    asking.check_amount(wish.amount, brand, original.currency)
    if original.kind not in GIVEN_BACK or original.state != PaymentState.SUCCEEDED:
        raise NotRefundable(original.number)
    assert original.payee
    assert original.payer
    limit = brand.limits[original.currency].agent_refund
    _check_approval(original, wish.amount, limit, wish.approval)
    new = _new(wish, from_whom=original.payee.id, to_whom=original.payer.id)
    room = RefundRoom(original.id, None if wish.approval else limit)
    if original.kind == PaymentKind.REMITTANCE:
        return _across(wish, new, room)
    known = accounts.chart(brand.code, original.payer, original.payee)
    source = known.wallet(original.payee, original.currency)
    target = known.wallet(original.payer, original.currency)
    checks = (room, CanSend(source, original.payee.id), CanReceive(target, original.payer.id))
    item = Item(new.id, Kind.PLAIN, source, target, wish.amount, codes.REFUND)
    return Plan(brand.code, wish.actor, new, (source, target), checks, (item,))


def _across(wish: RefundWish, new: NewPayment, room: RefundRoom) -> Plan:
    """Of two colleagues who begin at the same point one is refused: it may be the same refund."""
    before = across.begun(wish.original)
    new = replace(new, purpose=f"remittance:{wish.original.id}:part:{before.parts}")
    checks = (room, Once(new.purpose))
    return across.plan(wish.original, new, wish.actor, before=before, checks=checks)


def _new(wish: RefundWish, *, from_whom: UUID, to_whom: UUID) -> NewPayment:
    content = {"kind": REFUND, "original": str(wish.original.id), "amount": wish.amount}
    return NewPayment(
        id=wish.payment_id or ids.uuid7(),
        number=asking.public_number(),
        kind=PaymentKind.REFUND,
        amount=wish.amount,
        currency=wish.original.currency,
        asked=asking.asked(wish.actor, wish.key, content),
        payer=from_whom,
        payee=to_whom,
        note=asking.clean_note(wish.reason),
        original=wish.original.id,
        approval=wish.approval.request_id if wish.approval else None,
    )


def _check_approval(
    original: Payment, amount: int, limit: int, approval: ApprovedDecision | None
) -> None:
    if approval is None:
        if amount > limit:
            raise ApprovalNeeded(limit)
        return
    assert original.booked_at
    objection = objection_to(
        approval, action=REFUND, subject=f"payment:{original.id}", since=original.booked_at
    )
    if objection:
        raise ApprovalNeeded(limit, objection)
