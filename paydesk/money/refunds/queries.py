"""Reads about refunds: what can be asked for, what is open, how a payment stands. Never writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.ledger import queries as ledger
from paydesk.money.payments import accounts
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.states import (
    AttemptState,
    Direction,
    PaymentKind,
    PaymentState,
)
from paydesk.money.refunds import rules
from paydesk.money.refunds.models import (
    Dispute,
    Evidence,
    Recall,
    RefundRequest,
    Step,
)
from paydesk.money.refunds.rules import (
    OVER,
    UNDECIDED,
    Objection,
    Paid,
    State,
    StepKind,
)
from paydesk.people.models import Customer


def paid(payment: Payment, customer: Customer | None) -> Paid:
    """What a rule needs to know about a payment that somebody wants back."""
    on_its_way = Payment.objects.filter(original=payment, finished_at=None).aggregate(
        total=Sum("amount")
    )["total"]
    asked = RefundRequest.objects.filter(payment=payment).exclude(state__in=OVER)
    side = payment.payee_id if payment.kind == PaymentKind.TOPUP else payment.payer_id
    return Paid(
        kind=payment.kind,
        succeeded=payment.state == PaymentState.SUCCEEDED,
        own=customer is None or side == customer.id,
        paid=payment.taken,
        refunded=payment.refunded,
        on_its_way=int(on_its_way or 0),
        paid_at=payment.booked_at,
        asked_already=customer is not None and asked.exists(),
    )


def objection(payment: Payment, customer: Customer, amount: int | None = None) -> Objection | None:
    """Why the customer can't ask for this payment back (or for `amount` minor units of it); None
    when he can."""
    terms = profiles.get(payment.brand).refunds
    return rules.objection(
        paid(payment, customer), now=clock.now(), ask_days=terms.ask_days, amount=amount
    )


def charge_of(payment: Payment) -> Attempt | None:
    """The charge at a provider that paid the payment, None if it came out of a wallet of ours."""
    found = Attempt.objects.filter(
        payment=payment, direction=Direction.CHARGE, state=AttemptState.PAID
    )
    return found.order_by("-number").first()


def steps(request: RefundRequest) -> Sequence[Step]:
    """The timeline, oldest first."""
    return list(request.steps.order_by("id"))


def evidence(request: RefundRequest) -> Sequence[Evidence]:
    """The files, oldest first."""
    return list(request.evidence.select_related("file").order_by("added_at", "id"))


def to_decide(brands: Sequence[str]) -> Sequence[RefundRequest]:
    """What waits for a person in these brands, the oldest first."""
    found = RefundRequest.objects.filter(
        brand__in=list(brands), state__in=[State.ASKED, State.APPROVAL]
    )
    return list(found.select_related("customer", "payment__merchant").order_by("asked_at"))


def open_recalls(brands: Sequence[str]) -> Sequence[Recall]:
    """Recalls that nobody has decided, the oldest first."""
    found = Recall.objects.filter(brand__in=list(brands), state="open")
    return list(found.select_related("customer", "payment__payee").order_by("asked_at"))


def open_disputes(brands: Sequence[str]) -> Sequence[Dispute]:
    """Disputes that a bank has not decided, the soonest due first, and lost ones of which the
    money still has to be taken."""
    going_on = Q(state__in=UNDECIDED) | Q(state="lost", settled_at=None)
    found = Dispute.objects.filter(going_on, brand__in=list(brands))
    related = found.select_related("payment__merchant", "payment__payee")
    return list(related.order_by("due_at", "id"))


def open_of(customer_id: UUID) -> Sequence[RefundRequest]:
    """What a customer has asked for and has not got, or been refused, yet."""
    found = RefundRequest.objects.filter(customer_id=customer_id).exclude(state__in=OVER)
    return list(found.select_related("payment").order_by("asked_at"))


def asked_about(payment: Payment, customer: Customer) -> Sequence[RefundRequest]:
    """What the customer asked for about one payment, newest first."""
    found = RefundRequest.objects.filter(payment=payment, customer=customer)
    return list(found.order_by("-asked_at"))


def open_recalls_of(customer_id: UUID) -> Sequence[Recall]:
    """What a customer called back and nobody has decided."""
    return list(Recall.objects.filter(customer_id=customer_id, state="open").order_by("asked_at"))


def stays_in_wallet(request: RefundRequest) -> bool:
    """Whether a top-up's request ended because its way back is closed."""
    return request.steps.filter(kind=StepKind.STAYS).exists()


