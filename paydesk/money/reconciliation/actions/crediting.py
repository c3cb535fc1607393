"""Money that a provider took and nobody got: a person has it credited, on record; above the brand's
limit a second person agrees first. What the files say of it is explained by that very credit.
"""

from contextlib import suppress
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from paydesk.approvals import actions as approvals
from paydesk.approvals import queries as approvals_queries
from paydesk.approvals.models import Request
from paydesk.approvals.models import State as Decided
from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import clock, shield
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.payments.actions import reconcile
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.states import PaymentState
from paydesk.money.reconciliation.models import Difference
from paydesk.money.reconciliation.rules import Cause, Way, needs_second_person
from paydesk.people import permissions
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission

CREDIT = "reconciliation.credit"
State = Difference.State


def credit(payment: Payment, *, note: str, staff: StaffMember) -> Outcome | None:
    """Credit what a provider really took for a payment; None while that waits for a second person.

    Runs outside any transaction. Raises PermissionDenied, reconcile.NothingToReconcile, ValueError
    without a note.
    """
    permissions.require(staff, payment.brand, Permission.RECONCILIATION_MANAGE)
    told = shield.mask(" ".join(note.split())).text[:300]
    if not told:
        raise ValueError("a credit needs a note")
    found = reconcile.paid_uncredited(payment)
    if found is None:
        raise reconcile.NothingToReconcile(payment.number)
    attempt, amount = found
    limit = profiles.get(payment.brand).limits[attempt.currency].agent_refund
    if needs_second_person(amount, limit):
        approvals.request(
            brand=payment.brand,
            action=reconcile.RECONCILE,
            subject=f"payment:{payment.id}",
            permission=Permission.RECONCILIATION_MANAGE,
            staff=staff,
            params={
                "payment": str(payment.id),
                "amount": amount,
                "currency": attempt.currency,
            },
            reason=told,
        )
        return None
    actor = Actor(ActorKind.STAFF, staff.id, payment.brand)
    outcome = reconcile.credit_what_was_paid(payment, actor=actor, note=told)
    explain_credited(payment.brand)
    return outcome


def credit_decided(*, request_id: str, brand: str) -> None:
    """After a second person's yes the money moves in a job: never inside the decision itself."""
    asked = Request.objects.get(pk=request_id)
    if asked.action == reconcile.RECONCILE and asked.state == Decided.APPROVED:
        jobs.configure_task(CREDIT, allow_unknown=False).defer(request_id=str(asked.pk))


def carry_out(request_id: UUID) -> None:
    """Credit what a second person agreed to. Harmless to repeat."""
    asked = Request.objects.get(pk=request_id)
    decision = approvals_queries.approved_decision(asked.pk)
    payment = Payment.objects.get(id=str(asked.params["payment"]), brand=asked.brand)
    actor = Actor(ActorKind.STAFF, decision.approved_by, asked.brand)
    with suppress(reconcile.NothingToReconcile):  # done before
        reconcile.credit_what_was_paid(
            payment, actor=actor, note=asked.reason[:140], approval=decision
        )
    explain_credited(asked.brand)


def explain_credited(brand: str) -> int:
    """Explain what files say of orders whose money was credited by hand; answers how many."""
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
    found.state, found.way, found.explained_at = State.EXPLAINED, Way.CREDIT, clock.now()
    found.note, found.explained_by = f"#{credit.number}", str(SYSTEM(found.brand))
    found.save()
    audit.record(
        brand=found.brand,
        actor=SYSTEM(found.brand),
        action="reconciliation.explained",
        subject=f"difference:{found.id}",
        details={"way": Way.CREDIT, "amount": found.amount, "payment": str(credit.id)},
    )
    return True
