"""Paying what was granted, and following the payment to its end. Safe to run again at any point.

The n-th try of a request moves money under a key of its own, so it moves once however often it
is run. Never runs inside a transaction.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, TextField, Value
from django.db.models.functions import Cast, Concat

from paydesk.brands import profiles
from paydesk.kit import reactions
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.kit.sweeping import each
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.models import Account
from paydesk.money.ledger.rules import AccountCode
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.refunds.actions.repaying import Repayment, repay
from paydesk.money.refunds.actions.telling import step
from paydesk.money.refunds.models import RefundRequest
from paydesk.money.refunds.rules import Route, State, StepKind

ROUTE_CLOSED = frozenset({Reason.REFUND_TOO_LATE, Reason.REFUND_ROUTE_GONE})
_PREFIX = "refund:"
PERSON = "person"
"""The verdict of a request that one of the staff granted."""
_BATCH = 50


def carry_out(request_id: UUID) -> RefundRequest:
    """Pay a granted request by its way, unless it is being paid; answers how it stands now."""
    request = _request(request_id)
    if request.state != State.SENDING or request.granted is None:
        return request
    going_on = Payment.objects.filter(purpose=request.purpose, finished_at=None).first()
    if going_on:
        return follow(going_on.id)
    outcome = repay(
        Repayment(
            original=request.payment,
            amount=request.granted,
            route=Route(request.route),
            actor=SYSTEM(request.brand),
            key=f"refund:{request.id.hex}:{request.tries}",
            purpose=request.purpose,
            unapproved=_unapproved(request),
            approval=request.approval_id,
        )
    )
    return follow(outcome.id)


def _unapproved(request: RefundRequest) -> int | None:
    """How much may go back of the payment altogether on one person's word; None where a rule or a
    second person gave theirs. Asked again under the locks, whatever was shown before."""
    if request.verdict != PERSON or request.approval_id:
        return None
    return profiles.get(request.brand).limits[request.currency].agent_refund


def follow(payment_id: UUID) -> RefundRequest:
    """Write down what became of a payment that carries a request out. Harmless to repeat."""
    payment = Payment.objects.get(id=payment_id)
    with transaction.atomic():
        request = _locked(UUID(payment.purpose.removeprefix(_PREFIX)))
        if request.state not in {State.SENDING, State.OWED}:
            return request
        _write_down(request, payment)
        return request


def _write_down(request: RefundRequest, payment: Payment) -> None:
    actor = SYSTEM(request.brand)
    facts: dict[str, Any] = {"payment": payment.number, "amount": payment.amount}
    said = request.steps.filter(data__payment=payment.number)
    match PaymentState(payment.state):
        case PaymentState.SUCCEEDED:
            if not said.filter(kind=StepKind.SENT).exists():
                step(request, StepKind.SENT, actor, route=request.route, **facts)
            step(request, StepKind.ARRIVED, actor, state=State.ARRIVED, **facts)
        case PaymentState.FAILED | PaymentState.CANCELLED:
            if not said.exclude(kind=StepKind.SENT).exists():
                request.tries += 1  # the next try is another payment
                _failed(request, payment, actor, facts)
        case _:
            if not said.filter(kind=StepKind.SENT).exists():
                step(request, StepKind.SENT, actor, route=request.route, **facts)


def _failed(request: RefundRequest, payment: Payment, actor: Actor, facts: dict[str, Any]) -> None:
    reason = payment.reason
    if reason in ROUTE_CLOSED and request.payment.kind == PaymentKind.TOPUP:
        # It is in the wallet already: there is no other way to choose, only this end.
        request.granted = None
        step(request, StepKind.STAYS, actor, state=State.REFUSED, reason=reason, **facts)
    elif reason in ROUTE_CLOSED:
        step(request, StepKind.ROUTE_CLOSED, actor, state=State.NEEDS_ROUTE, reason=reason, **facts)
    elif reason == Reason.MERCHANT_SHORT:
        if request.state != State.OWED:
            step(request, StepKind.OWED, actor, state=State.OWED, reason=reason, **facts)
        else:
            request.save()
    else:
        # Nothing that a rule or the customer could settle: a person decides again.
        request.granted, request.approval_id = None, None  # a yes was for that sum, that time
        step(request, StepKind.FAILED, actor, state=State.ASKED, reason=reason, **facts)
        reactions.fire("refund.failed", request_id=str(request.id), brand=request.brand)


def retry_owed(merchants: Iterable[UUID] | None = None) -> int:
    """Pay what is owed by merchants (None: by anybody) who have the money now; how many."""
    funds = Account.objects.filter(
        brand=OuterRef("brand"),
        currency=OuterRef("currency"),
        code=AccountCode.MERCHANT,
        owner=OuterRef("payment__merchant_id"),
        posted__gte=F("held") + OuterRef("granted"),
    )
    # Those of a merchant who has nothing must not stand before the others.
    owed = RefundRequest.objects.filter(Exists(funds), state=State.OWED).select_related("payment")
    if merchants is not None:
        owed = owed.filter(payment__merchant_id__in=list(merchants))
    return each(_retry, list(owed.order_by("asked_at")[:_BATCH]))


def _retry(request: RefundRequest) -> bool:
    account = ledger.account_for(
        request.brand, request.currency, AccountCode.MERCHANT, owner=request.payment.merchant_id
    )
    if account is None or ledger.balance(account).available < (request.granted or 0):
        return False
    with transaction.atomic():
        locked = _locked(request.id)
        if locked.state != State.OWED:
            return False
        locked.state = State.SENDING
        locked.save(update_fields=["state"])
    return carry_out(request.id).state != State.OWED


def carry_out_left_behind() -> int:
    """Go on with requests whose process died between granting and paying; how many."""
    purpose = Concat(Value(_PREFIX), Cast(OuterRef("id"), TextField()))
    under_way = Payment.objects.filter(purpose=purpose, finished_at=None)
    left = RefundRequest.objects.filter(~Exists(under_way), state=State.SENDING)
    return each(carry_out, list(left.order_by("changed_at").values_list("id", flat=True)[:_BATCH]))


def follow_changed(payment_ids: Iterable[str]) -> None:
    """Follow those payments that carry out a request; pay what a merchant owes who got money."""
    changed = Payment.objects.filter(id__in=[UUID(one) for one in payment_ids])
    for payment in changed.filter(kind=PaymentKind.REFUND, purpose__startswith=_PREFIX):
        follow(payment.id)
    funded = changed.filter(
        kind__in=[PaymentKind.PURCHASE], state=PaymentState.SUCCEEDED, merchant__isnull=False
    )
    merchants = set(funded.values_list("merchant_id", flat=True))
    if merchants:
        retry_owed(merchants)


def _request(request_id: UUID) -> RefundRequest:
    related = RefundRequest.objects.select_related(
        "customer__user", "payment__payer", "payment__payee", "payment__merchant"
    )
    return related.get(id=request_id)


def _locked(request_id: UUID) -> RefundRequest:
    rows = RefundRequest.objects.select_related("customer__user", "payment")
    return rows.select_for_update(of=("self",)).get(id=request_id)


def is_staff(by: str) -> bool:
    """Whether an actor, as it was written down, is one of the staff."""
    return by.startswith(f"{ActorKind.STAFF}:")
