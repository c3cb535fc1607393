"""Giving a transfer back, whole or in part: a new transfer the other way, linked to the first."""

from dataclasses import dataclass
from uuid import UUID

from paydesk.brands import profiles
from paydesk.kit import ids
from paydesk.kit.actors import Actor
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes
from paydesk.money.payments.actions import asking
from paydesk.money.payments.checks import CanReceive, CanSend, RefundRoom
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.people.rules import ApprovedDecision, Objection, objection_to

REFUND = "refund"
"""Action code of the approval that a refund above the brand's limit needs; its subject is
`payment:<uuid>` of the original."""


class NotRefundable(ValueError):
    """Only a transfer that succeeded can be refunded."""


class ApprovalNeeded(Exception):
    """The refunds of this payment together exceed what needs no second person; `limit` says what
    does not (minor units). `objection`: why the decision that was given does not carry it."""

    def __init__(self, limit: int, objection: Objection | None = None) -> None:
        super().__init__(objection.value if objection else f"over {limit}")
        self.limit = limit
        self.objection = objection


@dataclass(frozen=True, slots=True)
class RefundWish:
    """What `refund` is asked for: `amount` minor units of a transfer, back from its payee to its
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
    """Give a transfer back, whole or in part. Whoever calls has checked the permission.

    Raises ApprovalNeeded, NotRefundable, plans.RequestConflict, plans.InsideTransaction,
    ValueError for an amount that is not positive. A payee who can't pay, or less left to refund,
    is a refusal that is recorded as a failed refund.
    """
    return submit(plan_refund(wish))


def plan_refund(wish: RefundWish) -> Plan:
    """The plan that `refund` submits; errors as there."""
    original, brand = wish.original, profiles.get(wish.original.brand)
    asking.check_amount(wish.amount, brand, original.currency)
    if original.kind != PaymentKind.TRANSFER or original.state != PaymentState.SUCCEEDED:
        raise NotRefundable(original.number)
    assert original.payee
    assert original.payer
    limit = brand.limits[original.currency].agent_refund
    _check_approval(original, wish.amount, limit, wish.approval)
    known = accounts.chart(brand.code, original.payer, original.payee)
    source = known.wallet(original.payee, original.currency)
    target = known.wallet(original.payer, original.currency)
    new = _new(wish, from_whom=original.payee.id, to_whom=original.payer.id)
    checks = (
        RefundRoom(original.id, None if wish.approval else limit),
        CanSend(source, original.payee.id),
        CanReceive(target, original.payer.id),
    )
    item = Item(new.id, Kind.PLAIN, source, target, wish.amount, codes.REFUND)
    return Plan(brand.code, wish.actor, new, (source, target), checks, (item,))


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
