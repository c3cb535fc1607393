"""Money that a provider took and nobody got: a person has it credited, on record; above the brand's
limit a second person agrees first. What the files say of it is explained by that very credit; what
the payer's bank disputes of it is held, or taken, at once.

While the bank has not decided nobody is credited: the money could be spent between the credit and
the hold, and the house would bear it; lost, the payer has it back already. Where the dispute is
lost, the credit is what its money is taken from, so that the book shows both.
"""

from contextlib import suppress
from uuid import UUID

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments.actions import reconcile
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.reconciliation.actions import by_hand
from paydesk.money.reconciliation.actions.by_hand import Agreed
from paydesk.money.reconciliation.models import Difference
from paydesk.money.reconciliation.rules import Cause, Way
from paydesk.money.refunds import actions as refunds
from paydesk.money.refunds.owed import disputed
from paydesk.money.refunds.rules import UNDECIDED
from paydesk.people.models import StaffMember

CREDIT = "reconciliation.credit"
State = Difference.State


class Disputed(ValueError):
    """The payer's bank disputes the charge: whose money it is, is not decided."""


def credit(payment: Payment, *, note: str, staff: StaffMember) -> Outcome | None:
    """Credit what a provider really took for a payment; None while that waits for a second person.

    Runs outside any transaction. Raises PermissionDenied, reconcile.NothingToReconcile, Disputed,
    ValueError without a note.
    """
    told = by_hand.allowed(payment, note=note, staff=staff)
    found = reconcile.paid_uncredited(payment)
    if found is None:
        raise reconcile.NothingToReconcile(payment.number)
    getter = reconcile.getter(payment)
    if getter is None or not reconcile.has_wallet(getter, found.currency):
        raise reconcile.NothingToReconcile(payment.number)
    if _is_disputed(payment):
        raise Disputed(payment.number)
    if by_hand.second_asked(
        payment,
        found.amount,
        found.currency,
        action=reconcile.RECONCILE,
        subject=f"payment:{payment.id}",
        params={"amount": found.amount, "currency": found.currency},
        note=told,
        staff=staff,
        always=reconcile.takes_two(found),
    ):
        return None
    actor = by_hand.by(staff, payment.brand)
    outcome = reconcile.credit_what_was_paid(payment, actor=actor, note=told)
    refunds.credited(payment)
    explain_credited(payment.brand)
    return outcome


def credit_decided(*, request_id: str, brand: str) -> None:
    """A second person decided about a credit."""
    by_hand.defer_agreed(request_id, action=reconcile.RECONCILE, job=CREDIT)


def carry_out(request_id: UUID) -> None:
    """Credit what a second person agreed to, unless it is disputed since, or the provider told
    another amount: then it is asked for again. Harmless to repeat."""
    wish = by_hand.agreed(request_id)
    if _is_disputed(wish.payment) or not _is_as_agreed(wish):
        return
    with suppress(reconcile.NothingToReconcile):  # done before
        reconcile.credit_what_was_paid(
            wish.payment, actor=wish.actor, note=wish.note, approval=wish.decision
        )
    refunds.credited(wish.payment)
    explain_credited(wish.payment.brand)


def _is_as_agreed(wish: Agreed) -> bool:
    """Whether what is to be credited, if anything still is, is what the second person saw."""
    found = reconcile.paid_uncredited(wish.payment)
    agreed = wish.params["amount"], wish.params["currency"]
    return found is None or (found.amount, found.currency) == agreed


def _is_disputed(payment: Payment) -> bool:
    found = disputed([payment]).get(payment.id)
    return found is not None and found.state in UNDECIDED


def explain_credited(brand: str) -> int:
    """Explain what files say of orders whose money was credited by hand, or paid back by bank;
    answers how many."""
    waiting = Difference.objects.filter(
        brand=brand, cause=Cause.NOT_BOOKED, state=State.OPEN, attempt__isnull=False
    )
    return sum(_explain(one.pk) for one in waiting.only("id").iterator(500))


@transaction.atomic
def _explain(difference_id: UUID) -> bool:
    found = Difference.objects.select_for_update().get(id=difference_id)
    if found.state != State.OPEN or found.cause != Cause.NOT_BOOKED:
        return False
    credit = Payment.objects.filter(
        purpose=f"reconcile:{found.attempt_id}",
        state=PaymentState.SUCCEEDED,
        amount=found.amount,
        currency=found.currency,
    ).first()
    if credit is None:
        return False
    way = Way.PAID_BACK if credit.kind == PaymentKind.WITHDRAWAL else Way.CREDIT
    found.state, found.way, found.explained_at = State.EXPLAINED, way, clock.now()
    found.note, found.explained_by = f"#{credit.number}", str(SYSTEM(found.brand))
    found.save()
    audit.record(
        brand=found.brand,
        actor=SYSTEM(found.brand),
        action="reconciliation.explained",
        subject=f"difference:{found.id}",
        details={"way": way, "amount": found.amount, "payment": str(credit.id)},
    )
    return True
