"""A refund that a provider gave back and that came back to it: it goes into the wallet instead.

The refund itself stays as it was recorded; what is put into the wallet is a payment of its own.
"""

from uuid import UUID

from django.db import transaction

from paydesk.kit import ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes
from paydesk.money.payments.actions import asking
from paydesk.money.payments.checks import Once
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payments.submit import submit
from paydesk.money.refunds.actions.telling import step
from paydesk.money.refunds.models import RefundRequest
from paydesk.money.refunds.rules import StepKind
from paydesk.people.models import Customer


def returned(*, attempt_id: str, code: str) -> Outcome | None:
    """Put a refund that came back into the wallet of whom it was for, once. A job: outside any
    transaction. None where there is nobody to give it to."""
    attempt = Attempt.objects.select_related("payment__payee", "payment__original__payer").get(
        id=attempt_id
    )
    refund = attempt.payment
    customer = refund.payee or (refund.original.payer if refund.original else None)
    if customer is None:
        return None
    outcome = submit(_plan(attempt, refund, customer, code))
    if outcome.state is PaymentState.SUCCEEDED and refund.purpose.startswith("refund:"):
        _tell(refund, outcome)
    return outcome


def _plan(attempt: Attempt, refund: Payment, customer: Customer, code: str) -> Plan:
    actor = SYSTEM(refund.brand)
    known = accounts.chart(refund.brand, customer)
    source = known.clearing(refund.currency, attempt.provider)
    target = known.wallet(customer, refund.currency)
    purpose = f"return:{attempt.id}"
    new = NewPayment(
        id=ids.uuid7(),
        number=asking.public_number(),
        kind=PaymentKind.TOPUP,
        amount=refund.amount,
        currency=refund.currency,
        asked=asking.asked(actor, purpose, {"returned": str(refund.id)}),
        payee=customer.id,
        purpose=purpose,
        details={"refund": refund.number, "code": code},
        method=dict(refund.method),
    )
    item = Item(new.id, Kind.PLAIN, source, target, refund.amount, codes.RETURNED)
    return Plan(refund.brand, actor, new, (source, target), (Once(purpose),), (item,))


@transaction.atomic
def _tell(refund: Payment, outcome: Outcome) -> None:
    rows = RefundRequest.objects.select_related("customer__user", "payment")
    request = rows.select_for_update(of=("self",)).get(
        id=UUID(refund.purpose.removeprefix("refund:"))
    )
    if not request.steps.filter(kind=StepKind.RETURNED).exists():
        step(
            request,
            StepKind.RETURNED,
            SYSTEM(request.brand),
            payment=outcome.number,
            amount=refund.amount,
        )
