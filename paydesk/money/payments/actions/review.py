"""Deciding a payment that is held for review: its holds are posted, or released.

Who may decide is the caller's matter. The payment's plan posted a hold in place of each transfer
(id of the payment, and its siblings by name); both sides and the amount stand in the ledger.
"""

from paydesk.kit import ids
from paydesk.kit.actors import Actor
from paydesk.money.ledger.models import Transfer
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.ledger.rules import Outcome as LedgerOutcome
from paydesk.money.payments import late
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome, Plan, Settlement
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.reviewing import REVIEWED
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit

GOES_ON = frozenset({PaymentKind.WITHDRAWAL, PaymentKind.BILL})
"""Kinds that still have to be sent once they are let through: their holds stay."""
PARTS = ("fee",)
"""Names of the siblings of the main transfer that a payment may hold besides it."""


class NotUnderReview(ValueError):
    """The payment does not wait for a decision."""


def decide(payment: Payment, approve: bool, actor: Actor, note: str = "") -> Outcome:
    """Let a payment under review go through, or stop it for the reason it was held for.

    Idempotent: a payment that was decided meanwhile stays as it is. The outcome has a reason
    when the decision could not be carried out (the payee is frozen now, say): then the payment
    still waits. `note` is kept in the audit. Raises NotUnderReview, plans.InsideTransaction.
    """
    if payment.state == PaymentState.PROCESSING and payment.reason not in REVIEWED:
        raise NotUnderReview(payment.number)
    held = holds_of(payment)
    if not held:
        raise NotUnderReview(payment.number)
    goes_on = approve and payment.kind in GOES_ON
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
    locked = tuple({side: None for _, one in held for side in (one.debit_id, one.credit_id)})
    items = () if goes_on else endings(payment, held, Kind.POST if approve else Kind.VOID)
    return submit(Plan(payment.brand, actor, said, locked, items=items, remark=note))


def holds_of(payment: Payment) -> list[tuple[str, Transfer]]:
    """The ledger's holds that the payment placed, each with its name; the main one is "" and
    comes first."""
    names = {payment.id: "", **{ids.sibling(payment.id, name): name for name in PARTS}}
    found = Transfer.objects.filter(id__in=names, kind=Kind.HOLD, outcome=LedgerOutcome.OK)
    return sorted(((names[one.id], one) for one in found), key=lambda pair: pair[0])


def endings(
    payment: Payment, held: list[tuple[str, Transfer]], kind: Kind, taken: int | None = None
) -> tuple[Item, ...]:
    """The linked items that end a payment's holds, the same each time they are made while it is
    young: ids are the siblings "post", "fee.post" and so on. `taken`: minor units to post of the
    main one, all of it if None."""
    word = kind.name.lower()
    return tuple(
        Item(
            late.transfer_id(payment.id, f"{name}.{word}" if name else word),
            kind,
            one.debit_id,
            one.credit_id,
            taken if not name and taken is not None else one.amount,
            one.code,
            linked=n < len(held) - 1,
            pending_id=one.id,
        )
        for n, (name, one) in enumerate(held)
    )
