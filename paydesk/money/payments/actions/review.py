"""Deciding a payment that is held for review: its holds are posted, or released.

Who may decide is the caller's matter. The payment's plan posted a hold in place of each transfer
(the main one has the payment's id); both sides and the amount stand in the ledger.
"""

from uuid import UUID

from django.db.models import Q

from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.money.ledger.models import Transfer
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.ledger.rules import Outcome as LedgerOutcome
from paydesk.money.payments import late
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome, Plan, Settlement
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.reviewing import REVIEWED, waits_for_review
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit

GOES_ON = frozenset({PaymentKind.WITHDRAWAL, PaymentKind.BILL})
"""Kinds that still have to be sent once they are let through. So has a purchase whose money the
merchant takes later, to be taken."""


class NotUnderReview(ValueError):
    """The payment does not wait for a decision."""


def decide(payment: Payment, approve: bool, actor: Actor, note: str = "") -> Outcome:
    """Let a payment under review go through, or stop it for the reason it was held for.

    Idempotent: a payment that was decided or ended meanwhile stays as it is. The outcome of one
    that is under way has a reason when the decision could not be carried out (the payee is frozen
    now, say): then it still waits. `note` is kept in the audit. Raises NotUnderReview,
    plans.InsideTransaction.
    """
    if payment.state == PaymentState.PROCESSING and not waits_for_review(payment):
        raise NotUnderReview(payment.number)
    held = holds_of(payment)
    if not held:
        raise NotUnderReview(payment.number)
    goes_on = approve and _goes_on(payment)
    passed = PaymentState.PROCESSING if goes_on else PaymentState.SUCCEEDED
    said = Settlement(
        payment=payment.id,
        attempt=None,
        state=passed if approve else PaymentState.FAILED,
        attempt_state=None,
        reason=None if approve else Reason(payment.reason or Reason.FRAUD_SCREEN),
        facts={**payment.facts, "approved": approve},
        only_if=REVIEWED,
    )
    locked = tuple({side: None for one in held for side in (one.debit_id, one.credit_id)})
    items = () if goes_on else endings(payment, held, Kind.POST if approve else Kind.VOID)
    return submit(Plan(payment.brand, actor, said, locked, items=items, remark=note))


def _goes_on(payment: Payment) -> bool:
    """Whether it is not over with the approval: its holds stay, as its own plan had placed them."""
    return payment.kind in GOES_ON or payment.details.get("capture") == "manual"


def holds_of(payment: Payment) -> list[Transfer]:
    """The ledger's holds that the payment placed, the main one first.

    Found as the linked group that a payment's items are, whatever they are called, so that none
    is forgotten; siblings are of one moment, so the ledger's key finds them.
    """
    found = Transfer.objects.filter(
        Q(id=payment.id) | Q(group_id=payment.id),
        id__range=ids.siblings_within(payment.id),
        kind=Kind.HOLD,
        outcome=LedgerOutcome.OK,
    )
    return sorted(found, key=lambda one: (one.id != payment.id, one.id))


def endings(
    payment: Payment, held: list[Transfer], kind: Kind, taken: int | None = None
) -> tuple[Item, ...]:
    """The linked items that end a payment's holds, the same each time they are made while it is
    young: each hold's sibling "post" and so on. VOID and EXPIRE release, whichever the ledger
    takes now. `taken`: minor units to post of the main one, all of it if None."""
    kinds = [_kind(kind, one) for one in held]
    own = [late.transfer_id(one.id, how.name.lower()) for one, how in zip(held, kinds, strict=True)]
    refused = _refused(own)
    return tuple(
        Item(
            ids.uuid7() if own[n] in refused else own[n],
            how,
            one.debit_id,
            one.credit_id,
            taken if one.id == payment.id and taken is not None else one.amount,
            one.code,
            linked=n < len(held) - 1,
            pending_id=one.id,
        )
        for n, (one, how) in enumerate(zip(held, kinds, strict=True))
    )


def _refused(wanted: list[UUID]) -> frozenset[UUID]:
    """Ids under which the ledger refused before, say while a side was frozen: under the same one it
    would answer that again."""
    known = Transfer.objects.filter(id__in=wanted).exclude(outcome=LedgerOutcome.OK)
    return frozenset(known.values_list("id", flat=True))


def _kind(kind: Kind, hold: Transfer) -> Kind:
    """The ledger voids no hold that lapsed, and expires none before."""
    if kind is Kind.POST:
        return kind
    lapsed = hold.expires_at is not None and hold.expires_at <= clock.now()
    return Kind.EXPIRE if lapsed else Kind.VOID