def came_back(row: Recall) -> int:
    """Minor units of a recalled payment that its payer got since it was called back: what was
    held, and what staff refunded meanwhile."""
    back = Payment.objects.filter(
        original=row.payment_id,
        kind=PaymentKind.REFUND,
        state=PaymentState.SUCCEEDED,
        finished_at__gte=row.asked_at,
    )
    return int(back.aggregate(total=Sum("amount", default=0))["total"])


def held_share(row: Recall) -> tuple[int, str] | None:
    """What is held of a remittance at its recipient, minor units and their currency; None where
    nothing is, or in the currency that was paid."""
    held = Payment.objects.filter(purpose=row.purpose, state=PaymentState.PROCESSING).first()
    return held.gave if held and held.received_currency else None


def left(payment: Payment) -> int:
    """What the recipient can still give of what reached the wallet: minor units of its currency."""
    account = accounts.wallet(payment.payee, payment.got[1]) if payment.payee else None
    return max(ledger.balance(account).available, 0) if account else 0


def is_gone(payment: Payment) -> bool:
    """Whether all of it is spent or sent on, so that nothing of it can be taken back: what is only
    held is still there."""
    account = accounts.wallet(payment.payee, payment.got[1]) if payment.payee else None
    there = ledger.balance(account).posted if account else 0
    return payment.refunded < payment.taken and there <= 0


def may_recall(payment: Payment, customer: Customer) -> bool:
    """Whether the customer may call this payment back, or could while nobody had."""
    state, now = paid(payment, customer), clock.now()
    return rules.may_recall(
        kind=payment.kind,
        succeeded=state.succeeded,
        own=state.own,
        age=now - (payment.booked_at or now),
        rest=state.rest,
    )


def is_recallable(payment: Payment, customer: Customer) -> bool:
    """Whether it may be called back and was not yet."""
    known = Recall.objects.filter(payment=payment)
    return may_recall(payment, customer) and not known.exists()


@dataclass(frozen=True, slots=True)
class DisputeMoney:
    """A dispute's money in minor units: reserved until the bank decides, given back by whoever got
    the charge, and borne by the house."""

    held: int
    taken: int
    borne: int


def dispute_payments(row: Dispute) -> QuerySet[Payment]:
    """The payments that hold, or gave back, a dispute's money."""
    states = [PaymentState.PROCESSING, PaymentState.SUCCEEDED]
    return Payment.objects.filter(purpose__in=row.purposes, state__in=states)


def dispute_money(row: Dispute) -> DisputeMoney:
    """How much of a dispute is held, was taken, and was borne by the house."""
    held = taken = borne = 0
    for one in dispute_payments(row):
        if one.state == PaymentState.PROCESSING:
            held += one.amount
        elif one.purpose == row.house_purpose:
            borne += one.amount
        else:
            taken += one.amount
    return DisputeMoney(held, taken, borne)


def standing(payment: Payment) -> Refusal | None:
    """What is going on about a payment that itself is finished: a dispute (row 49), a recall (row
    50), or a refund that is owed (row 48); None when nothing is."""
    dispute = payment.disputes.filter(state__in=["open", "reviewed"]).first()
    if dispute:
        due = dispute.due_at.isoformat() if dispute.due_at else None
        return Refusal(Reason.DISPUTE_OPEN, {"dispute": dispute.number, "due_at": due})
    recall = Recall.objects.filter(payment=payment, state="open").first()
    if recall:
        return Refusal(Reason.RECALLED, {"recall": recall.number, "why": recall.why})
    owed = payment.refund_requests.filter(state=State.OWED).first()
    if owed:
        facts = {"amount": owed.granted, "currency": owed.currency, "request": owed.number}
        return Refusal(Reason.MERCHANT_SHORT, facts)
    return None
